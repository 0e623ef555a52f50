-- Codes and names are as sent and may be of any length: an index of the datamart takes 200 characters of each.
SELECT
  receipt.tenant,
  receipt.store,
  receipt.receipt_key,
  line.line_number,
  receipt.kind,
  receipt.is_counted,
  receipt.occurred_at,
  receipt.currency,
  SUBSTR(line.item_code, 1, 200) AS item_code,
  line.item_name,
  SUBSTR(line.category, 1, 200) AS category,
  line.merchandise,
  line.quantity,
  line.net,
  line.tax,
  line.gross
FROM receipt
JOIN raw_pos_line AS line
  ON line.store = receipt.store
  AND line.receipt_key = receipt.receipt_key
WHERE receipt.is_money
  AND line.tenant = @tenant
  AND line.business_date = @business_date
  AND line.store IN UNNEST(@stores)
