# shellcheck shell=bash
# Nodes: made, booted, shut down, cut off, removed. LXC keeps the processes; a node's directory
# under $NODES is also its LXC directory:
#   address  root/ (mounted)  upper/ work/ (its disk)  config  log  binds

names() { find "$NODES" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' 2>/dev/null | sort; }
known() { [ -d "$NODES/$1" ] || die "no node '$1' (lab ls lists them)"; }
running() { [ "$(lxc-info -P "$NODES" -n "$1" -sH 2>/dev/null)" = RUNNING ]; }

cmd_up() {
  local specification name binds=() started=() failed=0
  while [ "${1:-}" = --bind ]; do
    binds+=("$2")
    shift 2
  done
  [ $# -gt 0 ] || die "usage: lab up [--bind SRC:DST]... NAME[=ADDRESS]..."
  cmd_base >/dev/null
  lock "$LAB_DIR/.lock"
  switch_up
  for specification; do
    name=${specification%%=*}
    [ -d "$NODES/$name" ] || create "$name" "${specification#"$name"}" ${binds[@]+"${binds[@]}"}
    if running "$name"; then
      say "$name is up already"
    else
      boot "$name"
      started+=("$name")
    fi
  done
  write_hosts
  for name in ${started[@]+"${started[@]}"}; do
    await_boot "$name" || {
      failed=1
      say "$name did not come up in $LAB_TIMEOUT s:"
      tail -15 "$NODES/$name/log" "$NODES/$name/console" >&2
    }
  done
  return $failed
}

create() { # NAME [=ADDRESS] [BIND...]
  local name=$1 address=${2#=}
  shift 2
  [[ $name =~ ^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$ ]] || die "not a host name: $name"
  address=${address:-$(free_address)}
  [[ $address == "$LAB_NET".* ]] || die "$address is not in $LAB_NET.0/24"
  ! grep -qsx "$address" "$NODES"/*/address || die "$address is taken"
  mkdir -p "$NODES/$name"/{upper,work,root}
  echo "$address" >"$NODES/$name/address"
  base_path >"$NODES/$name/base"
  printf '%s\n' "$@" | sed '/^$/d' >"$NODES/$name/binds"
}

boot() { # NAME
  local name=$1 node=$NODES/$1
  mount_disk "$name"
  [ -e "$node/root/etc/hostname" ] || echo "$name" >"$node/root/etc/hostname"
  if [ -x "$node/root/usr/sbin/sshd" ] && ! ls "$node/root"/etc/ssh/ssh_host_* >/dev/null 2>&1; then
    chroot "$node/root" ssh-keygen -A >/dev/null
  fi
  card_up "$name"
  write_config "$name"
  # No limit of this process's may reach the node, and 9 is the lock.
  lxc-start -P "$NODES" -n "$name" -d -o "$node/log" -l WARN -L "$node/console" 9>&- ||
    die "$name could not be started: $(tail -5 "$node/log")"
}

mount_disk() { # NAME
  local node=$NODES/$1 layers
  ! mountpoint -q "$node/root" || return 0
  layers="lowerdir=$(cat "$node/base")/root,upperdir=$node/upper,workdir=$node/work"
  # volatile: a sync costs nothing. The host's page cache outlives any crash of a node; the mark
  # that warns of a crash of the host is no news to tests.
  rm -rf "$node/work/work/incompat"
  mount -t overlay "$LAB_ID-$1" -o "$layers,volatile" "$node/root" 2>/dev/null ||
    mount -t overlay "$LAB_ID-$1" -o "$layers" "$node/root" ||
    die "no overlay can be mounted in $NODES: set LAB_DIR to a folder on a plain file system"
}

write_config() { # NAME
  local name=$1 node=$NODES/$1 bind
  cat >"$node/config" <<CONFIG
lxc.include = /usr/share/lxc/config/common.conf
lxc.include = /usr/share/lxc/config/nesting.conf
lxc.uts.name = $name
lxc.rootfs.path = dir:$node/root
lxc.namespace.share.net = /run/netns/$LAB_ID-$name
lxc.init.cmd = /lib/systemd/systemd
lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed
lxc.apparmor.profile = unconfined
lxc.cgroup.dir.monitor = $LAB_ID/$name.monitor
lxc.cgroup.dir.container = $LAB_ID/$name
# fuse and tun: file systems in user space, tunnels, containers in nodes.
lxc.cgroup.devices.allow = c 10:200 rwm
lxc.cgroup.devices.allow = c 10:229 rwm
lxc.cgroup2.devices.allow = c 10:200 rwm
lxc.cgroup2.devices.allow = c 10:229 rwm
lxc.mount.entry = /dev/fuse dev/fuse none bind,create=file,optional 0 0
lxc.mount.entry = /dev/net/tun dev/net/tun none bind,create=file,optional 0 0
lxc.mount.entry = $REPOSITORY srv/lab-repo none bind,ro,create=dir 0 0
CONFIG
  while read -r bind; do
    echo "lxc.mount.entry = ${bind%%:*} ${bind#*:/} none bind,create=dir 0 0" >>"$node/config"
  done <"$node/binds"
}

await_boot() { # NAME
  local end=$((SECONDS + LAB_TIMEOUT)) state
  while [ $SECONDS -lt $end ]; do
    # --wait ends when the boot has; before systemd listens it fails at once.
    state=$(timeout "$LAB_TIMEOUT" lxc-attach -P "$NODES" -n "$1" -- systemctl is-system-running --wait 2>/dev/null </dev/null) || true
    case $state in
      running) return 0 ;;
      degraded)
        say "$1 is degraded: $(lxc-attach -P "$NODES" -n "$1" -- systemctl --failed --plain --no-legend </dev/null | cut -d' ' -f1 | xargs)"
        return 0
        ;;
    esac
    running "$1" || return 1
    sleep 0.05
  done
  return 1
}

halt() { # orderly|power NAME
  running "$2" || return 0
  if [ "$1" = orderly ]; then
    lxc-stop -P "$NODES" -n "$2" -t "$LAB_TIMEOUT" || say "$2 does not shut down in order"
  else
    lxc-stop -P "$NODES" -n "$2" -k
  fi
}

halt_all() { # orderly|power NAME...
  local how=$1 name
  shift
  for name; do known "$name"; done
  for name; do halt "$how" "$name" 9>&- & done
  wait
  for name; do card_down "$name"; done
}

cmd_stop() {
  lock "$LAB_DIR/.lock"
  halt_all orderly "$@"
}

cmd_kill() {
  lock "$LAB_DIR/.lock"
  halt_all power "$@"
}

cmd_down() {
  local name all=no
  lock "$LAB_DIR/.lock"
  if [ "${1:-}" = --all ]; then
    all=yes
    mapfile -t list < <(names)
    set -- ${list[@]+"${list[@]}"}
  fi
  halt_all power "$@"
  for name; do
    while mountpoint -q "$NODES/$name/root"; do
      umount "$NODES/$name/root" 2>/dev/null || umount -l "$NODES/$name/root"
    done
    rm -rf --one-file-system "${NODES:?}/$name"
  done
  if [ $all = yes ]; then
    switch_down
    find /sys/fs/cgroup -maxdepth 4 -type d -path "*/$LAB_ID" 2>/dev/null |
      while read -r group; do find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
    rm -rf --one-file-system "$NODES" "$LAB_DIR/hosts" "$LAB_DIR/.lock"
    rmdir "$LAB_DIR" 2>/dev/null || true
  else
    write_hosts
  fi
}

cmd_purge() {
  cmd_down --all
  rm -rf --one-file-system "$LAB_CACHE"
}

cmd_address() {
  known "${1:?node}"
  cat "$NODES/$1/address"
}

cmd_root() {
  known "${1:?node}"
  echo "$NODES/$1/root"
}

cmd_ls() {
  local name state memory
  printf '%-14s %-16s %-10s %s\n' NAME ADDRESS STATE MEMORY
  for name in $(names); do
    state=off memory=-
    if running "$name"; then
      state=$(lxc-attach -P "$NODES" -n "$name" -- systemctl is-system-running </dev/null) || true
      memory=$(lxc-info -P "$NODES" -n "$name" -SH 2>/dev/null | awk '/^Memory use/ { printf "%.0f MiB", $3 / 1048576 }')
    fi
    printf '%-14s %-16s %-10s %s\n' "$name" "$(cat "$NODES/$name/address")" "$state" "${memory:--}"
  done
}
