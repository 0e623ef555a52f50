SELECT
  receipt.tenant,
  receipt.store,
  @business_date AS business_date,
  SUBSTR(tender.method, 1, 200) AS method,
  receipt.currency,
  CAST(SUM(tender.amount) AS INT64) AS amount,
  COUNT(DISTINCT IF(receipt.is_counted, receipt.receipt_key, NULL)) AS receipts
FROM receipt
JOIN raw_pos_tender AS tender
  ON tender.store = receipt.store
  AND tender.receipt_key = receipt.receipt_key
WHERE receipt.is_money
  AND tender.tenant = @tenant
  AND tender.business_date = @business_date
  AND tender.store IN UNNEST(@stores)
GROUP BY receipt.tenant, receipt.store, SUBSTR(tender.method, 1, 200), receipt.currency
