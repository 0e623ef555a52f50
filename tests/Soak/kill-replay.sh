#!/usr/bin/env bash
# Kills the gateway with SIGKILL in the middle of a replay and of its undo, again and again, and compares figures, identities and items with
# those of an undisturbed one. Usage: tests/Soak/kill-replay.sh [SEED] [KILLS].
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_SOAK_SEED=${1:-20261121} RETAILINSIGHT_SOAK_KILLS=${2:-8}
dotnet test -c Release tests/RetailInsight.IntegrationTests --filter FullyQualifiedName~Gateway.ReplayKillTests --logger "console;verbosity=detailed" |
  grep -E "^ */v1|kills of|^ *(Passed |Failed )|Assert|Expected|Actual"
