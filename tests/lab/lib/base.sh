# shellcheck shell=bash
# The base: one Debian tree that every node lies on, and the repository that nodes install from.
# Both are filled by the host's own apt (its mirrors, proxies and keys), so nodes need no network.

# What each node has from the start. A change here, or in prepare_base, makes a new base.
BASE_PACKAGES="systemd systemd-sysv dbus iproute2 ca-certificates procps curl iputils-ping netbase adduser"
BASE_VERSION=1

suite() { (. /etc/os-release && echo "$VERSION_CODENAME"); }

base_path() {
  echo "$LAB_CACHE/base-$(suite)-$(printf %s "$BASE_VERSION $BASE_PACKAGES" | sha256sum | cut -c1-8)"
}

cmd_base() {
  (
    lock "$LAB_CACHE/.lock"
    ensure_base
  )
  [ "${1:-}" != --tar ] || tar -C "$(base_path)/root" --numeric-owner -cf "${2:?file}" .
  echo "$(base_path)/root"
}

ensure_base() { # with the cache's lock held
  local base new
  base=$(base_path)
  [ ! -d "$base" ] || return 0
  say "building the base, once (two minutes): $base"
  new=$base.new
  rm -rf --one-file-system "$new"
  mkdir -p "$new/root" "$LAB_CACHE/debootstrap" "$REPOSITORY"
  # fd 9 is the lock: a daemon started by a package must not keep it.
  if ! make_base "$new/root" >"$new/log" 2>&1 9>&-; then
    tail -20 "$new/log" >&2
    die "the base could not be built: $new/log"
  fi
  mv "$new" "$base"
}

make_base() {
  local root=$1 mirror upgrades
  refresh_lists
  mirror=$(apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk -v suite="$(suite)" '$2 == suite && $3 == "main" { print $1; exit }')
  [ -n "$mirror" ] || { echo "the host's apt has no source for $(suite) main" && return 1; }
  debootstrap --variant=minbase --cache-dir="$LAB_CACHE/debootstrap" \
    --include="${BASE_PACKAGES// /,}" "$(suite)" "$root" "$mirror" || return 1
  prepare_base "$root" || return 1
  # The release's updates, by way of the repository.
  host_apt "$root" dist-upgrade || return 1
  index_repository || return 1
  upgrades='mount -t proc proc /proc; apt-get -q update; apt-get -qy dist-upgrade; apt-get clean'
  unshare --mount --propagation private sh -euc '
    mount --bind "$1" "$2/srv/lab-repo"
    DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 exec chroot "$2" sh -euc "$3"' sh \
    "$REPOSITORY" "$root" "$upgrades" || return 1
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/log/*.log "$root"/var/log/apt/*
  : >"$root/etc/machine-id"
}

prepare_base() {
  local root=$1 unit
  rm -f "$root"/etc/hostname "$root"/etc/apt/sources.list.d/* "$root"/var/lib/dbus/machine-id
  echo '# no resolver in the lab: names are in /etc/hosts' >"$root/etc/resolv.conf"
  printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n' >"$root/etc/hosts"
  echo 'deb [trusted=yes] file:/srv/lab-repo ./' >"$root/etc/apt/sources.list"
  echo 'Acquire::Languages "none";' >"$root/etc/apt/apt.conf.d/90lab"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/90lab"
  mkdir -p "$root/srv/lab-repo"
  for unit in systemd-timesyncd.service console-getty.service getty.target apt-daily.timer \
    apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
}

# Package lists of the host's, at most six hours old.
refresh_lists() {
  find /var/lib/apt/lists -name '*_Packages*' -mmin -360 2>/dev/null | grep -q . || apt-get -q update
}

# host_apt ROOT ARGUMENT...: the host's apt-get, resolving against what ROOT has installed, and
# downloading into the repository.
host_apt() {
  local root=$1
  shift
  mkdir -p "$REPOSITORY/partial"
  apt-get -qy --download-only --no-install-recommends \
    -o Dir::State::status="$root/var/lib/dpkg/status" \
    -o Dir::State::extended_states="$root/var/lib/apt/extended_states" \
    -o Dir::Cache::archives="$REPOSITORY" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o APT::Sandbox::User=root -o APT::Keep-Downloaded-Packages=true "$@"
}

# No Release file: Packages then changes in one rename, under the eyes of running nodes.
index_repository() {
  (
    cd "$REPOSITORY"
    rm -rf partial lock
    apt-ftparchive --db "$LAB_CACHE/packages.db" packages . >"$LAB_CACHE/Packages.new"
    mv "$LAB_CACHE/Packages.new" Packages
    chmod -R a+rX .
  )
}

cmd_repo() {
  [ $# -gt 0 ] || die "usage: lab repo PACKAGE..."
  (
    local package missing=()
    lock "$LAB_CACHE/.lock"
    ensure_base
    touch "$LAB_CACHE/have"
    for package; do
      grep -qxF -- "$package" "$LAB_CACHE/have" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || exit 0
    refresh_lists >"$LAB_CACHE/log" 2>&1
    # One by one: packages that exclude each other may both be wanted, on different nodes.
    for package in "${missing[@]}"; do
      host_apt "$(base_path)/root" install "$package" >>"$LAB_CACHE/log" 2>&1 || {
        tail -15 "$LAB_CACHE/log" >&2
        die "apt-get could not fetch $package"
      }
    done
    index_repository
    printf '%s\n' "${missing[@]}" >>"$LAB_CACHE/have"
  )
}
