WITH sells AS (
  SELECT DISTINCT store, business_date, receipt_key
  FROM raw_pos_line
  WHERE tenant = @tenant
    AND business_date BETWEEN DATE_SUB(@business_date, INTERVAL 364 DAY) AND @business_date
    AND store IN UNNEST(@stores)
    AND quantity > 0
),
-- Counted receipts, and returns for the money they took back.
visit AS (
  SELECT
    bought.tenant, bought.store, bought.customer, bought.currency, bought.business_date, bought.net,
    bought.kind = 'sale' AND bought.net >= 0 AND sells.receipt_key IS NOT NULL AS is_counted
  FROM pos_transaction AS bought
  LEFT JOIN sells
    ON sells.store = bought.store
    AND sells.business_date = bought.business_date
    AND sells.receipt_key = bought.receipt_key
  WHERE bought.tenant = @tenant
    AND bought.business_date BETWEEN DATE_SUB(@business_date, INTERVAL 364 DAY) AND @business_date
    AND bought.store IN UNNEST(@stores)
    AND bought.customer <> ''
    AND bought.kind IN ('sale', 'return')
    AND NOT bought.is_voided
),
customer AS (
  SELECT
    tenant, store, currency, customer,
    MAX(IF(is_counted, business_date, NULL)) AS last_on,
    COUNTIF(is_counted) AS receipts,
    CAST(SUM(net) AS INT64) AS net
  FROM visit
  GROUP BY tenant, store, currency, customer
  HAVING COUNTIF(is_counted) > 0
),
-- By rank and not by place: customers who are alike are in the same fifth, however they are sorted.
ranked AS (
  SELECT
    tenant, store, currency, receipts, net,
    RANK() OVER (PARTITION BY store, currency ORDER BY last_on) AS recency_rank,
    RANK() OVER (PARTITION BY store, currency ORDER BY receipts) AS frequency_rank,
    RANK() OVER (PARTITION BY store, currency ORDER BY net) AS monetary_rank,
    COUNT(*) OVER (PARTITION BY store, currency) AS customers
  FROM customer
),
placed AS (
  SELECT
    tenant, store, currency, receipts, net,
    DIV((recency_rank - 1) * 5, customers) + 1 AS recency_quintile,
    DIV((frequency_rank - 1) * 5, customers) + 1 AS frequency_quintile,
    DIV((monetary_rank - 1) * 5, customers) + 1 AS monetary_quintile
  FROM ranked
)
SELECT
  tenant,
  store,
  @business_date AS business_date,
  recency_quintile,
  frequency_quintile,
  monetary_quintile,
  currency,
  COUNT(*) AS customers,
  CAST(SUM(receipts) AS INT64) AS receipts,
  CAST(SUM(net) AS INT64) AS net
FROM placed
GROUP BY tenant, store, currency, recency_quintile, frequency_quintile, monetary_quintile
