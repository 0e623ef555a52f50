SELECT
  tenant,
  store,
  @business_date AS business_date,
  category,
  currency,
  CAST(SUM(net) AS INT64) AS net,
  CAST(SUM(tax) AS INT64) AS tax,
  CAST(SUM(gross) AS INT64) AS gross,
  CAST(SUM(IF(is_counted, quantity, 0)) AS INT64) AS quantity,
  COUNT(DISTINCT IF(is_counted, receipt_key, NULL)) AS receipts
FROM sold_line
GROUP BY tenant, store, category, currency
