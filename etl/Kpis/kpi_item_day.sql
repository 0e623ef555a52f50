-- An item sold in two currencies on one store-day makes two rows of one grain, which the grain check refuses.
WITH item AS (
  SELECT
    tenant, store, item_code, currency,
    LOGICAL_OR(merchandise) AS merchandise,
    CAST(SUM(net) AS INT64) AS net,
    CAST(SUM(tax) AS INT64) AS tax,
    CAST(SUM(gross) AS INT64) AS gross,
    CAST(SUM(IF(is_counted, quantity, 0)) AS INT64) AS quantity,
    COUNT(DISTINCT IF(is_counted, receipt_key, NULL)) AS receipts,
    CAST(SUM(IF(kind = 'return', -quantity, 0)) AS INT64) AS returned_quantity
  FROM sold_line
  GROUP BY tenant, store, item_code, currency
),
-- Masters rename items and move them between categories: the day shows what was said last, an empty word only where no other is.
named AS (
  SELECT store, item_code, item_name
  FROM (
    SELECT store, item_code, item_name, MAX(occurred_at) AS said_at
    FROM sold_line
    GROUP BY store, item_code, item_name
  ) AS names
  QUALIFY ROW_NUMBER() OVER (PARTITION BY store, item_code ORDER BY IF(item_name = '', 1, 0), said_at DESC, item_name) = 1
),
filed AS (
  SELECT store, item_code, category
  FROM (
    SELECT store, item_code, category, MAX(occurred_at) AS said_at
    FROM sold_line
    GROUP BY store, item_code, category
  ) AS categories
  QUALIFY ROW_NUMBER() OVER (PARTITION BY store, item_code ORDER BY IF(category = '', 1, 0), said_at DESC, category) = 1
)
SELECT
  item.tenant,
  item.store,
  @business_date AS business_date,
  item.item_code,
  named.item_name,
  filed.category,
  item.merchandise,
  item.currency,
  item.net,
  item.tax,
  item.gross,
  item.quantity,
  item.receipts,
  item.returned_quantity
FROM item
JOIN named ON named.store = item.store AND named.item_code = item.item_code
JOIN filed ON filed.store = item.store AND filed.item_code = item.item_code
