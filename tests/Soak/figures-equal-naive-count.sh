#!/usr/bin/env bash
# Every table of the datamart against a naive count on the days of the UCI's Online Retail: tests/Soak/figures-equal-naive-count.sh FOLDER [DAYS]
# FOLDER holds one CSV a day, as delivered; the data is not part of the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_ONLINE_RETAIL="$(realpath "${1:?folder of the daily files}")"
export RETAILINSIGHT_ONLINE_RETAIL_DAYS="${2:-80}"
dotnet test tests/RetailInsight.IntegrationTests --filter "FullyQualifiedName~EveryFigureEqualsANaiveCount" --logger "console;verbosity=normal"
