WITH sales AS (
  SELECT
    tenant, store, hour, currency,
    CAST(SUM(net) AS INT64) AS net,
    CAST(SUM(tax) AS INT64) AS tax,
    CAST(SUM(gross) AS INT64) AS gross,
    CAST(SUM(IF(kind = 'sale' AND sale_lines >= 1 AND net >= 0, 1, 0)) AS INT64) AS receipts,
    CAST(SUM(IF(kind = 'sale' AND sale_lines >= 1 AND net >= 0, items, 0)) AS INT64) AS items,
    CAST(SUM(IF(kind = 'return', 1, 0)) AS INT64) AS returns,
    CAST(SUM(IF(kind = 'return', net, 0)) AS INT64) AS return_net
  FROM receipt
  WHERE kind IN ('sale', 'return') AND NOT is_voided
  GROUP BY tenant, store, hour, currency
),
store_currency AS (
  SELECT store, MAX(currency) AS currency FROM sales GROUP BY store
),
-- Any receipt or count, of whatever kind, shows that the store-day was reported.
reported AS (
  SELECT store FROM receipt
  UNION DISTINCT
  SELECT store FROM people_count
),
slot AS (
  SELECT opening_hour.tenant, opening_hour.store, opening_hour.hour
  FROM opening_hour
  JOIN reported ON reported.store = opening_hour.store
  UNION DISTINCT
  SELECT tenant, store, hour FROM sales
)
SELECT
  slot.tenant,
  slot.store,
  @business_date AS business_date,
  slot.hour,
  COALESCE(sales.currency, store_currency.currency, opening_hour.currency) AS currency,
  COALESCE(sales.net, 0) AS net,
  COALESCE(sales.tax, 0) AS tax,
  COALESCE(sales.gross, 0) AS gross,
  COALESCE(sales.receipts, 0) AS receipts,
  COALESCE(sales.items, 0) AS items,
  COALESCE(sales.returns, 0) AS returns,
  COALESCE(sales.return_net, 0) AS return_net,
  opening_hour.visitors,
  COALESCE(opening_hour.observed_minutes, 0) AS observed_minutes,
  COALESCE(opening_hour.expected_minutes, 0) AS expected_minutes
FROM slot
LEFT JOIN sales ON sales.store = slot.store AND sales.hour = slot.hour
LEFT JOIN store_currency ON store_currency.store = slot.store
LEFT JOIN opening_hour ON opening_hour.store = slot.store AND opening_hour.hour = slot.hour
