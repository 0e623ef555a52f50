WITH line AS (
  SELECT
    bought.store, bought.business_date, bought.receipt_key,
    SUBSTR(sold.item_code, 1, 200) AS item_code, sold.merchandise, sold.quantity
  FROM pos_transaction AS bought
  JOIN raw_pos_line AS sold
    ON sold.store = bought.store
    AND sold.business_date = bought.business_date
    AND sold.receipt_key = bought.receipt_key
  WHERE bought.tenant = @tenant
    AND bought.business_date BETWEEN DATE_SUB(@business_date, INTERVAL 27 DAY) AND @business_date
    AND bought.store IN UNNEST(@stores)
    AND bought.kind = 'sale'
    AND NOT bought.is_voided
    AND bought.net >= 0
    AND sold.tenant = @tenant
    AND sold.business_date BETWEEN DATE_SUB(@business_date, INTERVAL 27 DAY) AND @business_date
    AND sold.store IN UNNEST(@stores)
    AND sold.quantity > 0
),
basket AS (
  SELECT store, COUNT(*) AS receipts
  FROM (SELECT DISTINCT store, business_date, receipt_key FROM line) AS counted
  GROUP BY store
),
content AS (
  SELECT DISTINCT store, business_date, receipt_key, item_code
  FROM line
  WHERE merchandise AND item_code <> ''
),
-- A pair is on no more receipts than either of its items: items below the minimum need not be paired.
item AS (
  SELECT store, item_code, COUNT(*) AS receipts
  FROM content
  GROUP BY store, item_code
  HAVING COUNT(*) >= 5
),
frequent AS (
  SELECT content.store, content.business_date, content.receipt_key, content.item_code, item.receipts
  FROM content
  JOIN item ON item.store = content.store AND item.item_code = content.item_code
),
pair AS (
  SELECT
    one.store,
    one.item_code AS item_a,
    other.item_code AS item_b,
    one.receipts AS receipts_a,
    other.receipts AS receipts_b,
    COUNT(*) AS receipts
  FROM frequent AS one
  JOIN frequent AS other
    ON other.store = one.store
    AND other.business_date = one.business_date
    AND other.receipt_key = one.receipt_key
    AND other.item_code > one.item_code
  GROUP BY one.store, one.item_code, other.item_code, one.receipts, other.receipts
  HAVING COUNT(*) >= 5
)
SELECT
  @tenant AS tenant,
  pair.store,
  @business_date AS business_date,
  pair.item_a,
  pair.item_b,
  pair.receipts,
  pair.receipts_a,
  pair.receipts_b,
  basket.receipts AS receipts_all
FROM pair
JOIN basket ON basket.store = pair.store
QUALIFY ROW_NUMBER() OVER (PARTITION BY pair.store ORDER BY pair.receipts DESC, pair.item_a, pair.item_b) <= 200
