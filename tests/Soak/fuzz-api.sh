#!/usr/bin/env bash
# Sends right and damaged requests to every operation of the API's OpenAPI document: no failure of the server, no undocumented status,
# every refusal a problem with a code; then every text that makes patterns backtrack in every place that takes text. Usage: tests/Soak/fuzz-api.sh [SEED] [REQUESTS PER OPERATION]
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_SOAK_SEED=${1:-20261121} RETAILINSIGHT_SOAK_REQUESTS=${2:-2000}
dotnet test tests/RetailInsight.IntegrationTests --filter "FullyQualifiedName~Api.FuzzTests|FullyQualifiedName~Api.BacktrackingTextTests" --logger "console;verbosity=detailed" |
  grep -E "^ *(seed|Failed )|complaint|Assert|Expected|Actual|Total|→"
