using System.Globalization;
using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// Literals, parameters, names, CASE, CAST, constructors and subqueries.
internal sealed partial class SqlTranslator
{
    private SqlValue Primary()
    {
        var at = Current;
        switch (at.Kind)
        {
            case SqlTokenKind.Integer:
                Take();
                return long.TryParse(at.Text, CultureInfo.InvariantCulture, out _) ? Whole(at.Text) : throw at.Refuse($"Invalid integer literal: {at.Text}");
            case SqlTokenKind.Float:
                Take();
                return new SqlValue($"CAST({at.Text} AS DOUBLE)", SqlType.Float64) { Coercion = Coercion.Literal };
            case SqlTokenKind.Text:
                Take();
                return new SqlValue(SqlText.Literal(at.Text), SqlType.String) { Coercion = Coercion.Literal };
            case SqlTokenKind.Bytes:
                Take();
                return new SqlValue($"unhex('{System.Convert.ToHexString([.. at.Text.Select(letter => checked((byte)letter))])}')", SqlType.Bytes);
            case SqlTokenKind.Parameter:
                return Parameter(Take());
            case SqlTokenKind.Symbol when at.Text == "(":
                return Bracketed();
            case SqlTokenKind.Symbol when at.Text == "[":
                return ArrayLiteral(null);
            case SqlTokenKind.Quoted:
                return PathValue(ValuePath());
            case SqlTokenKind.Word:
                return WordValue(at);
            default:
                throw at.Refuse(at.Kind == SqlTokenKind.End ? "Syntax error: Unexpected end of input" : $"Syntax error: Unexpected \"{at.Text}\"");
        }
    }

    private SqlValue WordValue(SqlToken at)
    {
        var call = Peek(1).IsSymbol("(");
        switch (at.Text.ToUpperInvariant())
        {
            case "NULL":
                Take();
                return new SqlValue("NULL", SqlType.Null) { Coercion = Coercion.Literal };
            case "TRUE" or "FALSE":
                Take();
                return new SqlValue(at.Text.ToUpperInvariant(), SqlType.Bool) { Coercion = Coercion.Literal };
            case "CASE":
                return Case();
            case "CAST" or "SAFE_CAST" when call:
                return CastCall();
            case "EXTRACT" when call:
                return Extract();
            case "EXISTS" when call:
                Take();
                var query = Parenthesized(Nested);
                return new SqlValue($"(EXISTS ({query.Sql}))", SqlType.Bool, query.AllReads);
            case "ARRAY":
                return Array();
            case "STRUCT":
                return Struct();
            case "INTERVAL":
                return Interval();
            case "DATE" or "TIMESTAMP" or "DATETIME" or "TIME" or "NUMERIC" or "DECIMAL" when Peek(1).Kind == SqlTokenKind.Text:
                Take();
                var literal = new SqlValue(SqlText.Literal(Take().Text), SqlType.String);
                return Convert(literal, SqlType.Find(at.Text)!, false) with { Coercion = Coercion.Literal };
            case "CURRENT_DATE" or "CURRENT_TIMESTAMP" or "CURRENT_DATETIME" when !call:
                Take();
                return CallFunction(at, []);
            case "SAFE" when Peek(1).IsSymbol(".") && Peek(3).IsSymbol("("):
                _at += 2;
                var safe = Call();
                return safe with { Sql = $"TRY({safe.Sql})" };
            default:
                return call && (!Reserved.Contains(at.Text) || at.Text.ToUpperInvariant() is "IF" or "LEFT" or "RIGHT" or "ANY") ? Call() : PathValue(ValuePath());
        }
    }

    private SqlValue Bracketed()
    {
        if (StartsQuery() && !Peek(1).IsSymbol("(") || Peek(1).Is("SELECT") || Peek(1).Is("WITH"))
        {
            var at = Current;
            var query = OneColumn(Parenthesized(Nested), at, "scalar");
            return new SqlValue($"({query.Sql})", query.Columns[0].Value.Type, query.AllReads);
        }

        ExpectSymbol("(");
        var value = Expression();
        if (AcceptSymbol(","))
        {
            List<SqlValue> values = [value, .. List(Expression)];
            ExpectSymbol(")");
            return Record([.. values.Select(item => ((string?)null, item))]);
        }

        ExpectSymbol(")");
        return value with { Sql = $"({value.Sql})", Name = null };
    }

    private List<SqlToken> ValuePath()
    {
        var parts = new List<SqlToken> { Identifier() };
        while (AtSymbol(".") && Peek(1).Kind is SqlTokenKind.Word or SqlTokenKind.Quoted)
        {
            _at++;
            parts.Add(Take());
        }

        return parts;
    }

    private SqlValue PathValue(List<SqlToken> path)
    {
        var at = 1;
        var value = _scope.Find(path[0]) is { } column ? column : null;
        if (_scope.Source(path[0].Text) is { } source && path.Count > 1 && SqlScope.Column(source, path[1]) is { } qualified)
        {
            value = qualified;
            at = 2;
        }

        if (value is null)
        {
            throw _scope.Source(path[0].Text) is { } known
                ? path.Count > 1 ? path[1].Refuse($"Name {path[1].Text} not found inside {known.Alias}") : path[0].Refuse($"The name {path[0].Text} of a table used as a value is not supported")
                : path[0].Refuse($"Unrecognized name: {path[0].Text}");
        }

        return path.Skip(at).Aggregate(value, Field) with { Name = path[^1].Text };
    }

    private SqlValue Parameter(SqlToken at)
    {
        var declared = _context.Parameters.FirstOrDefault(candidate => Same(candidate.Key, at.Text)).Value;
        if (declared is not null)
        {
            return Constant(at, declared.Type, declared.Value) with { Coercion = Coercion.Parameter };
        }

        if (!_context.InferParameters)
        {
            throw at.Refuse($"Query parameter '{at.Text}' not found");
        }

        Undeclared.TryAdd(at.Text, SqlType.Null);
        return Undeclared[at.Text] is { Kind: not SqlTypeKind.Null } inferred
            ? new SqlValue($"CAST(NULL AS {inferred.Duck})", inferred) { Coercion = Coercion.Parameter, Name = "@" + at.Text }
            : new SqlValue("NULL", Previous(2).Is("UNNEST") ? SqlType.ArrayOf(SqlType.Null) : SqlType.Null) { Coercion = Coercion.Literal, Name = "@" + at.Text };
    }

    private SqlToken Previous(int back) => _at - 1 - back >= 0 ? _tokens[_at - 1 - back] : default;

    private static SqlValue Constant(SqlToken at, SqlType type, JsonNode? value)
    {
        if (value is null)
        {
            return new SqlValue($"CAST(NULL AS {type.Duck})", type);
        }

        if (type.Kind == SqlTypeKind.Array)
        {
            var items = value is JsonArray array ? array.Select(item => Constant(at, type.Element!, item).Sql) : throw at.Refuse($"Query parameter '{at.Text}' is no array");
            return new SqlValue($"CAST([{string.Join(", ", items)}] AS {type.Duck})", type);
        }

        if (type.Kind == SqlTypeKind.Struct)
        {
            var fields = type.Fields!.Select(field => ((string?)field.Name, Constant(at, field.Type, value[field.Name])));
            return Record([.. fields]);
        }

        if (value is not JsonValue)
        {
            throw at.Refuse($"Query parameter '{at.Text}' is no {type.Name}");
        }

        var text = value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : value.ToJsonString();
        var literal = new SqlValue(SqlText.Literal(text), SqlType.String);
        return type.Kind switch
        {
            SqlTypeKind.String => literal,
            SqlTypeKind.Json => literal with { Type = SqlType.Json },
            SqlTypeKind.Bytes => new SqlValue($"from_base64({literal.Sql})", SqlType.Bytes),
            _ => Convert(literal, type, false),
        };
    }

    private SqlValue Case()
    {
        var at = Take();
        var subject = At("WHEN") ? null : Expression();
        var conditions = new List<SqlValue>();
        var results = new List<SqlValue>();
        while (Accept("WHEN"))
        {
            var token = Current;
            var condition = Expression();
            conditions.Add(subject is null ? Must(token, condition, SqlType.Bool, "CASE") : Compare(token, subject, "=", condition));
            Expect("THEN");
            results.Add(Expression());
        }

        if (conditions.Count == 0)
        {
            throw Unexpected("keyword WHEN");
        }

        results.Add(Accept("ELSE") ? Expression() : new SqlValue("NULL", SqlType.Null));
        Expect("END");
        var type = Common(at, results);
        var branches = conditions.Zip(results, (condition, result) => $" WHEN {condition.Sql} THEN {Coerce(result, type)!.Sql}");
        return new SqlValue($"(CASE{string.Concat(branches)} ELSE {Coerce(results[^1], type)!.Sql} END)", type, Reads(conditions).Union(Reads(results)));
    }

    private SqlValue CastCall()
    {
        var at = Take();
        ExpectSymbol("(");
        var value = Expression();
        Expect("AS");
        var type = ParseType();
        if (At("FORMAT"))
        {
            throw Current.Refuse("CAST with FORMAT is not supported");
        }

        ExpectSymbol(")");
        Infer(value, type);
        return Cast(at, value, type, at.Is("SAFE_CAST"));
    }

    /// <summary>A type's name. Parameters as in <c>STRING(10)</c> are refused: they are not enforced here.</summary>
    private SqlType ParseType()
    {
        var at = Take();
        if (at.Is("ARRAY"))
        {
            ExpectSymbol("<");
            var element = ParseType();
            CloseAngle();
            return SqlType.ArrayOf(element);
        }

        if (at.Is("STRUCT"))
        {
            ExpectSymbol("<");
            var fields = List(() => Peek(1).IsSymbol(",") || Peek(1).IsSymbol(">") || Peek(1).IsSymbol(">>") || Peek(1).IsSymbol("<")
                ? new SqlColumn("", ParseType())
                : new SqlColumn(Identifier().Text, ParseType()));
            CloseAngle();
            return new SqlType(SqlTypeKind.Struct, Fields: fields);
        }

        var type = at.Kind == SqlTokenKind.Word ? SqlType.Find(at.Text) : null;
        return type is not null && !AtSymbol("(") ? type : throw at.Refuse(type is null ? $"Type not found: {at.Text}" : "Parameterized types are not supported");
    }

    private bool _halfAngle;

    /// <summary>Closes one bracket; <c>&gt;&gt;</c> closes two.</summary>
    private void CloseAngle()
    {
        if (_halfAngle)
        {
            _halfAngle = false;
        }
        else if (AcceptSymbol(">>"))
        {
            _halfAngle = true;
        }
        else
        {
            ExpectSymbol(">");
        }
    }

    private SqlValue Array()
    {
        var at = Take();
        if (AtSymbol("<"))
        {
            _at--;
            var type = ParseType();
            return ArrayLiteral(type.Element);
        }

        if (AtSymbol("["))
        {
            return ArrayLiteral(null);
        }

        var query = OneColumn(Parenthesized(Nested), at, "ARRAY");
        var element = query.Columns[0].Value.Type;
        return new SqlValue($"coalesce(ARRAY({query.Sql}), CAST([] AS {element.Duck}[]))", SqlType.ArrayOf(element), query.AllReads);
    }

    private SqlValue ArrayLiteral(SqlType? element)
    {
        var at = Current;
        ExpectSymbol("[");
        List<SqlValue> values = AtSymbol("]") ? [] : List(Expression);
        ExpectSymbol("]");
        var type = element ?? Common(at, values);
        var items = values.Select(value => Must(at, value, type, "array element").Sql);
        return new SqlValue($"CAST([{string.Join(", ", items)}] AS {type.Duck}[])", SqlType.ArrayOf(type), Reads(values))
        {
            Coercion = values.TrueForAll(value => value.Coercion != Coercion.None) ? Coercion.Literal : Coercion.None,
        };
    }

    private SqlValue Struct()
    {
        var at = Take();
        SqlType? type = null;
        if (AtSymbol("<"))
        {
            _at--;
            type = ParseType();
        }

        ExpectSymbol("(");
        var items = AtSymbol(")") ? [] : List(() =>
        {
            var value = Expression();
            return (Name: Accept("AS") ? Identifier().Text : value.Name, Value: value);
        });
        ExpectSymbol(")");
        if (type is null)
        {
            return Record(items);
        }

        return type.Fields!.Count == items.Count
            ? Record([.. items.Zip(type.Fields, (item, field) => ((string?)field.Name, Must(at, item.Value, field.Type, "STRUCT")))])
            : throw at.Refuse($"STRUCT type has {type.Fields.Count} fields but constructor call has {items.Count} fields");
    }

    private static SqlValue Record(List<(string? Name, SqlValue Value)> items)
    {
        var fields = items.Select((item, at) => new SqlColumn(string.IsNullOrEmpty(item.Name) || item.Name[0] == '@' ? $"_field_{at + 1}" : item.Name, item.Value.Type)).ToList();
        var sql = string.Join(", ", fields.Zip(items, (field, item) => $"{SqlText.Name(field.Name)} := {Coerce(item.Value, field.Type)!.Sql}"));
        return new SqlValue($"struct_pack({sql})", new SqlType(SqlTypeKind.Struct, Fields: fields), Reads(items.Select(item => item.Value)));
    }
}
