#!/usr/bin/env bash
# How stable clusters of real stores are, and that the gate refuses what is not: tests/Soak/cluster-stability.sh FOLDER
# FOLDER holds store_days.csv and stores.csv; the data is not part of the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_STORE_DAYS="$(realpath "${1:?folder of store_days.csv}")"
dotnet test -c Release tests/RetailInsight.Tests --filter "FullyQualifiedName~StableOnStoreDays" --logger "console;verbosity=detailed"
