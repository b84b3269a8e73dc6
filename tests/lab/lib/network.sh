# shellcheck shell=bash
# The network: a bridge in a network namespace of its own, without a way out, and one namespace
# with one card for each node. A node's namespace outlives its reboots, and its card keeps its
# MAC address, so that its peers' ARP entries stay right.

SWITCH=$LAB_ID-switch

# A name under /run/netns may be left from before a reboot, with nothing behind it.
namespace_alive() { [ "$(stat -f -c %T "/run/netns/$1" 2>/dev/null)" = nsfs ]; }

namespace_add() {
  rm -f "/run/netns/$1"
  ip netns add "$1"
  ip -n "$1" link set lo up
}

switch_up() {
  ! namespace_alive "$SWITCH" || return 0
  namespace_add "$SWITCH"
  ip -n "$SWITCH" link add br0 address 02:6c:61:62:00:01 type bridge
  ip -n "$SWITCH" addr add "$LAB_NET.1/24" dev br0
  ip -n "$SWITCH" link set br0 up
  # The nodes' default route ends here, and nothing leads on. Forwarding makes the switch say so
  # ("network is unreachable"), where otherwise a connection would wait for its timeout.
  nsenter --net="/run/netns/$SWITCH" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
}

switch_down() { ip netns del "$SWITCH" 2>/dev/null || true; }

card_up() { # NAME
  local namespace=$LAB_ID-$1 address number
  ! namespace_alive "$namespace" || return 0
  address=$(cat "$NODES/$1/address")
  number=${address##*.}
  namespace_add "$namespace"
  ip -n "$SWITCH" link add "port$number" type veth \
    peer name eth0 address "$(printf '02:6c:61:62:00:%02x' "$number")" netns "$namespace"
  ip -n "$SWITCH" link set "port$number" master br0 up
  ip -n "$namespace" addr add "$address/24" dev eth0
  ip -n "$namespace" link set eth0 up
  ip -n "$namespace" route add default via "$LAB_NET.1"
}

card_down() { # NAME
  # The namespace may live on for a moment after its name; without its port the card is gone.
  ip -n "$SWITCH" link del "$(port "$1")" 2>/dev/null || true
  ip netns del "$LAB_ID-$1" 2>/dev/null || true
}

port() { # NAME
  local address
  address=$(cat "$NODES/$1/address")
  echo "port${address##*.}"
}

free_address() {
  local number
  for number in {101..250}; do
    grep -qsx "$LAB_NET.$number" "$NODES"/*/address || {
      echo "$LAB_NET.$number"
      return
    }
  done
  die "no address is left in $LAB_NET.0/24"
}

# Every node's /etc/hosts, between two marks (the rest is the node's), and the host's view.
write_hosts() {
  local name file block
  block=$(
    echo '# BEGIN lab'
    for name in $(names); do
      echo "$(cat "$NODES/$name/address") $(printf '%s\n' "${name,,}" "${name^^}" "$name" | awk '!seen[$0]++' | xargs)"
    done
    echo '# END lab'
  )
  printf '127.0.0.1 localhost\n::1 localhost\n%s\n' "$block" >"$LAB_DIR/hosts"
  for name in $(names); do
    file=$NODES/$name/root/etc/hosts
    [ -f "$file" ] || continue
    { sed '/^# BEGIN lab$/,/^# END lab$/d' "$file" && echo "$block"; } >"$LAB_DIR/hosts.new"
    cat "$LAB_DIR/hosts.new" >"$file"
  done
  rm -f "$LAB_DIR/hosts.new"
}

cmd_partition() {
  [ $# = 2 ] || die "usage: lab partition NAME NAME"
  known "$1"
  known "$2"
  nsenter --net="/run/netns/$SWITCH" nft -f - <<RULES
table bridge lab {
  chain forward {
    type filter hook forward priority 0; policy accept;
    iifname "$(port "$1")" oifname "$(port "$2")" drop
    iifname "$(port "$2")" oifname "$(port "$1")" drop
  }
}
RULES
}

cmd_isolate() {
  known "${1:?node}"
  ip -n "$SWITCH" link set "$(port "$1")" down
}

cmd_heal() {
  local name
  nsenter --net="/run/netns/$SWITCH" sh -c \
    '! nft list table bridge lab >/dev/null 2>&1 || nft delete table bridge lab'
  for name in $(names); do
    ip -n "$SWITCH" link set "$(port "$name")" up 2>/dev/null || true
  done
}
