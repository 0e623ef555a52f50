using System.Text.Json.Nodes;

namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// CREATE, ALTER and DROP.
internal sealed partial class SqlTranslator
{
    private SqlStatement Create(string text)
    {
        Take();
        var orReplace = Accept("OR", "REPLACE");
        var temporary = Accept("TEMP") || Accept("TEMPORARY");
        var kind = Current;
        if (!Accept("TABLE") && !Accept("VIEW") && !Accept("SCHEMA"))
        {
            throw Unexpected("keyword TABLE");
        }

        var tolerant = Accept("IF", "NOT", "EXISTS");
        var path = Path();
        if (kind.Is("SCHEMA"))
        {
            SkipOptions();
            return new SqlStatement("CREATE_SCHEMA", "") { Definition = new SqlDefinition(Schema(path)) { Tolerant = tolerant } };
        }

        var name = temporary && path.Count == 1 ? new TableName(_context.Project, "_temp", path[0].Text) : FullName(path);
        var definition = new SqlDefinition(name) { OrReplace = orReplace, Temporary = temporary, Tolerant = tolerant };
        return kind.Is("VIEW") ? CreateView(text, definition) : CreateTable(definition);
    }

    private TableName Schema(List<SqlToken> path) =>
        path.Count == 1 ? new TableName(_context.Project, path[0].Text, "") : new TableName(path[0].Text, path[1].Text, "");

    private SqlStatement CreateView(string text, SqlDefinition definition)
    {
        SkipOptions();
        Expect("AS");
        var start = Current.Offset;
        var query = ParseQuery();
        var end = Current.Kind == SqlTokenKind.End ? _tokens[_end].Offset : Current.Offset;
        return new SqlStatement("CREATE_VIEW", "") { Definition = definition with { View = text[start..end].Trim() }, Query = query };
    }

    private SqlStatement CreateTable(SqlDefinition definition)
    {
        var columns = AtSymbol("(") ? Parenthesized(() => List(ColumnDefinition)) : null;
        var resource = new JsonObject();
        if (Accept("PARTITION", "BY"))
        {
            resource["timePartitioning"] = Partitioning();
        }

        if (Accept("CLUSTER", "BY"))
        {
            resource["clustering"] = new JsonObject { ["fields"] = new JsonArray([.. List(Identifier).Select(field => (JsonNode)field.Text)]) };
        }

        foreach (var (option, value) in Options())
        {
            switch (option.ToUpperInvariant())
            {
                case "DESCRIPTION":
                    resource["description"] = value;
                    break;
                case "REQUIRE_PARTITION_FILTER":
                    resource["requirePartitionFilter"] = value.Equals("TRUE", StringComparison.OrdinalIgnoreCase);
                    break;
                default:
                    // Labels, expiry and the like change no answer of a query.
                    break;
            }
        }

        var query = Accept("AS") ? ParseQuery() : null;
        if (query is null && columns is null)
        {
            throw Unexpected("keyword AS");
        }

        return new SqlStatement(query is null ? "CREATE_TABLE" : "CREATE_TABLE_AS_SELECT", query?.Sql ?? "")
        {
            Definition = definition with { Columns = columns, Resource = resource },
            Query = query,
            Reads = query?.AllReads ?? [],
        };
    }

    private SqlColumn ColumnDefinition()
    {
        var name = Identifier();
        var type = ParseType();
        var required = Accept("NOT", "NULL");
        SkipOptions();
        return new SqlColumn(name.Text, type, required);
    }

    private JsonObject Partitioning()
    {
        var at = Current;
        var granularity = "DAY";
        string field;
        if (Peek(1).IsSymbol("("))
        {
            Take();
            ExpectSymbol("(");
            field = Identifier().Text;
            granularity = AcceptSymbol(",") ? Take().Text.ToUpperInvariant() : granularity;
            ExpectSymbol(")");
        }
        else
        {
            field = Identifier().Text;
        }

        return granularity is "HOUR" or "DAY" or "MONTH" or "YEAR"
            ? new JsonObject { ["type"] = granularity, ["field"] = field }
            : throw at.Refuse($"PARTITION BY with {granularity} is not supported");
    }

    private List<(string Name, string Value)> Options()
    {
        if (!Accept("OPTIONS"))
        {
            return [];
        }

        ExpectSymbol("(");
        List<(string, string)> options = AtSymbol(")") ? [] : List(() =>
        {
            var name = Identifier().Text;
            ExpectSymbol("=");
            var literal = Current;
            _ = Expression();
            return (name, literal.Text);
        });
        ExpectSymbol(")");
        return options;
    }

    private void SkipOptions() => _ = Options();

    private SqlStatement Drop()
    {
        Take();
        var kind = Take();
        if (!kind.Is("TABLE") && !kind.Is("VIEW"))
        {
            throw kind.Refuse($"DROP {kind.Text.ToUpperInvariant()} is not supported");
        }

        var tolerant = Accept("IF", "EXISTS");
        var path = Path();
        var temporary = path.Count == 1 && _context.Temporary.ContainsKey(path[0].Text);
        var name = temporary ? new TableName(_context.Project, "_temp", path[0].Text) : FullName(path);
        return new SqlStatement($"DROP_{kind.Text.ToUpperInvariant()}", "") { Definition = new SqlDefinition(name) { Tolerant = tolerant, Temporary = temporary } };
    }

    private SqlStatement Alter()
    {
        Take();
        Expect("TABLE");
        var tolerant = Accept("IF", "EXISTS");
        var table = FullName(Path());
        var columns = List(() =>
        {
            Expect("ADD", "COLUMN");
            Accept("IF", "NOT", "EXISTS");
            var column = ColumnDefinition();
            return column.Required ? throw BigQueryException.InvalidQuery($"Cannot add required columns to an existing schema: {column.Name}") : column;
        });
        return new SqlStatement("ALTER_TABLE", "") { Definition = new SqlDefinition(table) { Tolerant = tolerant, Columns = columns } };
    }
}
