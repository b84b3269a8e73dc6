# shellcheck shell=bash
# What the measuring scripts share.

seconds_since() { awk -v now="$(date +%s.%N)" -v then="$1" 'BEGIN { printf "%.2f", now - then }'; }

# answers PORT PID SECONDS: waits until the server of that process says that it runs.
answers() {
  local port=$1 pid=$2 end=$((SECONDS + $3))
  until curl -sk --max-time 5 "https://127.0.0.1:$port/status/v1/simple" 2>/dev/null | grep -q running; do
    kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $end ] || return 1
    sleep 0.05
  done
}

resident() { awk '/^VmRSS/ { printf "%.1f MB", $2 * 1.024 / 1000 }' "/proc/$1/status"; } # PID

# best FILE COLUMN: of the rows of a load, the one with the most catalogs a second.
best() {
  awk -v column="$2" '/^ *[0-9]+ +[0-9]+ / && $3 > most { most = $3; value = $column } END { print value }' "$1"
}

ratio() { awk -v ours="$1" -v theirs="$2" 'BEGIN { if (theirs > 0) printf "%.0f", ours / theirs; else printf "-" }'; }

# timed COMMAND...: "SECONDS MIB", as GNU time sees it; exit codes 0 and 2 are both a run that went well.
timed() {
  local code=0
  /usr/bin/time -q -f '%e %M' -o "$WORK/time" "$@" >"$WORK/timed.log" 2>&1 || code=$?
  [ $code = 0 ] || [ $code = 2 ] || {
    tail -20 "$WORK/timed.log" >&2
    return 1
  }
  awk '{ printf "%s %.1f\n", $1, $2 / 1024 }' "$WORK/time"
}

# fastest RUNS COMMAND...: the fastest of so many, as `timed` prints it.
fastest() {
  local runs=$1 run
  shift
  for ((run = 0; run < runs; run++)); do timed "$@" || return; done | sort -n | head -1
}
