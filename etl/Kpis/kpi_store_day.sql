-- Two currencies on one store-day make two rows of one grain, which the grain check refuses: they cannot be added up.
SELECT
  tenant,
  store,
  business_date,
  currency,
  CAST(SUM(net) AS INT64) AS net,
  CAST(SUM(tax) AS INT64) AS tax,
  CAST(SUM(gross) AS INT64) AS gross,
  CAST(SUM(receipts) AS INT64) AS receipts,
  CAST(SUM(items) AS INT64) AS items,
  CAST(SUM(returns) AS INT64) AS returns,
  CAST(SUM(return_net) AS INT64) AS return_net,
  CAST(SUM(guests) AS INT64) AS guests,
  CAST(SUM(identified_receipts) AS INT64) AS identified_receipts,
  CAST(SUM(discount) AS INT64) AS discount,
  CAST(SUM(visitors) AS INT64) AS visitors,
  CAST(SUM(observed_minutes) AS INT64) AS observed_minutes,
  CAST(SUM(expected_minutes) AS INT64) AS expected_minutes,
  LOGICAL_OR(sales_reported) AS sales_reported
FROM kpi_store_hour
GROUP BY tenant, store, business_date, currency
