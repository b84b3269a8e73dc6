# shellcheck shell=bash
# Doing things inside a node, or on the lab's network from the host.

# inside NAME COMMAND...: with a clean environment, as root, in its home.
inside() {
  local name=$1
  shift
  known "$name"
  running "$name" || die "$name is not running"
  lxc-attach -P "$NODES" -n "$name" --clear-env \
    --set-var HOME=/root --set-var USER=root --set-var LOGNAME=root --set-var LANG=C.UTF-8 \
    --set-var TERM="${TERM:-dumb}" --set-var DEBIAN_FRONTEND=noninteractive \
    --set-var PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    -- /bin/sh -c 'cd; exec "$@"' sh "$@"
}

cmd_exec() {
  local name=${1:?node}
  shift
  [ "${1:-}" != -- ] || shift
  inside "$name" "$@"
}

cmd_shell() { inside "${1:?node}" /bin/bash -l; }

cmd_apt() {
  local name=${1:?node}
  shift
  cmd_repo "$@"
  inside "$name" sh -euc 'apt-get -qq update; exec apt-get -qqy install --no-install-recommends "$@"' sh "$@"
}

cmd_cp() {
  [ $# = 2 ] || die "usage: lab cp SRC NAME:DST | NAME:SRC DST"
  if [[ $2 =~ ^[A-Za-z0-9-]+: && ! -e $2 ]]; then
    copy_in "$1" "${2%%:*}" "${2#*:}"
  else
    copy_out "${1%%:*}" "${1#*:}" "$2"
  fi
}

copy_in() { # SRC NAME DST
  if [ -d "$1" ]; then
    tar -C "$1" -cf - . | inside "$2" sh -euc 'mkdir -p "$1"; tar -C "$1" --no-same-owner -xf -' sh "$3"
  else
    inside "$2" sh -euc '
      case $1 in */) to=$1$2 ;; *) to=$1; [ ! -d "$1" ] || to=$1/$2 ;; esac
      mkdir -p "$(dirname "$to")"; cat >"$to"; chmod "$3" "$to"' \
      sh "$3" "$(basename "$1")" "$(stat -Lc %a "$1")" <"$1"
  fi
}

copy_out() { # NAME SRC DST
  local to=$3
  if inside "$1" test -d "$2"; then
    mkdir -p "$to"
    inside "$1" tar -C "$2" -cf - . | tar -C "$to" --no-same-owner -xf -
  else
    [ ! -d "$to" ] || to=$to/$(basename "$2")
    inside "$1" cat "$2" >"$to"
  fi
}

cmd_host() {
  [ "${1:-}" != -- ] || shift
  namespace_alive "$SWITCH" || die "the lab's network is down"
  # In a mount namespace of its own: the lab's names, and a /sys that shows this network (LXC
  # looks for its bridge there) with the host's cgroups below it.
  exec nsenter --net="/run/netns/$SWITCH" -- unshare --mount --propagation private -- /bin/sh -euc '
    mount --bind "$1" /etc/hosts; shift
    mount -t tmpfs tmpfs /mnt; mkdir /mnt/cgroup; mount --rbind /sys/fs/cgroup /mnt/cgroup
    mount -t sysfs sysfs /sys; mount --rbind /mnt/cgroup /sys/fs/cgroup; umount -l /mnt
    exec "$@"' sh "$LAB_DIR/hosts" "$@"
}
