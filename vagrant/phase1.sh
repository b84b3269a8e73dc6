#!/usr/bin/env bash
# phase1.sh: makes this server a part of the site. Safe to run again.
#
#   phase1.sh CONTROL-ADDRESS [CA-FINGERPRINT]
#
# The server called CONTROL gets the master. Every other gets the agent, which then makes its name
# known to the master; the request is signed there (phase2.sh), and the agent goes on by itself.
# The host name and CONTROL's address are all it takes, so any Debian server will do, a virtual
# machine or a rented one. With the fingerprint of the master's authority (phase2.sh prints it),
# the agent refuses any other from its first contact on.
#
#   FICELLE_PACKAGES   folder with the packages; without any in it, apt is asked
#   FICELLE_MANIFESTS  on CONTROL: the site's folder, the production environment
#   FICELLE_HOSTS      further names for /etc/hosts: "NAME=ADDRESS NAME=ADDRESS"
#   FICELLE_CA         the fingerprint, where it is not an argument
set -euo pipefail

CONTROL_ADDRESS=${1:?usage: phase1.sh CONTROL-ADDRESS [CA-FINGERPRINT]}
CA_FINGERPRINT=${2:-${FICELLE_CA:-}}
PACKAGES=${FICELLE_PACKAGES:-/srv/ficelle/packages}
MANIFESTS=${FICELLE_MANIFESTS:-/srv/ficelle/manifests}
CONFIGURATION=/etc/ficelle/puppet.conf
ENVIRONMENTS=/etc/ficelle/code/environments

[ "$(id -u)" = 0 ] || {
  echo "phase1: must run as root" >&2
  exit 1
}
NAME=$(hostname)
NAME=${NAME,,}

say() { echo "phase1 ($NAME): $*"; }

# The block between the marks is ours; the rest of the file is left as it is, and what it says
# already is not said twice: a server that is down would be tried once for each line.
write_hosts() {
  local pair name address rest
  rest=$(sed '/^# BEGIN ficelle$/,/^# END ficelle$/d' /etc/hosts)
  {
    echo "$rest"
    echo '# BEGIN ficelle'
    for pair in "CONTROL=$CONTROL_ADDRESS" ${FICELLE_HOSTS:-}; do
      name=${pair%%=*} address=${pair#*=}
      grep -qiE "^${address//./\\.}[[:space:]](.*[[:space:]])?$name([[:space:]]|\$)" <<<"$rest" ||
        echo "$address ${name,,} ${name^^}"
    done | sort -u
    echo '# END ficelle'
  } >/etc/hosts.ficelle
  # Not renamed: in a container the file may be a mount of its own.
  cmp -s /etc/hosts.ficelle /etc/hosts || cat /etc/hosts.ficelle >/etc/hosts
  rm /etc/hosts.ficelle
}

# install_package NAME: from the folder, where a build of the same version counts as new when
# its files differ; else from apt.
install_package() {
  local file options=()
  export DEBIAN_FRONTEND=noninteractive
  file=$(find "$PACKAGES" -maxdepth 1 -name "$1_*.deb" 2>/dev/null | sort -V | tail -1)
  if [ -z "$file" ]; then
    apt-get -qq update
    apt-get -qqy install "$1" >/dev/null
    return
  fi
  if dpkg-deb --ctrl-tarfile "$file" | tar -xOf - ./md5sums | cmp -s - "/var/lib/dpkg/info/$1.md5sums"; then
    return
  fi
  [ ! -e "/var/lib/dpkg/info/$1.md5sums" ] || options=(--reinstall --allow-downgrades)
  apt-get -qq update || true
  apt-get -qqy -o Dpkg::Options::=--force-confold ${options[@]+"${options[@]}"} install "$file" >/dev/null
}

# setting SECTION NAME VALUE: in puppet.conf, in place; where it is missing, first in its section.
setting() {
  local new
  new=$(awk -v section="[$1]" -v name="$2" -v value="$3" '
    { lines[NR] = $0; if (/^\[/) inside = ($0 == section) }
    inside && $0 == section && !header { header = NR }
    inside && $0 ~ "^[ \t]*" name "[ \t]*=" && !found { found = NR }
    END {
      for (line = 1; line <= NR; line++) {
        print line == found ? name " = " value : lines[line]
        if (line == header && !found) print name " = " value
      }
      if (!header) print section "\n" name " = " value
    }' "$CONFIGURATION")
  [ "$new" = "$(cat "$CONFIGURATION")" ] || echo "$new" >"$CONFIGURATION"
}

# running UNIT: up, and still so a moment later.
running() {
  local tries
  for tries in 1 2 3 4 5 6 7 8 9 10; do
    systemctl --quiet is-active "$1" && return 0
    [ "$tries" = 10 ] || sleep 1
  done
  systemctl --no-pager --lines 20 status "$1" >&2 || true
  return 1
}

control() {
  install_package ficelle-master
  setting main server control
  link_site
  make_secrets
  systemctl enable --quiet ficelle-master.service
  systemctl start ficelle-master.service
  running ficelle-master.service
  say "the master runs; its authority's fingerprint:"
  master cert fingerprint
}

# The site is the production environment: linked where it is a checkout, so that an edit there
# counts at once; the package's example is copied, since an upgrade replaces it.
link_site() {
  mkdir -p "$ENVIRONMENTS"
  if [ -e "$MANIFESTS/environment.conf" ]; then
    [ -L "$ENVIRONMENTS/production" ] || [ ! -e "$ENVIRONMENTS/production" ] || {
      say "$ENVIRONMENTS/production is not a link, so it stays as it is"
      return
    }
    ln -sfn "$MANIFESTS" "$ENVIRONMENTS/production"
  elif [ ! -e "$ENVIRONMENTS/production" ] && [ -d /usr/share/ficelle/manifests ]; then
    cp -r /usr/share/ficelle/manifests "$ENVIRONMENTS/production"
  fi
}

# The values that no repository may hold: what `secrets.list` names, made once, each encrypted to
# a key pair that is made here and stays here.
make_secrets() {
  local list=$ENVIRONMENTS/production/secrets.list keys=/etc/ficelle/eyaml folder=/etc/ficelle/secrets
  local name kind length
  [ -e "$list" ] || return 0
  install -d -o root -g ficelle -m 0750 "$keys" "$folder"
  if [ ! -e "$keys/private_key.pkcs7.pem" ]; then
    master eyaml createkeys --pkcs7-private-key "$keys/private_key.pkcs7.pem" \
      --pkcs7-public-key "$keys/public_key.pkcs7.pem"
    chown root:ficelle "$keys"/*.pem
    chmod 0640 "$keys"/*.pem
  fi
  [ -e "$folder/common.eyaml" ] || echo '---' >"$folder/common.eyaml"
  chown root:ficelle "$folder/common.eyaml"
  chmod 0640 "$folder/common.eyaml"
  while read -r name kind length; do
    [[ -n $name && $name != \#* ]] || continue
    ! grep -q "^$name:" "$folder/common.eyaml" || continue
    # All of a secret's values or none: a line that is there counts as made.
    make_secret "$name" "$kind" "${length:-32}" >"$folder/new"
    cat "$folder/new" >>"$folder/common.eyaml"
    rm "$folder/new"
  done <"$list"
}

# make_secret NAME KIND LENGTH: its lines of YAML.
make_secret() {
  local value work
  case $2 in
    random | mysql)
      value=$(head -c 4096 /dev/urandom | base64 -w0 | tr -dc 'A-Za-z0-9' | cut -c "1-$3")
      [ "${#value}" = "$3" ]
      [ "$2" != mysql ] || echo "$1_hash: $(mysql_hash "$value" | encrypt)"
      echo "$1: $(printf %s "$value" | encrypt)"
      ;;
    ssh)
      command -v ssh-keygen >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get -qqy install openssh-client >/dev/null
      work=$(mktemp -d)
      ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$work/key"
      echo "$1_public: $(cut -d' ' -f1,2 "$work/key.pub")"
      echo "$1: $(encrypt <"$work/key")"
      rm -r "$work"
      ;;
    *)
      echo "phase1: secrets.list: no such kind: $2" >&2
      return 1
      ;;
  esac
}

encrypt() { master eyaml encrypt --stdin --output string --pkcs7-public-key /etc/ficelle/eyaml/public_key.pkcs7.pem; }

# As MariaDB keeps a password: SHA-1 of the bytes of its SHA-1.
mysql_hash() {
  local once at bytes=''
  once=$(printf %s "$1" | sha1sum)
  for ((at = 0; at < 40; at += 2)); do bytes+="\\x${once:at:2}"; done
  printf '*%s' "$(printf %b "$bytes" | sha1sum | cut -c 1-40 | tr a-f A-F)"
}

agent_node() {
  local code=0
  install_package ficelle-agent
  setting main server control
  setting main certname "$NAME"
  setting agent waitforcert 10
  [ -z "$CA_FINGERPRINT" ] || setting main ca_fingerprint "$CA_FINGERPRINT"
  systemctl enable --quiet ficelle-agent.service
  systemctl restart ficelle-agent.service
  running ficelle-agent.service
  # 0 and 2: signed already, and converged. Anything else before the signature is no failure:
  # the service asks again by itself.
  agent --test --waitforcert 0 --noop >/tmp/phase1-agent.log 2>&1 || code=$?
  case $code in
    0 | 2) say "known to the master" ;;
    *)
      say "has asked for a signature:"
      grep -iE 'fingerprint|certificate|error' /tmp/phase1-agent.log | tail -5 || true
      ;;
  esac
  rm -f /tmp/phase1-agent.log
}

write_hosts
if [ "$NAME" = control ] || [[ $NAME == control.* ]]; then control; else agent_node; fi
