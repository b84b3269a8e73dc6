#!/usr/bin/env bash
# phase2.sh, on CONTROL: shows which servers ask for a certificate, with the fingerprints of their
# requests, and signs them.
#
#   phase2.sh [NAME...]     only these; without names, all that ask
#
# Each agent logs the same fingerprint (`agent --fingerprint` prints it): compare them where the
# network is not yours.
set -euo pipefail

[ "$(id -u)" = 0 ] || {
  echo "phase2: must run as root" >&2
  exit 1
}
command -v master >/dev/null || {
  echo "phase2: no master here; this runs on CONTROL, after phase1.sh" >&2
  exit 1
}

echo "phase2: they ask to be signed:"
master cert list
if [ $# -gt 0 ]; then
  for name; do master cert sign "${name,,}"; done
else
  master cert sign --all
fi
echo "phase2: certificates now:"
master cert list --all
