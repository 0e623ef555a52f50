#!/usr/bin/env bash
# A million made-up receipts: sales, their returns and voids, all rates and bases, discounts, every rounding per receipt and per line.
# Lines add up to buckets and receipt, taxes are those of decimal arithmetic. Usage: tests/Soak/money-properties.sh [SEED] [ROUNDS OF 100,800].
set -euo pipefail
cd "$(dirname "$0")/../.."
export RETAILINSIGHT_SOAK_SEED=${1:-20261101} RETAILINSIGHT_SOAK_ROUNDS=${2:-10}
dotnet test -c Release tests/RetailInsight.Tests --filter FullyQualifiedName~Profiles.MoneyProperties --logger "console;verbosity=detailed" |
  grep -E "^ *(floor|half_up|ceiling|Passed |Failed )|Assert|Expected|Actual|Total"
