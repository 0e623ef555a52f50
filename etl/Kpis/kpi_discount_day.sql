SELECT
  receipt.tenant,
  receipt.store,
  @business_date AS business_date,
  stated.kind,
  SUBSTR(stated.label, 1, 200) AS label,
  receipt.currency,
  CAST(SUM(stated.amount) AS INT64) AS amount,
  COUNT(DISTINCT IF(receipt.is_counted, receipt.receipt_key, NULL)) AS receipts
FROM receipt
JOIN raw_pos_discount AS stated
  ON stated.store = receipt.store
  AND stated.receipt_key = receipt.receipt_key
WHERE receipt.is_money
  AND stated.tenant = @tenant
  AND stated.business_date = @business_date
  AND stated.store IN UNNEST(@stores)
GROUP BY receipt.tenant, receipt.store, stated.kind, SUBSTR(stated.label, 1, 200), receipt.currency
