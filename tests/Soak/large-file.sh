#!/usr/bin/env bash
# Pushes one file of receipts of so many megabytes to a gateway of its own, kills that with -9 so many times while the file lands, and says
# how long it took, the most memory the gateway had, and whether every row has its verdict once.
# Usage: tests/Soak/large-file.sh [MEGABYTES] [KILLS] [csv|fixed|ndjson|json|xml].
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_SOAK_MEGABYTES=${1:-2000} RETAILINSIGHT_SOAK_KILLS=${2:-3} RETAILINSIGHT_SOAK_FORMAT=${3:-csv}
dotnet test -c Release tests/RetailInsight.IntegrationTests --filter FullyQualifiedName~Memory_does_not_grow_with_the_file --logger "console;verbosity=detailed" |
  grep -E "^ *(large file|Passed |Failed )|Assert|Expected|Actual"
