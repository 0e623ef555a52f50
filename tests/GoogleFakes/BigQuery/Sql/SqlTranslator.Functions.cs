using System.Globalization;
using System.Text.RegularExpressions;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// Calls of scalar functions.
internal sealed partial class SqlTranslator
{
    private SqlValue Call()
    {
        var at = Take();
        var name = at.Text.ToUpperInvariant();
        if (Aggregates.Contains(name))
        {
            return Aggregate(at, name);
        }

        ExpectSymbol("(");
        var part = DateParts.PartAt(name);
        var arguments = new List<SqlValue>();
        while (!AtSymbol(")"))
        {
            arguments.Add(arguments.Count == part ? Part() : Expression());
            if (!AcceptSymbol(","))
            {
                break;
            }
        }

        ExpectSymbol(")");
        if (At("OVER"))
        {
            throw Current.Refuse($"Analytic function not found: {at.Text}");
        }

        return CallFunction(at, arguments);
    }

    private static SqlValue CallFunction(SqlToken at, List<SqlValue> arguments) => at.Text.ToUpperInvariant() switch
    {
        "IF" when arguments.Count == 3 => Choice(at, arguments),
        "IFNULL" when arguments.Count == 2 => Generic(at, "coalesce", arguments),
        "COALESCE" when arguments.Count > 0 => Generic(at, "coalesce", arguments),
        "NULLIF" when arguments.Count == 2 => Generic(at, "nullif", arguments),
        "GREATEST" or "LEAST" when arguments.Count > 0 => Extreme(at, arguments),
        "CONCAT" when arguments.Count > 0 => Concat(at, arguments),
        "FORMAT_DATE" or "FORMAT_DATETIME" or "FORMAT_TIMESTAMP" or "PARSE_DATE" or "PARSE_DATETIME" or "PARSE_TIMESTAMP" => Format(at, arguments),
        "DATE_ADD" or "DATE_SUB" or "DATETIME_ADD" or "DATETIME_SUB" or "TIMESTAMP_ADD" or "TIMESTAMP_SUB" when arguments.Count == 2 => Shift(at, arguments),
        "TO_JSON_STRING" when arguments.Count == 1 => new SqlValue($"coalesce(CAST(to_json({arguments[0].Sql}) AS VARCHAR), 'null')", SqlType.String, arguments[0].Reads),
        _ when DateParts.PartAt(at.Text.ToUpperInvariant()) is { } part && arguments.Count > part => Parted(at, arguments, part),
        _ => Template(at, arguments),
    };

    private static SqlValue Template(SqlToken at, List<SqlValue> arguments)
    {
        var known = false;
        // Of INT64 alone the wider choice is FLOAT64; as soon as one argument is NUMERIC it is NUMERIC.
        var wider = arguments.Exists(argument => argument.Type.Kind == SqlTypeKind.Numeric) ? 'N' : 'F';
        foreach (var function in SqlFunctions.Find(at.Text).OrderBy(function => IsExact(function, arguments) ? 0 : function.Arguments.Contains(wider, StringComparison.Ordinal) ? 1 : 2))
        {
            known = true;
            if (Match(function, arguments) is { } match)
            {
                return match;
            }
        }

        throw at.Refuse(known
            ? $"No matching signature for function {at.Text.ToUpperInvariant()} for argument types: {string.Join(", ", arguments.Select(argument => argument.Type.Name))}"
            : $"Function not found: {at.Text}");
    }

    private static bool IsExact(SqlFunction function, List<SqlValue> arguments) => function.Arguments.Length == arguments.Count
        && arguments.Zip(function.Arguments).All(pair => Letter(pair.Second, null)?.Same(pair.First.Type) == true);

    private static SqlValue? Match(SqlFunction function, List<SqlValue> arguments)
    {
        var letters = function.Arguments.Replace("A", "", StringComparison.Ordinal);
        if (letters.Length != arguments.Count)
        {
            return null;
        }

        var any = Shared(function.Arguments, arguments);
        var texts = new List<string>();
        var at = 0;
        foreach (var argument in arguments)
        {
            var array = function.Arguments[at] == 'A';
            at += array ? 1 : 0;
            var type = Letter(function.Arguments[at++], any);
            var coerced = type is null ? null : Coerce(argument, array ? SqlType.ArrayOf(type) : type);
            if (coerced is null)
            {
                return null;
            }

            texts.Add(coerced.Sql);
        }

        var result = Letter(function.Result[^1], any)!;
        return new SqlValue(
            string.Format(CultureInfo.InvariantCulture, function.Sql, [.. texts]),
            function.Result.Length > 1 ? SqlType.ArrayOf(result) : result,
            Reads(arguments));
    }

    /// <summary>The type the places marked x share.</summary>
    private static SqlType? Shared(string signature, List<SqlValue> arguments)
    {
        var types = Regex.Matches(signature, "A?[A-Zx]").Select((place, at) => (Place: place.Value, Argument: arguments[at]))
            .Where(pair => pair.Place.EndsWith('x'))
            .Select(pair => pair.Place.Length == 1 ? pair.Argument : pair.Argument with { Type = pair.Argument.Type.Element ?? SqlType.Null }).ToList();
        return types.Count == 0 ? null : types.Find(candidate => types.TrueForAll(other => Coerce(other, candidate.Type) is not null))?.Type;
    }

    private static SqlType? Letter(char letter, SqlType? any) => letter switch
    {
        'I' => SqlType.Int64,
        'F' => SqlType.Float64,
        'N' => SqlType.Numeric,
        'B' => SqlType.Bool,
        'S' => SqlType.String,
        'Y' => SqlType.Bytes,
        'D' => SqlType.Date,
        'T' => SqlType.Datetime,
        'M' => SqlType.Time,
        'Z' => SqlType.Timestamp,
        'J' => SqlType.Json,
        'V' => SqlType.Interval,
        _ => any,
    };

    private static SqlValue Choice(SqlToken at, List<SqlValue> arguments)
    {
        var condition = Must(at, arguments[0], SqlType.Bool, "function IF");
        var type = Common(at, [arguments[1], arguments[2]]);
        return new SqlValue($"(CASE WHEN {condition.Sql} THEN {Coerce(arguments[1], type)!.Sql} ELSE {Coerce(arguments[2], type)!.Sql} END)", type, Reads(arguments));
    }

    private static SqlValue Generic(SqlToken at, string function, List<SqlValue> arguments)
    {
        var type = Common(at, arguments);
        return new SqlValue($"{function}({string.Join(", ", arguments.Select(argument => Coerce(argument, type)!.Sql))})", type, Reads(arguments));
    }

    /// <summary>GREATEST and LEAST: NULL as soon as one argument is.</summary>
    private static SqlValue Extreme(SqlToken at, List<SqlValue> arguments)
    {
        var type = Common(at, arguments);
        var values = arguments.ConvertAll(argument => Coerce(argument, type)!.Sql);
        var nulls = string.Join(" OR ", values.Select(value => $"{value} IS NULL"));
        return new SqlValue($"(CASE WHEN {nulls} THEN NULL ELSE {at.Text.ToLowerInvariant()}({string.Join(", ", values)}) END)", type, Reads(arguments));
    }

    /// <summary>CONCAT takes any scalar and is NULL as soon as one argument is.</summary>
    private static SqlValue Concat(SqlToken at, List<SqlValue> arguments) =>
        new($"({string.Join(" || ", arguments.Select(argument => Cast(at, argument, SqlType.String, false).Sql))})", SqlType.String, Reads(arguments));

    private static SqlValue Format(SqlToken at, List<SqlValue> arguments)
    {
        var name = at.Text.ToUpperInvariant();
        var instant = name.EndsWith("TIMESTAMP", StringComparison.Ordinal);
        if (arguments.Count != 2 && !(instant && arguments.Count == 3))
        {
            throw at.Refuse($"No matching signature for function {name}");
        }

        if (arguments[0].Coercion != Coercion.Literal || !FormatElements().IsMatch(arguments[0].Sql))
        {
            throw at.Refuse($"{name} is supported with a literal format of %Y %m %d %H %M %S %F %T %j %y %b %B %a %A %G %V %u %% only");
        }

        var format = arguments[0].Sql.Replace("%F", "%Y-%m-%d", StringComparison.Ordinal).Replace("%T", "%H:%M:%S", StringComparison.Ordinal);
        var zone = arguments.Count == 3 ? arguments[2].Sql : "'UTC'";
        var type = instant ? SqlType.Timestamp : name.EndsWith("DATETIME", StringComparison.Ordinal) ? SqlType.Datetime : SqlType.Date;
        if (name.StartsWith("FORMAT", StringComparison.Ordinal))
        {
            var value = Must(at, arguments[1], type, name).Sql;
            return new SqlValue($"strftime({(instant ? $"timezone({zone}, {value})" : value)}, {format})", SqlType.String, Reads(arguments));
        }

        var parsed = $"strptime({Must(at, arguments[1], SqlType.String, name).Sql}, {format})";
        return new SqlValue(instant ? $"timezone({zone}, {parsed})" : $"CAST({parsed} AS {type.Duck})", type, Reads(arguments));
    }

    [GeneratedRegex("^'([^%]|%[YmdHMSFTjybBaAGVu%])*'$")]
    private static partial Regex FormatElements();
}
