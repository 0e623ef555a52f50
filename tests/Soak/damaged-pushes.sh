#!/usr/bin/env bash
# Pushes damaged samples of every shipped profile through a real gateway: no answer of ours is an error, raw bytes are in the lake, receipts
# add up, and nothing stays without an outcome. Usage: tests/Soak/damaged-pushes.sh [SEED] [PUSHES PER SAMPLE].
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_SOAK_SEED=${1:-20261121} RETAILINSIGHT_SOAK_PUSHES=${2:-300}
dotnet test -c Release tests/RetailInsight.IntegrationTests --filter FullyQualifiedName~Gateway.DamagedPushTests --logger "console;verbosity=detailed" |
  grep -E "^ *(seed |Passed |Failed )|Assert|Expected|Actual| of "
