#!/usr/bin/env bash
# Pushes the street counters and cameras that cities publish through a real gateway, with resends: sums per camera and month equal an
# independent reader's, holes show as missing, hours that never were are no observation. Usage: tests/Soak/open-data.sh FOLDER, where FOLDER has
# leeds_footfall and fukui_camera.
set -euo pipefail
RETAILINSIGHT_OPEN_DATA=$(realpath "$1")
export RETAILINSIGHT_OPEN_DATA
cd "$(dirname "$0")/../.."
dotnet test tests/RetailInsight.IntegrationTests --filter FullyQualifiedName~OpenDataByHttp --logger "console;verbosity=detailed" |
  grep -E "^ *(Passed |Failed |[0-9]+ |part:)|Assert|Expected|Actual"
