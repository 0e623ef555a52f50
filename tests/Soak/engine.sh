#!/usr/bin/env bash
# The DAG engine under everything at once: a random walk beside a model, workers killed at every point of publishing and stopped for three
# leases, a server that is stopped and killed, clocks ten minutes apart, a very wide fan-in, storms of clears; invariants are looked at all the while.
# Usage: tests/Soak/engine.sh [SEED] [MINUTES OF THE WALK] [KILLS A POINT]. Exit 1 when anything is lost, done twice or stands elsewhere than in the model.
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_SOAK_ENGINE=1 RETAILINSIGHT_SOAK_SEED=${1:-20261122} RETAILINSIGHT_SOAK_MINUTES=${2:-20} RETAILINSIGHT_SOAK_KILLS=${3:-10}
export RETAILINSIGHT_SOAK_STEPS=1000000 RETAILINSIGHT_SOAK_STOPS=2 RETAILINSIGHT_SOAK_RESTARTS=6 RETAILINSIGHT_SOAK_RUNS=1000
export RETAILINSIGHT_SOAK_WIDE=5000 RETAILINSIGHT_SOAK_CLEARS=1000 RETAILINSIGHT_SOAK_CLOCK_MINUTES=240 RETAILINSIGHT_SOAK_CLOCK_RUNS=500
dotnet test tests/RetailInsight.IntegrationTests --filter FullyQualifiedName~Dags.Soak --logger "console;verbosity=detailed" |
  grep -E "^ *(steps|point|seed|stopped|restart|fan-in|clears|[0-9]+ minutes|Passed |Failed |Walk |Run )|Assert|Expected|Actual"
