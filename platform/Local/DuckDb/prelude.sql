-- GoogleSQL functions DuckDB lacks, or has with another meaning (those are named gsql_*; the rewriter calls them so that
-- DuckDB's own functions keep theirs). Date parts arrive as text: 'month', 'week_monday' … Run once a database file.
CREATE OR REPLACE MACRO safe_divide(a, b) AS CASE WHEN b = 0 THEN NULL ELSE a / b END;
CREATE OR REPLACE MACRO ieee_divide(a, b) AS a::DOUBLE / b::DOUBLE;
-- Division by zero is an error, where DuckDB's // and % say NULL; of decimals, // is no whole number.
CREATE OR REPLACE MACRO gsql_is_fraction(type) AS type LIKE 'DECIMAL%' OR type IN ('DOUBLE', 'FLOAT');
CREATE OR REPLACE MACRO div(a, b) AS CASE
  WHEN gsql_is_fraction(typeof(a)) OR gsql_is_fraction(typeof(b)) THEN error('DIV takes INT64 here; write TRUNC(SAFE_DIVIDE(a, b))')
  WHEN b = 0 THEN error('division by zero: DIV') ELSE a // b END;
CREATE OR REPLACE MACRO gsql_mod(a, b) AS CASE WHEN b = 0 THEN error('division by zero: MOD') ELSE a % b END;
CREATE OR REPLACE MACRO gsql_log(x) AS ln(x), (x, b) AS ln(x) / ln(b);
CREATE OR REPLACE MACRO is_nan(x) AS isnan(x);
CREATE OR REPLACE MACRO is_inf(x) AS isinf(x);
CREATE OR REPLACE MACRO gsql_is_whole(type) AS type IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT');
CREATE OR REPLACE MACRO safe_add(a, b) AS CASE WHEN gsql_is_whole(typeof(a)) AND gsql_is_whole(typeof(b))
  THEN TRY_CAST(TRY(CAST(a AS HUGEINT) + CAST(b AS HUGEINT)) AS BIGINT) ELSE TRY(a + b) END;
CREATE OR REPLACE MACRO safe_subtract(a, b) AS CASE WHEN gsql_is_whole(typeof(a)) AND gsql_is_whole(typeof(b))
  THEN TRY_CAST(TRY(CAST(a AS HUGEINT) - CAST(b AS HUGEINT)) AS BIGINT) ELSE TRY(a - b) END;
CREATE OR REPLACE MACRO safe_multiply(a, b) AS CASE WHEN gsql_is_whole(typeof(a)) AND gsql_is_whole(typeof(b))
  THEN TRY_CAST(TRY(CAST(a AS HUGEINT) * CAST(b AS HUGEINT)) AS BIGINT) ELSE TRY(a * b) END;
CREATE OR REPLACE MACRO rand() AS random();
CREATE OR REPLACE MACRO generate_uuid() AS uuid()::VARCHAR;
CREATE OR REPLACE MACRO range_bucket(p, arr) AS CASE WHEN p IS NOT NULL THEN len(list_filter(arr, lambda e: e <= p)) END;
CREATE OR REPLACE MACRO gsql_greatest(a) AS a,
  (a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE greatest(a, b) END,
  (a, b, c) AS CASE WHEN a IS NULL OR b IS NULL OR c IS NULL THEN NULL ELSE greatest(a, b, c) END,
  (a, b, c, d) AS CASE WHEN a IS NULL OR b IS NULL OR c IS NULL OR d IS NULL THEN NULL ELSE greatest(a, b, c, d) END;
CREATE OR REPLACE MACRO gsql_least(a) AS a,
  (a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE least(a, b) END,
  (a, b, c) AS CASE WHEN a IS NULL OR b IS NULL OR c IS NULL THEN NULL ELSE least(a, b, c) END,
  (a, b, c, d) AS CASE WHEN a IS NULL OR b IS NULL OR c IS NULL OR d IS NULL THEN NULL ELSE least(a, b, c, d) END;

CREATE OR REPLACE MACRO logical_or(x) AS bool_or(x);
CREATE OR REPLACE MACRO logical_and(x) AS bool_and(x);
CREATE OR REPLACE MACRO approx_quantiles(x, n) AS quantile_disc(x, list_transform(range(0, n + 1), lambda i: i / n));
CREATE OR REPLACE MACRO approx_top_count(x, n) AS list_transform(
  list_sort(list_transform(map_entries(histogram(x)), lambda e: struct_pack(n := e.value, v := e.key)), 'DESC')[1:n],
  lambda e: struct_pack("value" := e.v, "count" := e.n::BIGINT));
CREATE OR REPLACE MACRO percentile_cont(x, p) AS quantile_cont(x, p);
CREATE OR REPLACE MACRO percentile_disc(x, p) AS quantile_disc(x, p);

-- A subscript below the first element is NULL, where DuckDB would count from the end.
CREATE OR REPLACE MACRO gsql_offset(i) AS CASE WHEN i < 0 THEN NULL ELSE i + 1 END;
CREATE OR REPLACE MACRO gsql_ordinal(i) AS CASE WHEN i < 1 THEN NULL ELSE i END;
-- NULL and something is NULL, where DuckDB would leave the NULL out.
CREATE OR REPLACE MACRO gsql_array_concat(a) AS a, (a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN list_concat(a, b) END,
  (a, b, c) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL AND c IS NOT NULL THEN list_concat(a, b, c) END;
CREATE OR REPLACE MACRO generate_array(a, b) AS generate_series(a, b), (a, b, s) AS generate_series(a, b, s);
CREATE OR REPLACE MACRO generate_date_array(a, b) AS list_transform(generate_series(a::DATE, b::DATE, INTERVAL 1 DAY), lambda x: x::DATE),
  (a, b, i) AS list_transform(generate_series(a::DATE, b::DATE, i), lambda x: x::DATE);
CREATE OR REPLACE MACRO generate_timestamp_array(a, b, i) AS generate_series(a, b, i);

-- Branches not taken are folded too, so no branch may hand DuckDB a part it does not know.
CREATE OR REPLACE MACRO gsql_plain_part(part) AS CASE WHEN starts_with(part, 'week_') THEN 'week' ELSE part END;
CREATE OR REPLACE MACRO gsql_trunc(d, part) AS CASE part
  WHEN 'week_sunday' THEN date_trunc('week', d + INTERVAL 1 DAY) - INTERVAL 1 DAY
  WHEN 'week_monday' THEN date_trunc('week', d)
  WHEN 'week_tuesday' THEN date_trunc('week', d - INTERVAL 1 DAY) + INTERVAL 1 DAY
  WHEN 'week_wednesday' THEN date_trunc('week', d - INTERVAL 2 DAY) + INTERVAL 2 DAY
  WHEN 'week_thursday' THEN date_trunc('week', d - INTERVAL 3 DAY) + INTERVAL 3 DAY
  WHEN 'week_friday' THEN date_trunc('week', d + INTERVAL 3 DAY) - INTERVAL 3 DAY
  WHEN 'week_saturday' THEN date_trunc('week', d + INTERVAL 2 DAY) - INTERVAL 2 DAY
  ELSE date_trunc(gsql_plain_part(part), d) END;
CREATE OR REPLACE MACRO gsql_date_trunc(d, part) AS gsql_trunc(d, part)::DATE;
CREATE OR REPLACE MACRO gsql_datetime_trunc(t, part) AS gsql_trunc(t, part);
CREATE OR REPLACE MACRO gsql_timestamp_trunc(t, part) AS gsql_trunc(t, part),
  (t, part, tz) AS timezone(tz, gsql_trunc(timezone(tz, t), part));
-- Whole weeks since the week that holds 1970-01-01, a Thursday: k days lie between that week's first day and the epoch.
CREATE OR REPLACE MACRO gsql_week(d, k) AS floor((d::DATE - DATE '1970-01-01' + k) / 7)::BIGINT;
CREATE OR REPLACE MACRO gsql_date_diff(a, b, part) AS CASE part
  WHEN 'week_sunday' THEN gsql_week(a, 4) - gsql_week(b, 4)
  WHEN 'week_monday' THEN gsql_week(a, 3) - gsql_week(b, 3)
  WHEN 'week_tuesday' THEN gsql_week(a, 2) - gsql_week(b, 2)
  WHEN 'week_wednesday' THEN gsql_week(a, 1) - gsql_week(b, 1)
  WHEN 'week_thursday' THEN gsql_week(a, 0) - gsql_week(b, 0)
  WHEN 'week_friday' THEN gsql_week(a, 6) - gsql_week(b, 6)
  WHEN 'week_saturday' THEN gsql_week(a, 5) - gsql_week(b, 5)
  ELSE date_diff(gsql_plain_part(part), b, a) END;
CREATE OR REPLACE MACRO gsql_datetime_diff(a, b, part) AS gsql_date_diff(a, b, part);
CREATE OR REPLACE MACRO gsql_timestamp_diff(a, b, part) AS date_sub(part, b, a);
CREATE OR REPLACE MACRO gsql_date_add(d, i) AS (d + i)::DATE;
CREATE OR REPLACE MACRO gsql_date_sub(d, i) AS (d - i)::DATE;
CREATE OR REPLACE MACRO timestamp_add(t, i) AS t + i;
CREATE OR REPLACE MACRO timestamp_sub(t, i) AS t - i;
CREATE OR REPLACE MACRO datetime_add(t, i) AS t + i;
CREATE OR REPLACE MACRO datetime_sub(t, i) AS t - i;
CREATE OR REPLACE MACRO gsql_last_day(d) AS last_day(d),
  (d, part) AS (gsql_trunc(d, part) + CASE part
    WHEN 'month' THEN INTERVAL 1 MONTH WHEN 'quarter' THEN INTERVAL 3 MONTH WHEN 'year' THEN INTERVAL 1 YEAR
    WHEN 'isoyear' THEN gsql_trunc(gsql_trunc(d, part) + INTERVAL 371 DAY, part) - gsql_trunc(d, part)
    ELSE INTERVAL 7 DAY END - INTERVAL 1 DAY)::DATE;
CREATE OR REPLACE MACRO gsql_extract(part, d) AS CASE part
  WHEN 'dayofweek' THEN date_part('dayofweek', d) + 1
  WHEN 'week_sunday' THEN strftime(d, '%U')::BIGINT
  WHEN 'week_monday' THEN strftime(d, '%W')::BIGINT
  WHEN 'millisecond' THEN date_part('millisecond', d) % 1000
  WHEN 'microsecond' THEN date_part('microsecond', d) % 1000000
  ELSE date_part(gsql_plain_part(part), d) END;

CREATE OR REPLACE MACRO gsql_date(t) AS t::DATE, (t, tz) AS timezone(tz, t)::DATE, (y, m, d) AS make_date(y, m, d);
CREATE OR REPLACE MACRO gsql_datetime(t) AS t::TIMESTAMP, (t, tz) AS timezone(tz, t);
CREATE OR REPLACE MACRO gsql_timestamp(t) AS t::TIMESTAMPTZ, (t, tz) AS timezone(tz, t::TIMESTAMP);
CREATE OR REPLACE MACRO gsql_current_date() AS timezone('UTC', now())::DATE, (tz) AS timezone(tz, now())::DATE;
CREATE OR REPLACE MACRO current_datetime() AS timezone('UTC', now()), (tz) AS timezone(tz, now());
CREATE OR REPLACE MACRO format_date(f, d) AS strftime(d, f);
CREATE OR REPLACE MACRO format_datetime(f, d) AS strftime(d, f);
CREATE OR REPLACE MACRO format_timestamp(f, t) AS strftime(timezone('UTC', t), f), (f, t, tz) AS strftime(timezone(tz, t), f);
CREATE OR REPLACE MACRO parse_date(f, s) AS strptime(s, f)::DATE;
CREATE OR REPLACE MACRO parse_datetime(f, s) AS strptime(s, f);
CREATE OR REPLACE MACRO parse_timestamp(f, s) AS timezone('UTC', strptime(s, f)), (f, s, tz) AS timezone(tz, strptime(s, f));
CREATE OR REPLACE MACRO safe_parse_date(f, s) AS try_strptime(s, f)::DATE;
CREATE OR REPLACE MACRO safe_parse_timestamp(f, s) AS timezone('UTC', try_strptime(s, f));
-- Before 1970 the count goes down to the beginning of the second, not towards zero.
CREATE OR REPLACE MACRO unix_seconds(t) AS (epoch_us(t) - (epoch_us(t) % 1000000 + 1000000) % 1000000) // 1000000;
CREATE OR REPLACE MACRO unix_millis(t) AS (epoch_us(t) - (epoch_us(t) % 1000 + 1000) % 1000) // 1000;
CREATE OR REPLACE MACRO unix_micros(t) AS epoch_us(t);
CREATE OR REPLACE MACRO timestamp_seconds(x) AS to_timestamp(x);
CREATE OR REPLACE MACRO timestamp_millis(x) AS timezone('UTC', make_timestamp(x * 1000));
CREATE OR REPLACE MACRO timestamp_micros(x) AS timezone('UTC', make_timestamp(x));
CREATE OR REPLACE MACRO unix_date(d) AS d - DATE '1970-01-01';
CREATE OR REPLACE MACRO date_from_unix_date(n) AS DATE '1970-01-01' + n::INTEGER;

-- White space is Unicode's, where DuckDB knows the blanks only. Position 0 and one before the first character mean the first.
CREATE OR REPLACE MACRO gsql_space() AS ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(133) || chr(160) || chr(5760)
  || chr(8192) || chr(8193) || chr(8194) || chr(8195) || chr(8196) || chr(8197) || chr(8198) || chr(8199) || chr(8200) || chr(8201)
  || chr(8202) || chr(8232) || chr(8233) || chr(8239) || chr(8287) || chr(12288);
CREATE OR REPLACE MACRO gsql_trim(s) AS trim(s, gsql_space()), (s, c) AS trim(s, c);
CREATE OR REPLACE MACRO gsql_ltrim(s) AS ltrim(s, gsql_space()), (s, c) AS ltrim(s, c);
CREATE OR REPLACE MACRO gsql_rtrim(s) AS rtrim(s, gsql_space()), (s, c) AS rtrim(s, c);
CREATE OR REPLACE MACRO gsql_first(s, p) AS CASE WHEN p = 0 OR p < -length(s) THEN 1 ELSE p END;
CREATE OR REPLACE MACRO gsql_substr(s, p) AS substr(s, gsql_first(s, p)),
  (s, p, n) AS CASE WHEN n < 0 THEN error('SUBSTR: the length is negative') ELSE substr(s, gsql_first(s, p), n) END;
CREATE OR REPLACE MACRO gsql_split(s) AS string_split(s, ','), (s, d) AS string_split(s, d);
-- A text is a number only when it is one as a whole, a fraction is rounded half away from zero, and a fraction as text has
-- no zeros at its end. The kind of the value is known before the query runs, so only one branch is left of each.
CREATE OR REPLACE MACRO gsql_is_int64(x) AS regexp_full_match(CAST(x AS VARCHAR), '\s*[-+]?(\d+|0[xX][0-9a-fA-F]+)\s*');
CREATE OR REPLACE MACRO gsql_int64(x) AS CASE
  WHEN typeof(x) = 'VARCHAR' AND NOT gsql_is_int64(x) THEN error('Bad INT64 value: ' || CAST(x AS VARCHAR))
  WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN CAST(round(CAST(x AS DOUBLE)) AS BIGINT) ELSE CAST(x AS BIGINT) END;
CREATE OR REPLACE MACRO gsql_safe_int64(x) AS CASE
  WHEN typeof(x) = 'VARCHAR' AND NOT gsql_is_int64(x) THEN NULL
  WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN TRY_CAST(round(TRY_CAST(x AS DOUBLE)) AS BIGINT) ELSE TRY_CAST(x AS BIGINT) END;
CREATE OR REPLACE MACRO gsql_is_bool(x) AS lower(CAST(x AS VARCHAR)) IN ('true', 'false');
CREATE OR REPLACE MACRO gsql_bool(x) AS CASE
  WHEN typeof(x) = 'VARCHAR' AND NOT gsql_is_bool(x) THEN error('Bad BOOL value: ' || CAST(x AS VARCHAR)) ELSE CAST(x AS BOOLEAN) END;
CREATE OR REPLACE MACRO gsql_safe_bool(x) AS CASE WHEN typeof(x) = 'VARCHAR' AND NOT gsql_is_bool(x) THEN NULL ELSE TRY_CAST(x AS BOOLEAN) END;
CREATE OR REPLACE MACRO gsql_string(x) AS CASE
  WHEN typeof(x) LIKE 'DECIMAL%' AND contains(CAST(x AS VARCHAR), '.') THEN rtrim(rtrim(CAST(x AS VARCHAR), '0'), '.')
  WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN regexp_replace(CAST(x AS VARCHAR), '\.0$', '') ELSE CAST(x AS VARCHAR) END;
CREATE OR REPLACE MACRO gsql_lpad(s, n) AS lpad(s, n::INTEGER, ' '), (s, n, p) AS lpad(s, n::INTEGER, p);
CREATE OR REPLACE MACRO gsql_rpad(s, n) AS rpad(s, n::INTEGER, ' '), (s, n, p) AS rpad(s, n::INTEGER, p);
CREATE OR REPLACE MACRO regexp_contains(s, r) AS regexp_matches(s, r);
-- The first group when the pattern has one, else the whole match; NULL when nothing matches.
CREATE OR REPLACE MACRO gsql_regexp_extract(s, r) AS CASE WHEN regexp_matches(s, r) THEN coalesce(list_extract(
  regexp_extract_all(s, r, CASE WHEN regexp_matches(replace(replace(r, '\\', ''), '\(', ''), '\((?:[^?]|\?P<)') THEN 1 ELSE 0 END), 1), '') END;
CREATE OR REPLACE MACRO gsql_regexp_replace(s, r, x) AS regexp_replace(s, r, x, 'g');
CREATE OR REPLACE MACRO gsql_format(f) AS f, (f, a) AS printf(f, a), (f, a, b) AS printf(f, a, b), (f, a, b, c) AS printf(f, a, b, c),
  (f, a, b, c, d) AS printf(f, a, b, c, d);
CREATE OR REPLACE MACRO gsql_md5(s) AS unhex(md5(s));
CREATE OR REPLACE MACRO gsql_sha256(s) AS unhex(sha256(s));
CREATE OR REPLACE MACRO gsql_to_hex(b) AS lower(hex(b));
CREATE OR REPLACE MACRO to_json_string(x) AS to_json(x)::VARCHAR;
-- Objects and arrays are no value.
CREATE OR REPLACE MACRO gsql_json_value(j, p) AS CASE WHEN json_type(j, p) NOT IN ('OBJECT', 'ARRAY') THEN j ->> p END;
CREATE OR REPLACE MACRO json_extract_scalar(j, p) AS gsql_json_value(j, p);
CREATE OR REPLACE MACRO json_query(j, p) AS (j -> p)::VARCHAR;
