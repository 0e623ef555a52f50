using System.Collections.Immutable;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// Aggregates, window functions and OVER.
internal sealed partial class SqlTranslator
{
    private static readonly HashSet<string> Aggregates =
    [
        "COUNT", "COUNTIF", "SUM", "AVG", "MIN", "MAX", "ANY_VALUE", "ARRAY_AGG", "STRING_AGG", "LOGICAL_OR", "LOGICAL_AND", "MAX_BY", "MIN_BY",
        "APPROX_COUNT_DISTINCT", "APPROX_QUANTILES", "STDDEV", "STDDEV_SAMP", "STDDEV_POP", "VARIANCE", "VAR_SAMP", "VAR_POP", "CORR", "BIT_AND", "BIT_OR", "BIT_XOR",
        "ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "PERCENTILE_CONT", "PERCENTILE_DISC",
    ];

    private static readonly HashSet<string> WindowOnly =
    [
        "ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "PERCENTILE_CONT", "PERCENTILE_DISC",
    ];

    private SqlValue Aggregate(SqlToken at, string name)
    {
        ExpectSymbol("(");
        var distinct = Accept("DISTINCT");
        var arguments = new List<SqlValue>();
        var star = name == "COUNT" && AcceptSymbol("*");
        if (!star && !AtSymbol(")"))
        {
            arguments = List(Expression);
        }

        var ignore = Accept("IGNORE", "NULLS");
        _ = !ignore && Accept("RESPECT", "NULLS");
        var order = new List<SqlValue>();
        if (Accept("ORDER", "BY"))
        {
            order = List(() =>
            {
                var key = Expression();
                return key with { Sql = $"{key.Sql} {Direction()}" };
            });
        }

        var limit = Accept("LIMIT") ? Count() : null;
        ExpectSymbol(")");
        var (call, shape, type) = Shape(at, name, arguments, star, distinct);
        var inside = $"{(distinct ? "DISTINCT " : "")}{call.Arguments}{(order.Count > 0 ? $" ORDER BY {string.Join(", ", order.Select(key => key.Sql))}" : "")}";
        var reads = Reads(arguments).Union(Reads(order)).ToBuilder();
        var nulls = ignore && WindowOnly.Contains(name) ? " IGNORE NULLS" : "";
        var filter = ignore && name == "ARRAY_AGG" ? $" FILTER (WHERE {arguments[0].Sql} IS NOT NULL)" : "";
        var sql = $"{call.Function}({inside}{nulls}){filter}";
        if (At("OVER"))
        {
            sql += Over(reads);
        }
        else if (WindowOnly.Contains(name))
        {
            throw at.Refuse($"Analytic function {at.Text} cannot be called without an OVER clause");
        }

        sql = string.Format(System.Globalization.CultureInfo.InvariantCulture, shape, sql);
        return new SqlValue(limit is null ? sql : $"({sql})[1:{limit}]", type, reads.ToImmutable());
    }

    /// <summary>DuckDB's function and arguments, what is put around the call, and the result's type.</summary>
    private static ((string Function, string Arguments) Call, string Around, SqlType Type) Shape(
        SqlToken at, string name, List<SqlValue> arguments, bool star, bool distinct)
    {
        SqlValue Argument(int index, SqlType? type = null) => index >= arguments.Count
            ? throw at.Refuse($"No matching signature for aggregate function {name}")
            : type is null ? arguments[index] : Must(at, arguments[index], type, $"aggregate function {name}");
        var first = arguments.Count > 0 ? arguments[0] : new SqlValue("", SqlType.Null);
        var plain = string.Join(", ", arguments.Select(argument => argument.IsNull ? $"CAST(NULL AS {SqlType.Int64.Duck})" : argument.Sql));
        var kind = first.Type.Kind;
        var same = first.Type.Kind == SqlTypeKind.Null ? SqlType.Int64 : first.Type;
        switch (name)
        {
            case "COUNT":
                return (("count", star ? "*" : Argument(0).Sql), "{0}", SqlType.Int64);
            case "COUNTIF":
                return (("count_if", Argument(0, SqlType.Bool).Sql), "CAST({0} AS BIGINT)", SqlType.Int64);
            case "SUM" when kind is SqlTypeKind.Int64 or SqlTypeKind.Numeric or SqlTypeKind.Null:
                return (("sum", plain), $"CAST({{0}} AS {same.Duck})", same);
            case "SUM" or "AVG" when kind == SqlTypeKind.Float64:
            case "AVG" when kind == SqlTypeKind.Int64:
                return ((name.ToLowerInvariant(), plain), "{0}", SqlType.Float64);
            case "MIN" or "MAX" or "ANY_VALUE" when arguments.Count == 1 && kind is not (SqlTypeKind.Array or SqlTypeKind.Json):
                return ((name.ToLowerInvariant(), plain), "{0}", same);
            case "MAX_BY" or "MIN_BY" when arguments.Count == 2:
                return (("arg_" + name[..3].ToLowerInvariant(), plain), "{0}", same);
            case "ARRAY_AGG" when arguments.Count == 1 && kind != SqlTypeKind.Array:
                return (("list", plain), "{0}", SqlType.ArrayOf(same));
            case "STRING_AGG":
                return (("string_agg", $"{Argument(0, SqlType.String).Sql}, {(arguments.Count > 1 ? Argument(1, SqlType.String).Sql : "','")}"), "{0}", SqlType.String);
            case "LOGICAL_OR" or "LOGICAL_AND":
                return (("bool_" + name[8..].ToLowerInvariant(), Argument(0, SqlType.Bool).Sql), "{0}", SqlType.Bool);
            case "APPROX_COUNT_DISTINCT":
                return (("count", "DISTINCT " + Argument(0).Sql), "{0}", SqlType.Int64);
            case "APPROX_QUANTILES" when arguments.Count == 2 && first.Type.IsNumber:
                return (("quantile_disc", $"{first.Sql}, list_transform(range(0, {Argument(1, SqlType.Int64).Sql} + 1), lambda i: i / {arguments[1].Sql})"), "{0}", SqlType.ArrayOf(same));
            case "STDDEV" or "STDDEV_SAMP" or "STDDEV_POP" or "VARIANCE" or "VAR_SAMP" or "VAR_POP":
                return ((name.ToLowerInvariant(), Argument(0, SqlType.Float64).Sql), "{0}", SqlType.Float64);
            case "CORR":
                return (("corr", $"{Argument(0, SqlType.Float64).Sql}, {Argument(1, SqlType.Float64).Sql}"), "{0}", SqlType.Float64);
            case "BIT_AND" or "BIT_OR" or "BIT_XOR":
                return ((name.ToLowerInvariant(), Argument(0, SqlType.Int64).Sql), "{0}", SqlType.Int64);
            case "ROW_NUMBER" or "RANK" or "DENSE_RANK" when arguments.Count == 0:
                return ((name.ToLowerInvariant(), ""), "{0}", SqlType.Int64);
            case "PERCENT_RANK" or "CUME_DIST" when arguments.Count == 0:
                return ((name.ToLowerInvariant(), ""), "{0}", SqlType.Float64);
            case "NTILE":
                return (("ntile", Argument(0, SqlType.Int64).Sql), "{0}", SqlType.Int64);
            case "LAG" or "LEAD" or "FIRST_VALUE" or "LAST_VALUE" or "NTH_VALUE" when arguments.Count > 0 && !distinct:
                return ((name.ToLowerInvariant(), plain), "{0}", same);
            case "PERCENTILE_CONT":
                return (("quantile_cont", $"{Argument(0, SqlType.Float64).Sql}, {Argument(1, SqlType.Float64).Sql}"), "{0}", SqlType.Float64);
            case "PERCENTILE_DISC":
                return (("quantile_disc", $"{Argument(0).Sql}, {Argument(1, SqlType.Float64).Sql}"), "{0}", same);
            default:
                throw at.Refuse($"No matching signature for aggregate function {name} for argument types: {string.Join(", ", arguments.Select(argument => argument.Type.Name))}");
        }
    }

    private string Over(ImmutableHashSet<ColumnRead>.Builder reads)
    {
        Expect("OVER");
        return AtSymbol("(") ? $" OVER {Window(reads)}" : $" OVER {SqlText.Name(Identifier().Text)}";
    }

    private string NamedWindow(ImmutableHashSet<ColumnRead>.Builder reads)
    {
        var name = SqlText.Name(Identifier().Text);
        Expect("AS");
        return $"{name} AS {Window(reads)}";
    }

    private string Window(ImmutableHashSet<ColumnRead>.Builder reads)
    {
        ExpectSymbol("(");
        var sql = Current.Kind is SqlTokenKind.Word or SqlTokenKind.Quoted && !Reserved.Contains(Current.Text) ? SqlText.Name(Take().Text) + " " : "";
        if (Accept("PARTITION", "BY"))
        {
            var keys = List(Expression);
            reads.UnionWith(Reads(keys));
            sql += $"PARTITION BY {string.Join(", ", keys.Select(key => key.Sql))} ";
        }

        if (Accept("ORDER", "BY"))
        {
            var keys = List(() =>
            {
                var key = Expression();
                return key with { Sql = $"{key.Sql} {Direction()}" };
            });
            reads.UnionWith(Reads(keys));
            sql += $"ORDER BY {string.Join(", ", keys.Select(key => key.Sql))} ";
        }

        if (At("ROWS") || At("RANGE"))
        {
            sql += Take().Text.ToUpperInvariant();
            sql += Accept("BETWEEN") ? $" BETWEEN {Bound()} AND {AfterAnd()}" : $" {Bound()}";
        }

        ExpectSymbol(")");
        return $"({sql})";
    }

    private string AfterAnd()
    {
        Expect("AND");
        return Bound();
    }

    private string Bound()
    {
        if (Accept("CURRENT", "ROW"))
        {
            return "CURRENT ROW";
        }

        var distance = Accept("UNBOUNDED") ? "UNBOUNDED" : BitOr().Sql;
        return At("PRECEDING") || At("FOLLOWING") ? $"{distance} {Take().Text.ToUpperInvariant()}" : throw Unexpected("keyword PRECEDING or keyword FOLLOWING");
    }
}
