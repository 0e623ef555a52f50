#!/usr/bin/env bash
# Eight clients push the same receipts and corrections at once, shuffled, duplicated, in payloads of random size, some packed, some only
# acknowledged; the receipts on the bus must come to what a push in order comes to. Usage: tests/Soak/push-storm.sh [SEED] [ROUNDS] [RECEIPTS].
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_SOAK_SEED=${1:-20261121} RETAILINSIGHT_SOAK_ROUNDS=${2:-20} RETAILINSIGHT_SOAK_RECEIPTS=${3:-1000}
dotnet test -c Release tests/RetailInsight.IntegrationTests --filter FullyQualifiedName~Gateway.StormTests --logger "console;verbosity=detailed" |
  grep -E "^ *(round |Passed |Failed )|Assert|Expected|Actual"
