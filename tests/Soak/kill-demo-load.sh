#!/usr/bin/env bash
# Kills the whole host with SIGKILL at random moments of the demo load, restarts it each time, and compares every store-day's
# figures with an undisturbed run. Usage: tests/Soak/kill-demo-load.sh [SEED] [KILLS]. Prints the figures' checksums; exit 1 on a difference.
set -euo pipefail
cd "$(dirname "$0")/../.."
RANDOM=${1:-20261121}
kills=${2:-10}
dotnet build deploy/local -v q >&2
host=artifacts/bin/RetailInsight.Local/debug/RetailInsight.Local
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

figures() { # home: starts the loaded host, prints every store-day and target without its time of computation
  "$host" --home "$1" --port-base "$port" --demo-until 2026-11-15T06:00 >"$1.out" 2>&1 &
  local pid=$!
  until grep -q "^Pages" "$1.out" || ! kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
  node tests/Soak/store-day-figures.js "$1/demo.json"
  kill -TERM "$pid"
  wait "$pid" || true
}

port=18080
calm=$work/calm
mkdir -p "$calm"
started=$(date +%s%N)
"$host" --home "$calm" --port-base "$port" --demo-until 2026-11-15T06:00 --once >"$work/calm.log" 2>&1
length=$((($(date +%s%N) - started) / 1000000))
figures "$calm" >"$work/calm.json"

storm=$work/storm
mkdir -p "$storm"
for kill in $(seq 1 "$kills"); do
  "$host" --home "$storm" --port-base "$port" --demo-until 2026-11-15T06:00 --once >>"$work/storm.log" 2>&1 &
  pid=$!
  pause=$((1500 + RANDOM % (length * 2 / kills + 1500)))
  sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
  if kill -KILL "$pid" 2>/dev/null; then echo "kill $kill after $pause ms" >&2; else echo "run $kill had finished before $pause ms" >&2; fi
  wait "$pid" 2>/dev/null || true
done
"$host" --home "$storm" --port-base "$port" --demo-until 2026-11-15T06:00 --once >>"$work/storm.log" 2>&1
figures "$storm" >"$work/storm.json"

sha256sum "$work/calm.json" "$work/storm.json" | sed "s|$work/||"
cmp "$work/calm.json" "$work/storm.json" && echo "equal after $kills kills (undisturbed run: $length ms)"
