namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// Which type becomes which, by itself or by CAST.
internal sealed partial class SqlTranslator
{
    /// <summary>The value as another type where GoogleSQL converts by itself; null where it does not.</summary>
    private static SqlValue? Coerce(SqlValue value, SqlType target)
    {
        var from = value.Type;
        if (from.Kind == SqlTypeKind.Null)
        {
            return value with { Sql = $"CAST(NULL AS {target.Duck})", Type = target };
        }

        if (from.Same(target))
        {
            return value with { Type = target };
        }

        var widens = (from.Kind, target.Kind) is (SqlTypeKind.Int64, SqlTypeKind.Numeric or SqlTypeKind.Float64) or (SqlTypeKind.Numeric, SqlTypeKind.Float64);
        var literal = value.Coercion == Coercion.Literal && (from.Kind, target.Kind) is (SqlTypeKind.Float64, SqlTypeKind.Numeric);
        var temporal = value.Coercion != Coercion.None && from.Kind == SqlTypeKind.String && target.IsTemporal;
        if (widens || literal || temporal)
        {
            return Convert(value, target, false);
        }

        var array = value.Coercion != Coercion.None && from.Kind == SqlTypeKind.Array && target.Kind == SqlTypeKind.Array
            && (from.Element!.Kind == SqlTypeKind.Null || Coerce(new SqlValue("x", from.Element) { Coercion = value.Coercion }, target.Element!) is not null);
        var record = from.Kind == SqlTypeKind.Struct && target.Kind == SqlTypeKind.Struct && from.Fields!.Count == target.Fields!.Count
            && from.Fields.Zip(target.Fields).All(pair => Coerce(new SqlValue("x", pair.First.Type) { Coercion = value.Coercion }, pair.Second.Type) is not null);
        return array || record ? value with { Sql = $"CAST({value.Sql} AS {target.Duck})", Type = target } : null;
    }

    private static SqlType Common(SqlToken at, IReadOnlyList<SqlValue> values)
    {
        var typed = values.Where(value => !value.IsNull).ToList();
        if (typed.Count == 0)
        {
            return SqlType.Null;
        }

        // What is no literal decides; literals follow if they can.
        foreach (var group in new[] { typed.Where(value => value.Coercion == Coercion.None), typed })
        {
            var candidates = group.Select(value => value.Type).OrderBy(type => Rank(type)).ToList();
            var chosen = candidates.Find(candidate => typed.All(value => Coerce(value, candidate) is not null));
            if (chosen is not null)
            {
                return chosen;
            }
        }

        throw at.Refuse($"No matching signature: types {string.Join(", ", values.Select(value => value.Type.Name).Distinct())} have no common supertype");
    }

    private static int Rank(SqlType type) => type.Kind switch { SqlTypeKind.Int64 => 0, SqlTypeKind.Numeric => 1, SqlTypeKind.Float64 => 2, SqlTypeKind.String => 3, _ => 0 };

    private static SqlValue Must(SqlToken at, SqlValue value, SqlType target, string what) =>
        Coerce(value, target) ?? throw at.Refuse($"No matching signature for {what}: {value.Type.Name} where {target.Name} is expected");

    /// <summary>CAST and SAFE_CAST.</summary>
    private static SqlValue Cast(SqlToken at, SqlValue value, SqlType target, bool safe)
    {
        var simple = value.Type.Kind == SqlTypeKind.Null || value.Type.Same(target);
        return simple ? Coerce(value, target)! with { Name = null, Coercion = Coercion.None }
            : Castable(value.Type.Kind, target.Kind) ? Convert(value, target, safe)
            : throw at.Refuse($"Invalid cast from {value.Type.Name} to {target.Name}");
    }

    private static bool Castable(SqlTypeKind from, SqlTypeKind to) => (from, to) switch
    {
        (SqlTypeKind.Int64, SqlTypeKind.Float64 or SqlTypeKind.Numeric or SqlTypeKind.Bool or SqlTypeKind.String) => true,
        (SqlTypeKind.Float64 or SqlTypeKind.Numeric, SqlTypeKind.Int64 or SqlTypeKind.Float64 or SqlTypeKind.Numeric or SqlTypeKind.String) => true,
        (SqlTypeKind.Bool, SqlTypeKind.Int64 or SqlTypeKind.String) => true,
        (SqlTypeKind.String, SqlTypeKind.Int64 or SqlTypeKind.Float64 or SqlTypeKind.Numeric or SqlTypeKind.Bool or SqlTypeKind.Bytes) => true,
        (SqlTypeKind.String, SqlTypeKind.Date or SqlTypeKind.Datetime or SqlTypeKind.Time or SqlTypeKind.Timestamp) => true,
        (SqlTypeKind.Bytes, SqlTypeKind.String) => true,
        (SqlTypeKind.Date, SqlTypeKind.String or SqlTypeKind.Datetime or SqlTypeKind.Timestamp) => true,
        (SqlTypeKind.Datetime, SqlTypeKind.String or SqlTypeKind.Date or SqlTypeKind.Time or SqlTypeKind.Timestamp) => true,
        (SqlTypeKind.Timestamp, SqlTypeKind.String or SqlTypeKind.Date or SqlTypeKind.Time or SqlTypeKind.Datetime) => true,
        (SqlTypeKind.Time, SqlTypeKind.String) => true,
        _ => false,
    };

    private static SqlValue Convert(SqlValue value, SqlType target, bool safe)
    {
        var x = value.Sql;
        var cast = safe ? "TRY_CAST" : "CAST";
        var sql = (value.Type.Kind, target.Kind) switch
        {
            (SqlTypeKind.Float64, SqlTypeKind.Int64) => $"{cast}(round({x}) AS BIGINT)",
            (SqlTypeKind.Float64, SqlTypeKind.String) => $"fake.float_text({x})",
            (SqlTypeKind.Numeric, SqlTypeKind.String) => $"fake.numeric_text({x})",
            (SqlTypeKind.Timestamp, SqlTypeKind.String) => $"fake.timestamp_text({x})",
            (SqlTypeKind.Datetime, SqlTypeKind.String) => $"fake.datetime_text({x})",
            (SqlTypeKind.Date, SqlTypeKind.Timestamp) => $"timezone('UTC', CAST({x} AS TIMESTAMP))",
            (SqlTypeKind.Datetime, SqlTypeKind.Timestamp) => $"timezone('UTC', {x})",
            (SqlTypeKind.Timestamp, SqlTypeKind.Datetime) => $"timezone('UTC', {x})",
            (SqlTypeKind.Timestamp, SqlTypeKind.Date or SqlTypeKind.Time) => $"CAST(timezone('UTC', {x}) AS {target.Duck})",
            (SqlTypeKind.Bytes, SqlTypeKind.String) => $"decode({x})",
            (SqlTypeKind.String, SqlTypeKind.Bytes) => $"encode({x})",
            (SqlTypeKind.String, var kind) => Parsed(x, target, kind, cast, safe),
            _ => $"{cast}({x} AS {target.Duck})",
        };
        return new SqlValue(sql, target, value.Reads);
    }

    /// <summary>Text as another type: DuckDB takes more than GoogleSQL does, so the text's form is checked first.</summary>
    private static string Parsed(string text, SqlType target, SqlTypeKind kind, string cast, bool safe)
    {
        var form = kind switch
        {
            SqlTypeKind.Int64 => @"\s*[+-]?([0-9]+|0[xX][0-9a-fA-F]+)\s*",
            SqlTypeKind.Float64 => @"(?i)\s*([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?inf(inity)?|nan)\s*",
            SqlTypeKind.Numeric => @"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*",
            SqlTypeKind.Bool => @"(?i)true|false",
            SqlTypeKind.Date => @"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}",
            SqlTypeKind.Time => @"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,6})?",
            SqlTypeKind.Datetime => @"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,6})?)?",
            _ => @"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,6})?)?( ?[Zz]|[+-][0-9]{1,2}(:[0-9]{2})?| [A-Za-z_]+(/[A-Za-z_]+)*)?",
        };
        var otherwise = safe ? "NULL" : $"error({SqlText.Literal($"{(target.IsTemporal ? "Invalid" : "Bad")} {target.Name.ToLowerInvariant()}{(target.IsTemporal ? "" : " value")}: ")} || {text})";
        return $"CASE WHEN regexp_full_match({text}, {SqlText.Literal(form)}) THEN {cast}({text} AS {target.Duck}) WHEN {text} IS NULL THEN NULL ELSE {otherwise} END";
    }
}
