# Sourced by what compares this project with the reference: Debian's Puppet, installed where that is
# possible.

is_reference_there() { ruby -e 'require "puppet"; exit Puppet.version.start_with?("7.")' 2>/dev/null; }

# reference_or_leave NAME: Debian's Puppet is there, or the script ends with exit code 77.
reference_or_leave() {
  is_reference_there && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # A runlevel in which no service starts.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
      apt-get -qqy install --no-install-recommends puppet-agent >/dev/null 2>&1 || true
    is_reference_there && return
  fi
  echo "$1: left out, Debian's puppet-agent is not installed" >&2
  exit 77
}
