# shellcheck shell=bash
# What scripts share that work in a lab of their own: they source this, and get `lab`, a fresh
# LAB_DIR that is removed when they end however they end, and a way to report.
# Exit code 77 where no lab can run.

LAB_HOME=$(dirname "$(dirname "$(realpath "${BASH_SOURCE[0]}")")")
PROJECT=$(realpath "$LAB_HOME/../..")
TARGET=$(cd "$PROJECT" && realpath -m "${CARGO_TARGET_DIR:-target}")
PACKAGES=$TARGET/packages
CONTROL_ADDRESS=192.168.56.10

"$LAB_HOME/setup" || exit 77
LAB_DIR=${LAB_DIR:-/var/lib/ficelle-lab/$(basename "$0")-$$}
WORK=$(mktemp -d)
export LAB_DIR

lab() { "$LAB_HOME/lab" "$@"; }
on() { "$LAB_HOME/lab" exec "$@"; } # NODE COMMAND...

# KEEP=1 leaves the lab for a look around.
end_session() {
  local code=$?
  trap - EXIT INT TERM
  if [ -n "${KEEP:-}" ]; then
    echo "kept: LAB_DIR=$LAB_DIR $LAB_HOME/lab ls; what was put into it: $WORK" >&2
  else
    lab down --all >/dev/null 2>&1 || true
    rm -rf "$WORK"
  fi
  exit $code
}
trap end_session EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

passed=0 failed=0

# check WHAT COMMAND...: one line; on failure what the command said.
check() {
  local what=$1 start code=0
  shift
  start=$(date +%s.%N)
  "$@" >"$WORK/check" 2>&1 || code=$?
  if [ $code = 0 ]; then
    passed=$((passed + 1))
    printf 'ok     %-58s %6.1f s\n' "$what" "$(since "$start")"
  else
    failed=$((failed + 1))
    printf 'FAILED %-58s %6.1f s (exit code %d)\n' "$what" "$(since "$start")" $code
    sed 's/^/       | /' "$WORK/check" | tail -30
  fi
  return 0
}

# must WHAT COMMAND...: the same, and the session ends where it fails.
must() {
  local before=$failed
  check "$@"
  [ "$failed" = "$before" ] || finish
}

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
  exit
}

since() { awk -v now="$(date +%s.%N)" -v then="$1" 'BEGIN { printf "%.1f", now - then }'; }

# eventually SECONDS COMMAND...: asks until the answer is yes.
eventually() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}

# exits WITH COMMAND...: the exit code is as expected.
exits() {
  local wanted=$1 code=0
  shift
  "$@" || code=$?
  [ $code = "$wanted" ] || {
    echo "exit code $code where $wanted was expected: $*"
    return 1
  }
}

# --- a site of ours ------------------------------------------------------------------------------

build_packages() { FICELLE_PROFILE=${FICELLE_PROFILE:-release} "$PROJECT/packaging/build"; }

# boot_site SITE NAME[=ADDRESS]...: CONTROL with SITE as its production environment, and nodes.
boot_site() {
  local site=$1
  shift
  lab up --bind "$PACKAGES:/srv/ficelle/packages" --bind "$PROJECT/vagrant:/srv/ficelle/vagrant" \
    --bind "$site:/srv/ficelle/manifests" CONTROL=$CONTROL_ADDRESS "$@"
}

phase1() { on "$1" -- /srv/ficelle/vagrant/phase1.sh $CONTROL_ADDRESS; } # NODE

phase1_all() { # NODE...: CONTROL first, then all at once
  local node pids=() code=0
  phase1 CONTROL || return
  for node; do
    phase1 "$node" >"$WORK/phase1-$node" 2>&1 &
    pids+=($!)
  done
  for node in "${pids[@]}"; do wait "$node" || code=1; done
  for node; do sed "s/^/$node: /" "$WORK/phase1-$node"; done
  return $code
}

phase2() { on CONTROL -- /srv/ficelle/vagrant/phase2.sh "$@"; }

# run_agent NODE [OPTION...]: one run, with exit codes that tell what happened. The service is
# stopped, so that the run is ours alone.
run_agent() {
  local node=$1
  shift
  on "$node" -- agent --test --detailed-exitcodes --color=false "$@"
}

stop_services() { # NODE...
  local node
  for node; do on "$node" -- systemctl stop ficelle-agent.service & done
  wait
}
