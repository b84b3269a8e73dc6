# shellcheck shell=bash
# shellcheck disable=SC2034 # OWN_START is read by whoever sources this
# Our master on loopback, with every folder of its own under $OWN. Whoever sources this sets MASTER
# (the binary), OWN (a directory), OWN_PORT, and PIN (what it is started with, if anything).

own() { # COMMAND...: our master's command
  "$MASTER" "$@" --certname control --confdir "$OWN/conf" --vardir "$OWN/var" \
    --codedir "$OWN/code" --rundir "$OWN/run" --logdir "$OWN/log" --dns_alt_names localhost
}

own_configure() { # ENVIRONMENTS
  mkdir -p "$OWN"/{conf,code,var,run,log}
  cp -r "$1" "$OWN/code/environments"
  echo '*' >"$OWN/conf/autosign.conf"
}

# Starts it; sets OWN_PID and OWN_START, the seconds until it answers.
own_start() {
  local begin
  begin=$(date +%s.%N)
  exec_own serve --bindaddress 127.0.0.1 --serverport "$OWN_PORT" >"$OWN/log/console.log" 2>&1 </dev/null &
  OWN_PID=$!
  answers "$OWN_PORT" "$OWN_PID" 60 || {
    tail -30 "$OWN/log/console.log" >&2
    return 1
  }
  OWN_START=$(seconds_since "$begin")
}

exec_own() {
  exec "${PIN[@]}" "$MASTER" "$@" --certname control --confdir "$OWN/conf" \
    --vardir "$OWN/var" --codedir "$OWN/code" --rundir "$OWN/run" --logdir "$OWN/log" \
    --dns_alt_names localhost
}

own_stop() {
  [ -n "${OWN_PID:-}" ] || return 0
  kill "$OWN_PID" 2>/dev/null
  wait "$OWN_PID" 2>/dev/null
  OWN_PID=
}
