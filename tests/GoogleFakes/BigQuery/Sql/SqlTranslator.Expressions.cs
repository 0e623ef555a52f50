using System.Collections.Immutable;
using System.Globalization;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// Operators, from the loosest to the tightest. Every result is in brackets, so DuckDB's precedence never matters.
internal sealed partial class SqlTranslator
{
    private SqlValue Expression() => Or();

    private SqlValue Or()
    {
        var left = And();
        while (At("OR"))
        {
            left = Logic(left, "OR", And);
        }

        return left;
    }

    private SqlValue And()
    {
        var left = Not();
        while (At("AND"))
        {
            left = Logic(left, "AND", Not);
        }

        return left;
    }

    private SqlValue Logic(SqlValue left, string word, Func<SqlValue> operand)
    {
        var at = Take();
        left = Must(at, left, SqlType.Bool, $"operator {word}");
        var right = Must(at, operand(), SqlType.Bool, $"operator {word}");
        return new SqlValue($"({left.Sql} {word} {right.Sql})", SqlType.Bool, left.Reads.Union(right.Reads));
    }

    private SqlValue Not()
    {
        if (!At("NOT"))
        {
            return Comparison();
        }

        var at = Take();
        var value = Must(at, Not(), SqlType.Bool, "operator NOT");
        return new SqlValue($"(NOT {value.Sql})", SqlType.Bool, value.Reads);
    }

    private SqlValue Comparison()
    {
        var left = BitOr();
        while (true)
        {
            var at = Current;
            if (at.Kind == SqlTokenKind.Symbol && at.Text is "=" or "<" or ">" or "<=" or ">=" or "!=" or "<>")
            {
                Take();
                left = Compare(at, left, at.Text, BitOr());
            }
            else if (At("IS"))
            {
                left = Is(left);
            }
            else if (At("IN") || At("LIKE") || At("BETWEEN") || (At("NOT") && (Peek(1).Is("IN") || Peek(1).Is("LIKE") || Peek(1).Is("BETWEEN"))))
            {
                var not = Accept("NOT");
                var positive = Accept("IN") ? In(left) : Accept("LIKE") ? Like(left) : Between(left);
                left = not ? positive with { Sql = $"(NOT {positive.Sql})" } : positive;
            }
            else
            {
                return left;
            }
        }
    }

    private SqlValue Compare(SqlToken at, SqlValue left, string operation, SqlValue right)
    {
        if (left.Type.Kind is SqlTypeKind.Array or SqlTypeKind.Json || right.Type.Kind is SqlTypeKind.Array or SqlTypeKind.Json)
        {
            throw at.Refuse($"Equality is not defined for arguments of type {left.Type.Name}");
        }

        try
        {
            var type = Common(at, [left, right]);
            Infer(left, right.Type);
            Infer(right, left.Type);
            return new SqlValue(
                $"({Coerce(left, type)!.Sql} {operation} {Coerce(right, type)!.Sql})", SqlType.Bool, left.Reads.Union(right.Reads));
        }
        catch (BigQueryException)
        {
            throw at.Refuse($"No matching signature for operator {operation} for argument types: {left.Type.Name}, {right.Type.Name}");
        }
    }

    private SqlValue Is(SqlValue left)
    {
        Expect("IS");
        var not = Accept("NOT");
        if (Accept("DISTINCT", "FROM"))
        {
            var at = Current;
            var right = BitOr();
            var type = Common(at, [left, right]);
            return new SqlValue(
                $"({Coerce(left, type)!.Sql} IS {(not ? "NOT " : "")}DISTINCT FROM {Coerce(right, type)!.Sql})", SqlType.Bool, left.Reads.Union(right.Reads));
        }

        if (!At("NULL") && !At("TRUE") && !At("FALSE"))
        {
            throw Unexpected("keyword NULL");
        }

        return new SqlValue($"({left.Sql} IS {(not ? "NOT " : "")}{Take().Text.ToUpperInvariant()})", SqlType.Bool, left.Reads);
    }

    private SqlValue In(SqlValue left)
    {
        var at = Current;
        if (Accept("UNNEST"))
        {
            var array = Parenthesized(Expression);
            Infer(array, SqlType.ArrayOf(left.Type));
            if (array.Type.Kind != SqlTypeKind.Array)
            {
                throw at.Refuse($"Second argument of IN UNNEST must be an array but was {array.Type.Name}");
            }

            var element = new SqlValue("x", array.Type.Element!) { Coercion = array.Coercion };
            var common = Common(at, [left, element]);
            var list = common.Same(element.Type) ? array.Sql : $"CAST({array.Sql} AS {common.Duck}[])";
            return new SqlValue($"({Coerce(left, common)!.Sql} = ANY({list}))", SqlType.Bool, left.Reads.Union(array.Reads));
        }

        ExpectSymbol("(");
        if (At("SELECT") || At("WITH"))
        {
            _at--;
            var query = OneColumn(Parenthesized(() => Scoped(new SqlScope(_scope), ParseQuery)), at, "IN");
            var inner = new SqlValue("x", query.Columns[0].Value.Type);
            var common = Common(at, [left, inner]);
            var sql = common.Same(inner.Type) ? query.Sql : $"SELECT CAST(s.{SqlText.Name(query.Columns[0].Duck)} AS {common.Duck}) FROM ({query.Sql}) AS s";
            return new SqlValue($"({Coerce(left, common)!.Sql} IN ({sql}))", SqlType.Bool, left.Reads.Union(query.AllReads));
        }

        var values = List(Expression);
        ExpectSymbol(")");
        var type = Common(at, [left, .. values]);
        var items = string.Join(", ", values.Select(value => Coerce(value, type)!.Sql));
        return new SqlValue($"({Coerce(left, type)!.Sql} IN ({items}))", SqlType.Bool, values.Aggregate(left.Reads, (all, value) => all.Union(value.Reads)));
    }

    private static SqlRelation OneColumn(SqlRelation query, SqlToken at, string what) =>
        query.Columns.Count == 1 ? query : throw at.Refuse($"Subquery of type {what} must have only one output column");

    private SqlValue Like(SqlValue left)
    {
        var at = Current;
        var right = Must(at, BitOr(), SqlType.String, "operator LIKE");
        left = Must(at, left, SqlType.String, "operator LIKE");
        return new SqlValue($"({left.Sql} LIKE {right.Sql} ESCAPE '\\')", SqlType.Bool, left.Reads.Union(right.Reads));
    }

    private SqlValue Between(SqlValue left)
    {
        Expect("BETWEEN");
        var at = Current;
        var low = BitOr();
        Expect("AND");
        var high = BitOr();
        var from = Compare(at, left, ">=", low);
        var to = Compare(at, left, "<=", high);
        return new SqlValue($"({from.Sql} AND {to.Sql})", SqlType.Bool, from.Reads.Union(to.Reads));
    }

    private SqlValue BitOr() => Binary(BitXor, Bits, "|");

    private SqlValue BitXor() => Binary(BitAnd, Bits, "^");

    private SqlValue BitAnd() => Binary(Shift, Bits, "&");

    private SqlValue Shift() => Binary(Sum, Bits, "<<", ">>");

    private SqlValue Sum() => Binary(Product, Add, "+", "-");

    private SqlValue Product() => Binary(Concatenation, Multiply, "*", "/");

    private SqlValue Concatenation() => Binary(Unary, Concatenate, "||");

    private SqlValue Binary(Func<SqlValue> operand, Func<SqlToken, SqlValue, SqlValue, SqlValue> apply, params ReadOnlySpan<string> symbols)
    {
        var left = operand();
        while (Current.Kind == SqlTokenKind.Symbol && symbols.Contains(Current.Text))
        {
            var at = Take();
            left = apply(at, left, operand());
        }

        return left;
    }

    private SqlValue Bits(SqlToken at, SqlValue left, SqlValue right)
    {
        left = Must(at, left, SqlType.Int64, $"operator {at.Text}");
        right = Must(at, right, SqlType.Int64, $"operator {at.Text}");
        var sql = at.Text == "^" ? $"xor({left.Sql}, {right.Sql})" : $"({left.Sql} {at.Text} {right.Sql})";
        return new SqlValue(sql, SqlType.Int64, left.Reads.Union(right.Reads));
    }

    private SqlValue Add(SqlToken at, SqlValue left, SqlValue right)
    {
        var reads = left.Reads.Union(right.Reads);
        var sign = at.Text;
        switch (left.Type.Kind, right.Type.Kind)
        {
            case (SqlTypeKind.Date, SqlTypeKind.Int64):
                return new SqlValue($"({left.Sql} {sign} CAST({right.Sql} AS INTEGER))", SqlType.Date, reads);
            case (SqlTypeKind.Int64, SqlTypeKind.Date) when sign == "+":
                return new SqlValue($"({right.Sql} + CAST({left.Sql} AS INTEGER))", SqlType.Date, reads);
            case (SqlTypeKind.Date, SqlTypeKind.Interval):
                return new SqlValue($"(CAST({left.Sql} AS TIMESTAMP) {sign} {right.Sql})", SqlType.Datetime, reads);
            case (SqlTypeKind.Datetime or SqlTypeKind.Timestamp, SqlTypeKind.Interval):
                return new SqlValue($"({left.Sql} {sign} {right.Sql})", left.Type, reads);
            default:
                return Arithmetic(at, left, right);
        }
    }

    private SqlValue Multiply(SqlToken at, SqlValue left, SqlValue right)
    {
        if (at.Text == "*")
        {
            return Arithmetic(at, left, right);
        }

        var type = Number(at, left, right);
        type = type.Kind == SqlTypeKind.Numeric ? type : SqlType.Float64;
        var function = type.Kind == SqlTypeKind.Numeric ? "fake.numeric_divide" : "fake.divide";
        return new SqlValue($"{function}({Coerce(left, type)!.Sql}, {Coerce(right, type)!.Sql})", type, left.Reads.Union(right.Reads));
    }

    private SqlValue Arithmetic(SqlToken at, SqlValue left, SqlValue right)
    {
        var type = Number(at, left, right);
        var sql = $"({Coerce(left, type)!.Sql} {at.Text} {Coerce(right, type)!.Sql})";
        return new SqlValue(type.Kind == SqlTypeKind.Numeric ? $"CAST({sql} AS {type.Duck})" : sql, type, left.Reads.Union(right.Reads))
        {
            Coercion = left.Coercion == Coercion.Literal && right.Coercion == Coercion.Literal ? Coercion.Literal : Coercion.None,
        };
    }

    private SqlType Number(SqlToken at, SqlValue left, SqlValue right)
    {
        if ((left.Type.IsNumber || left.IsNull) && (right.Type.IsNumber || right.IsNull))
        {
            Infer(left, right.Type);
            Infer(right, left.Type);
            var type = Common(at, [left, right]);
            return type.Kind == SqlTypeKind.Null ? SqlType.Int64 : type;
        }

        throw at.Refuse($"No matching signature for operator {at.Text} for argument types: {left.Type.Name}, {right.Type.Name}");
    }

    private SqlValue Concatenate(SqlToken at, SqlValue left, SqlValue right)
    {
        if (left.Type.Kind == SqlTypeKind.Array && right.Type.Kind == SqlTypeKind.Array)
        {
            var type = Common(at, [left, right]);
            return new SqlValue($"fake.array_concat({Coerce(left, type)!.Sql}, {Coerce(right, type)!.Sql})", type, left.Reads.Union(right.Reads));
        }

        left = Must(at, left, SqlType.String, "operator ||");
        right = Must(at, right, SqlType.String, "operator ||");
        return new SqlValue($"({left.Sql} || {right.Sql})", SqlType.String, left.Reads.Union(right.Reads));
    }

    private SqlValue Unary()
    {
        var at = Current;
        if (AcceptSymbol("-"))
        {
            if (Current is { Kind: SqlTokenKind.Integer, Text: "9223372036854775808" })
            {
                Take();
                return new SqlValue("CAST('-9223372036854775808' AS BIGINT)", SqlType.Int64) { Coercion = Coercion.Literal };
            }

            var value = Unary();
            return value.Type.IsNumber
                ? value with { Sql = $"(- {value.Sql})", Name = null }
                : throw at.Refuse($"No matching signature for operator - for argument type: {value.Type.Name}");
        }

        if (AcceptSymbol("+"))
        {
            return Unary() with { Name = null };
        }

        if (AcceptSymbol("~"))
        {
            var value = Must(at, Unary(), SqlType.Int64, "operator ~");
            return new SqlValue($"(~ {value.Sql})", SqlType.Int64, value.Reads);
        }

        return Postfix();
    }

    private SqlValue Postfix()
    {
        var value = Primary();
        while (true)
        {
            var at = Current;
            if (AcceptSymbol("["))
            {
                value = Index(at, value);
            }
            else if (value.Type.Kind == SqlTypeKind.Struct && AcceptSymbol("."))
            {
                value = Field(value, Take());
            }
            else
            {
                return value;
            }
        }
    }

    private static SqlValue Field(SqlValue value, SqlToken name)
    {
        var field = value.Type.Fields?.FirstOrDefault(candidate => Same(candidate.Name, name.Text))
            ?? throw name.Refuse(value.Type.Kind == SqlTypeKind.Struct
                ? $"Field name {name.Text} does not exist in {value.Type.Name}"
                : $"Cannot access field {name.Text} on a value with type {value.Type.Name}");
        return new SqlValue($"struct_extract({value.Sql}, {SqlText.Literal(field.Name)})", field.Type, value.Reads) { Name = name.Text };
    }

    private SqlValue Index(SqlToken at, SqlValue array)
    {
        if (array.Type.Kind != SqlTypeKind.Array)
        {
            throw at.Refuse($"Element access using [] is not supported on values of type {array.Type.Name}");
        }

        var word = Peek(1).IsSymbol("(") ? Current.Text.ToUpperInvariant() : "";
        var known = word is "OFFSET" or "ORDINAL" or "SAFE_OFFSET" or "SAFE_ORDINAL";
        _at += known ? 1 : 0;
        var position = Must(at, known ? Parenthesized(Expression) : Expression(), SqlType.Int64, "array access");
        ExpectSymbol("]");
        var place = $"({position.Sql}{(word.EndsWith("ORDINAL", StringComparison.Ordinal) ? "" : " + 1")})";
        var function = word.StartsWith("SAFE", StringComparison.Ordinal) ? "fake.safe_element" : "fake.element";
        return new SqlValue($"{function}({array.Sql}, {place})", array.Type.Element!, array.Reads.Union(position.Reads));
    }

    /// <summary>Notes the type an undeclared parameter is compared with.</summary>
    private void Infer(SqlValue value, SqlType type)
    {
        if (value.Name?.StartsWith('@') == true && Undeclared.ContainsKey(value.Name[1..]) && type.Kind != SqlTypeKind.Null)
        {
            Undeclared[value.Name[1..]] = type;
        }
    }

    private static SqlValue Whole(string text) =>
        new($"CAST({long.Parse(text, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)} AS BIGINT)", SqlType.Int64) { Coercion = Coercion.Literal };

    private SqlRelation Nested() => Scoped(new SqlScope(_scope), ParseQuery);

    private static ImmutableHashSet<ColumnRead> Reads(IEnumerable<SqlValue> values) =>
        values.Aggregate(ImmutableHashSet<ColumnRead>.Empty, (all, value) => all.Union(value.Reads));
}
