#!/usr/bin/env bash
# Damages the samples of every shipped profile and converts them: no exception, no hang, bounded allocation, a verdict for every row and
# a sentence for every reason. Usage: tests/Soak/fuzz-profiles.sh [SEED] [INPUTS PER SAMPLE]; the samples are about thirty.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_SOAK_SEED=${1:-20261121} RETAILINSIGHT_SOAK_INPUTS=${2:-34000}
dotnet test -c Release tests/RetailInsight.Tests --filter FullyQualifiedName~Profiles.MutationTests.Whatever --logger "console;verbosity=detailed" |
  grep -E "^ *[a-z-]+/samples/.* inputs|^ *(Failed )|input [0-9]+ of|Assert|Expected|Actual|Total"
