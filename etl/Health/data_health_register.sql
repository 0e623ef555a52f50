SELECT
  tenant,
  store,
  @business_date AS business_date,
  terminal,
  receipts,
  first_at,
  last_at,
  last_received_at,
  first_number,
  last_number,
  missing_numbers
FROM register_day
