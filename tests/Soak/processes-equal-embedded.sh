#!/usr/bin/env bash
# Loads the demo twice, once in the one-process host on embedded parts, once in separate processes with the Google adapters, and
# compares every store-day's figures. Usage: tests/Soak/processes-equal-embedded.sh. Prints the checksums; exit 1 on a difference.
set -euo pipefail
cd "$(dirname "$0")/../.."
dotnet build RetailInsight.sln -v q --nologo >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

figures() { # name, command…: runs it until it has loaded, prints the figures, stops it
  local name=$1; shift
  mkdir -p "$work/$name"
  local started=$SECONDS
  "$@" --home "$work/$name" --port-base 18080 --demo-until 2026-11-15T06:00 >"$work/$name.log" 2>&1 &
  local pid=$!
  until grep -q "^Pages" "$work/$name.log"; do
    kill -0 "$pid" 2>/dev/null || { tail -30 "$work/$name.log" >&2; exit 1; }
    sleep 0.5
  done
  echo "$name: loaded in $((SECONDS - started)) s" >&2
  node tests/Soak/store-day-figures.js "$work/$name/demo.json" >"$work/$name.json"
  kill -TERM "$pid"
  wait "$pid" || true
}

figures embedded artifacts/bin/RetailInsight.Local/debug/RetailInsight.Local
figures processes deploy/separate-processes.sh
(cd "$work" && sha256sum embedded.json processes.json && wc -l embedded.json)
cmp "$work/embedded.json" "$work/processes.json" && echo "equal"
