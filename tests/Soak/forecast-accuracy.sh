#!/usr/bin/env bash
# Forecasts of 42 days from origins of 2014 against naive ones and the plain log-additive model: tests/Soak/forecast-accuracy.sh FOLDER
# FOLDER holds store_days.csv and stores.csv (a hundred Rossmann stores, 2013 and 2014); the data is not part of the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_STORE_DAYS="$(realpath "${1:?folder of store_days.csv and stores.csv}")"
dotnet test tests/RetailInsight.Tests --filter "FullyQualifiedName~ForecastsOfRealStores" --logger "console;verbosity=detailed"
