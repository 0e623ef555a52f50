#!/usr/bin/env bash
# Kills the whole host with SIGKILL at random moments of the demo load, restarts it each time, and compares every store-day's
# figures with an undisturbed run. Usage: tests/Soak/kill-demo-load.sh [SEED] [KILLS]. Prints the figures' checksums; exit 1 on a difference.
set -euo pipefail
cd "$(dirname "$0")/../.."
RANDOM=${1:-20261121}
kills=${2:-10}
dotnet build deploy/local -v q >&2
dotnet build deploy/cli -v q >&2
host=artifacts/bin/RetailInsight.Local/debug/RetailInsight.Local
retail=artifacts/bin/RetailInsight.Cli/debug/retail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

figures() { # home, port: starts the loaded host, prints every store-day
  "$host" --home "$1" --port-base "$2" >"$1.out" 2>&1 &
  local pid=$!
  until grep -q "^Pages" "$1.out" || ! kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
  for n in $(seq -w 1 20); do
    "$PWD/$retail" kpi --store "S0$n" --from 2026-11-01 --to 2026-11-14 --json --api "http://127.0.0.1:$2" \
      --login hq@demo --password "$(password "$1")" | sed 's/"computed_at": *"[^"]*"//g'
  done
  kill -TERM "$pid"
  wait "$pid" || true
}

password() { tr -d '\n' <"$1/demo.json" | sed 's/.*"hq@demo", *"password": *"\([^"]*\)".*/\1/'; }

calm=$work/calm
mkdir -p "$calm"
started=$(date +%s%N)
"$host" --home "$calm" --port-base 18080 --once >"$work/calm.log" 2>&1
length=$((($(date +%s%N) - started) / 1000000))
figures "$calm" 18080 >"$work/calm.json"

storm=$work/storm
mkdir -p "$storm"
for kill in $(seq 1 "$kills"); do
  "$host" --home "$storm" --port-base 18080 --once >>"$work/storm.log" 2>&1 &
  pid=$!
  pause=$((1500 + RANDOM % (length * 2 / kills + 1500)))
  sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
  if kill -KILL "$pid" 2>/dev/null; then echo "kill $kill after $pause ms" >&2; else echo "run $kill had finished before $pause ms" >&2; fi
  wait "$pid" 2>/dev/null || true
done
"$host" --home "$storm" --port-base 18080 --once >>"$work/storm.log" 2>&1
figures "$storm" 18080 >"$work/storm.json"

sha256sum "$work/calm.json" "$work/storm.json" | sed "s|$work/||"
cmp "$work/calm.json" "$work/storm.json" && echo "equal after $kills kills (undisturbed run: $length ms)"
