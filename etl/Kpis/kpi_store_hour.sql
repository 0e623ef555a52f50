WITH sales AS (
  SELECT
    tenant, store, hour, currency,
    CAST(SUM(net) AS INT64) AS net,
    CAST(SUM(tax) AS INT64) AS tax,
    CAST(SUM(gross) AS INT64) AS gross,
    CAST(SUM(IF(is_counted, 1, 0)) AS INT64) AS receipts,
    CAST(SUM(IF(is_counted, items, 0)) AS INT64) AS items,
    CAST(SUM(IF(kind = 'return', 1, 0)) AS INT64) AS returns,
    CAST(SUM(IF(kind = 'return', net, 0)) AS INT64) AS return_net,
    CAST(SUM(IF(is_counted, guests, 0)) AS INT64) AS guests,
    CAST(SUM(IF(is_counted AND customer <> '', 1, 0)) AS INT64) AS identified_receipts
  FROM receipt
  WHERE is_money
  GROUP BY tenant, store, hour, currency
),
-- Stated with the sign of the receipt: what a return takes back of a discount is negative.
discounts AS (
  SELECT receipt.store, receipt.hour, receipt.currency, CAST(SUM(stated.amount) AS INT64) AS discount
  FROM receipt
  JOIN raw_pos_discount AS stated ON stated.store = receipt.store AND stated.receipt_key = receipt.receipt_key
  WHERE receipt.is_money
    AND stated.tenant = @tenant AND stated.business_date = @business_date AND stated.store IN UNNEST(@stores)
  GROUP BY receipt.store, receipt.hour, receipt.currency
),
store_currency AS (
  SELECT store, MAX(currency) AS currency FROM sales GROUP BY store
),
-- Any receipt, of whatever kind, shows that the registers reported; without one sales are not known, which is not zero.
sold AS (
  SELECT DISTINCT store FROM receipt
),
-- Any receipt or count shows that the store-day was reported.
reported AS (
  SELECT store FROM sold
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
  COALESCE(sales.guests, 0) AS guests,
  COALESCE(sales.identified_receipts, 0) AS identified_receipts,
  COALESCE(discounts.discount, 0) AS discount,
  opening_hour.visitors,
  COALESCE(opening_hour.observed_minutes, 0) AS observed_minutes,
  COALESCE(opening_hour.expected_minutes, 0) AS expected_minutes,
  sold.store IS NOT NULL AS sales_reported
FROM slot
LEFT JOIN sales ON sales.store = slot.store AND sales.hour = slot.hour
LEFT JOIN discounts ON discounts.store = sales.store AND discounts.hour = sales.hour AND discounts.currency = sales.currency
LEFT JOIN sold ON sold.store = slot.store
LEFT JOIN store_currency ON store_currency.store = slot.store
LEFT JOIN opening_hour ON opening_hour.store = slot.store AND opening_hour.hour = slot.hour
