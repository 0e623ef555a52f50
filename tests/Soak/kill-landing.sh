#!/usr/bin/env bash
# Kills the gateway with SIGKILL at random moments under mixed traffic and counts what was acknowledged and what landed.
# Usage: tests/Soak/kill-landing.sh [SEED] [KILLS]. Exit 1 when an acknowledged payload is lost or a row is there twice.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_SOAK_SEED=${1:-20261121} RETAILINSIGHT_SOAK_KILLS=${2:-50}
dotnet test -c Release tests/RetailInsight.IntegrationTests --filter FullyQualifiedName~Gateway.KillTests --logger "console;verbosity=detailed" |
  grep -E "^ *(kill |seed |Passed |Failed )|Assert|Expected|Actual"
