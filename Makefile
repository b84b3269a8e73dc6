# Everything sets up what it needs: on a fresh Debian 12 with the Rust toolchain, `make demo` and
# `make test` are the first commands. As root, missing Debian packages are installed.

.PHONY: help setup build trained packages demo test lint fmt smoke lab stacks interop fuzz bench audit conformance clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## Debian packages that building and testing need (root), the lab's among them
	@tests/setup

build: setup ## release binaries
	cargo build --locked --release -p master -p agent

trained: setup ## the release master, optimised by what it does under load, in target/trained
	tests/bench/trained

packages: setup ## Debian packages, in target/packages
	packaging/build

demo: setup ## three servers: enrolled, converged, changed, broken, repaired
	tests/lab/demo

test: setup ## formatting, lints, documentation, the house's rules, tests
	tests/check

lint: setup ## formatting, lints, documentation and the house's rules alone
	tests/check --lint

fmt: ## format the sources
	cargo fmt --all

lab: setup ## the lab's own test
	tests/lab/selftest

smoke: setup ## packages on three servers in the lab
	tests/lab/smoke

stacks: setup ## the six-server site and its acceptance, in the lab
	tests/stacks/run nextcloud

conformance: setup ## the language's recorded cases, against tests/conformance/thresholds
	tests/conformance/run

interop: setup ## a real Puppet agent against the master; Debian's modules and templates, by both
	tests/interop/run

fuzz: setup ## what reads text, under random input led by coverage
	tests/fuzz/run

bench: setup ## what steps cost, and whole processes beside puppetserver and puppet-agent
	tests/bench/run

audit: ## licences and advisories of what we depend on (needs the internet and cargo-deny)
	cargo deny --all-features check

clean:
	cargo clean
