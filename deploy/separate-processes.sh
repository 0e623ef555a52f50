#!/usr/bin/env bash
# Runs gateway, ingest, dags and api as processes of their own, as in production, with the Google adapters: PostgreSQL, the Pub/Sub
# emulator (the Pub/Sub fake where no Google CLI is installed), and the BigQuery and Cloud Storage fakes. Pushes the demo and
# prints the figures. Usage: deploy/separate-processes.sh [--once] [--port-base N] [--home DIR] [--data DIR] [--demo-until TIME]
# Logs are in DIR/logs. Ctrl-C stops everything. Nothing but configuration differs from the one-process host.
set -euo pipefail
cd "$(dirname "$0")/.."
base=8080 home=.local/separate pass=() adapters=Google
while [ $# -gt 0 ]; do
  case $1 in
    --port-base) base=$2; shift 2 ;;
    --home) home=$2; shift 2 ;;
    --data) pass+=(--data "$2"); shift 2 ;;
    --once) pass+=(--once); shift ;;
    --demo-until) pass+=(--demo-until "$2"); shift 2 ;;
    *) echo "Unknown option $1; see the head of $0." >&2; exit 2 ;;
  esac
done
mkdir -p "$home/logs"
home=$(cd "$home" && pwd)
for port in $(seq "$base" $((base + 5))); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "Port $port is taken; choose another --port-base." >&2; exit 1; fi
done

dotnet build RetailInsight.sln -v q --nologo
bin() { echo "artifacts/bin/RetailInsight.$1/debug/RetailInsight.$1"; }
pids=()
stop() {
  trap - EXIT INT TERM
  # Services first, then what they stand on; the host goes last because it keeps the database.
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do kill -TERM "${pids[i]}" 2>/dev/null && wait "${pids[i]}" 2>/dev/null || true; done
}
trap stop EXIT
trap 'stop; exit 130' INT TERM
start() { # name, command…: in the background, its output in the log
  local name=$1; shift
  "$@" >"$home/logs/$name.log" 2>&1 &
  pids+=($!)
}
keep() { # name, command…: likewise, and started again as often as it ends well: a worker that grew too large does that
  local name=$1; shift
  (
    trap 'kill -TERM "$child" 2>/dev/null; wait "$child"; exit' TERM
    while :; do
      "$@" &
      child=$!
      wait "$child" || exit
    done
  ) >"$home/logs/$name.log" 2>&1 &
  pids+=($!)
}
answers() { # name, url: waits until it answers with success
  for _ in $(seq 600); do
    curl -fsS -o /dev/null --max-time 2 "$2" 2>/dev/null && return
    sleep 0.2
  done
  echo "$1 does not answer at $2; see $home/logs/$1.log" >&2
  exit 1
}

# The host keeps PostgreSQL and the demo, and waits for the services before it pushes.
rm -f "$home/services.env"
"$(bin Local)" --services-elsewhere --home "$home" --port-base "$base" ${pass[@]+"${pass[@]}"} &
host=$!
pids+=("$host")
until [ -f "$home/services.env" ]; do
  kill -0 "$host" 2>/dev/null || { echo "The host stopped before the database was ready." >&2; exit 1; }
  sleep 0.2
done

start google-fakes "$(bin GoogleFakes)" $((base + 5)) "$home/google-fakes"
answers google-fakes "http://127.0.0.1:$((base + 5))/healthz"
pubsub=http://127.0.0.1:$((base + 5))
emulator=
if command -v gcloud >/dev/null && command -v java >/dev/null; then
  emulator=$(find "$(dirname "$(readlink -f "$(command -v gcloud)")")/.." -path '*pubsub-emulator/lib/*-all.jar' 2>/dev/null | head -1)
fi
if [ -n "$emulator" ]; then
  start pubsub-emulator java -Xmx1g -jar "$emulator" --host=127.0.0.1 --port=$((base + 4))
  answers pubsub-emulator "http://127.0.0.1:$((base + 4))/"
  pubsub=http://127.0.0.1:$((base + 4))
fi

set -a
# shellcheck source=/dev/null
. "$home/services.env"
Platform__Adapters=$adapters
Platform__Google__Project=retailinsight-demo
Platform__Google__Bucket=retailinsight-demo-lake
Platform__Google__Dataset=retailinsight
Platform__Google__PubSubEndpoint=$pubsub
Platform__Google__StorageEndpoint=http://127.0.0.1:$((base + 5))
Platform__Google__BigQueryEndpoint=http://127.0.0.1:$((base + 5))
Api__KeysDirectory=$home/session-keys
Logging__LogLevel__Default=Warning
set +a
start ingest env ASPNETCORE_URLS="http://127.0.0.1:$((base + 2))" "$(bin Ingest)"
keep dags env ASPNETCORE_URLS="http://127.0.0.1:$((base + 3))" "$(bin Dags)"
start gateway env ASPNETCORE_URLS="http://127.0.0.1:$((base + 1))" "$(bin Gateway)"
start api env ASPNETCORE_URLS="http://127.0.0.1:$base" "$(bin Api)"
for service in ingest:2 dags:3 gateway:1 api:0; do answers "${service%:*}" "http://127.0.0.1:$((base + ${service#*:}))/readyz"; done

status=0
wait "$host" || status=$?
exit "$status"
