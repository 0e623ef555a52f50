#!/usr/bin/env bash
# Targets of every store and month of 2014, each set from the days before it, against what the month came to; and what the potential finds
# of gaps planted in made-up chains. Usage: tests/Soak/target-hit-rate.sh FOLDER, which holds store_days.csv and stores.csv; the data is
# not part of the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_STORE_DAYS="$(realpath "${1:?folder of store_days.csv and stores.csv}")"
dotnet test tests/RetailInsight.Tests --filter "FullyQualifiedName~Ml.Targets.TargetHitRate|FullyQualifiedName~Ml.Targets.PotentialTests" --logger "console;verbosity=detailed" |
  grep -E "^ *(2014|day|attainable|standing|of the gap|Passed |Failed )|Assert|Expected|Actual|Total"
