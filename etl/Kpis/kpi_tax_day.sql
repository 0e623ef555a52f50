SELECT
  receipt.tenant,
  receipt.store,
  @business_date AS business_date,
  bucket.rate_bp,
  bucket.tax_category,
  receipt.currency,
  CAST(SUM(bucket.net) AS INT64) AS net,
  CAST(SUM(bucket.tax) AS INT64) AS tax,
  CAST(SUM(bucket.gross) AS INT64) AS gross
FROM receipt
JOIN raw_pos_tax AS bucket
  ON bucket.store = receipt.store
  AND bucket.receipt_key = receipt.receipt_key
WHERE receipt.is_money
  AND bucket.tenant = @tenant
  AND bucket.business_date = @business_date
  AND bucket.store IN UNNEST(@stores)
GROUP BY receipt.tenant, receipt.store, bucket.rate_bp, bucket.tax_category, receipt.currency
