using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>Runs queries and scripts.</summary>
/// <param name="store">The database.</param>
/// <param name="catalog">Tables.</param>
/// <param name="locks">Conflicts.</param>
/// <param name="quota">Table modifications.</param>
internal sealed class QueryJob(DuckStore store, Catalog catalog, MutationLocks locks, ModificationQuota quota)
{
    /// <summary>Looks at a query without running it.</summary>
    /// <returns>Statistics of the dry run.</returns>
    /// <exception cref="BigQueryException">It would fail.</exception>
    public JsonObject DryRun(string project, JsonObject query)
    {
        var script = Script(query);
        using var session = new Session(store, locks);
        var context = Context(project, query, session) with { InferParameters = true };
        if (script.Count > 1)
        {
            return new JsonObject { ["totalBytesProcessed"] = "0", ["query"] = new JsonObject { ["statementType"] = "SCRIPT", ["totalBytesProcessed"] = "0" } };
        }

        // Twice: what a parameter is compared with may stand behind it.
        var first = script.Translate(0, context);
        var types = context.Parameters.Concat(first.Undeclared.Select(parameter => KeyValuePair.Create(parameter.Key, new SqlParameter(parameter.Value, null))));
        var statement = first.Undeclared.Count == 0 ? first
            : script.Translate(0, context with { InferParameters = false, Parameters = types.ToDictionary(StringComparer.OrdinalIgnoreCase) }) with { Undeclared = first.Undeclared };
        var statistics = Describe(statement, Bytes(session, statement));
        if (statement.Query is { } relation)
        {
            statistics["query"]!["schema"] = SchemaOf(relation.Schema);
        }

        statistics["query"]!["undeclaredQueryParameters"] = statement.Undeclared.Count == 0 ? null : new JsonArray(
            [.. statement.Undeclared.Select(parameter => (JsonNode)new JsonObject { ["name"] = parameter.Key, ["parameterType"] = QueryParameters.Write(parameter.Value) })]);
        return statistics;
    }

    /// <summary>Runs a query job to its end.</summary>
    /// <param name="job">The job; gets its statistics and result.</param>
    /// <param name="child">Told of each statement of a script: type, statistics.</param>
    /// <exception cref="BigQueryException">It failed; nothing of an open transaction stays.</exception>
    public void Run(Job job, Action<JsonObject> child)
    {
        var query = (JsonObject)job.Configuration["query"]!;
        var script = Script(query);
        using var session = new Session(store, locks);
        job.RunOn(session.Connection);
        try
        {
            job.Cancelled.ThrowIfCancellationRequested();
            for (var at = 0; at < script.Count; at++)
            {
                RunStatement(job, query, script, at, session, child);
            }

            if (script.Count > 1)
            {
                job.Statistics["query"]!["statementType"] = "SCRIPT";
                job.Statistics["numChildJobs"] = Job.Text(script.Count);
                (job.Statistics["query"] as JsonObject)?.Remove("numDmlAffectedRows");
            }
        }
        finally
        {
            job.RunOn(null);
        }
    }

    private void RunStatement(Job job, JsonObject query, SqlScript script, int at, Session session, Action<JsonObject> child)
    {
        job.Cancelled.ThrowIfCancellationRequested();
        try
        {
            var statement = script.Translate(at, Context(job.Project, query, session));
            var bytes = Bytes(session, statement);
            CheckBudget(query, bytes);
            var statistics = Describe(statement, bytes);
            job.Result = null;
            Execute(job, query, statement, session, statistics);
            foreach (var (name, value) in statistics)
            {
                job.Statistics[name] = value?.DeepClone();
            }

            if (script.Count > 1)
            {
                child(statistics);
            }
        }
        catch (Exception exception)
        {
            var error = DuckErrors.Translate(exception);
            var place = script.First(at);
            throw script.Count == 1 || error.Reason == "stopped" || error.Message.Contains(" at [", StringComparison.Ordinal) ? error
                : new BigQueryException(error.Status, error.Reason, FormattableString.Invariant($"{error.Message} at [{place.Line}:{place.Column}]"));
        }
    }

    private void Execute(Job job, JsonObject query, SqlStatement statement, Session session, JsonObject statistics)
    {
        switch (statement.Type)
        {
            case "SELECT":
                job.Result = query["destinationTable"] is { } destination
                    ? Store(job, query, statement.Query!, Catalog.NameOf(destination), session) : Keep(job, statement.Query!, session);
                break;
            case "ASSERT":
                DuckStore.Read(session.Connection, $"SELECT CAST(x AS VARCHAR) FROM ({statement.Sql}) AS s(x)", 1);
                break;
            case "BEGIN_TRANSACTION":
                session.Begin();
                break;
            case "COMMIT_TRANSACTION" or "ROLLBACK_TRANSACTION":
                session.End(statement.Type[0] == 'C');
                break;
            case "INSERT" or "UPDATE" or "DELETE" or "MERGE" or "TRUNCATE_TABLE":
                var rows = session.Change(statement, job.Cancelled);
                statistics["query"]!["numDmlAffectedRows"] = Job.Text(rows);
                break;
            default:
                new Definitions(catalog, session).Apply(statement);
                break;
        }
    }

    /// <summary>Keeps a result for paging, as the service does in an anonymous table.</summary>
    private static JobResult Keep(Job job, SqlRelation relation, Session session)
    {
        var duck = $"results.{SqlText.Name($"{job.Project}:{job.Id}")}";
        session.Connection.Execute($"CREATE OR REPLACE TABLE {duck} ({string.Join(", ", relation.Schema.Select(TableDefinition.Column))})");
        var rows = session.Connection.Execute($"INSERT INTO {duck} {relation.Sql}");
        return new JobResult(duck, relation.Schema, rows);
    }

    private JobResult Store(Job job, JsonObject query, SqlRelation relation, TableName name, Session session)
    {
        quota.Count(name);
        var writer = new TableWriter(catalog, store);
        var target = writer.Target(name, relation.Schema, (string?)query["createDisposition"], (string?)query["writeDisposition"] ?? "WRITE_EMPTY");
        var names = string.Join(", ", relation.Columns.Select(column => SqlText.Name(column.Duck)));
        var rows = TableWriter.Write(session.Connection, target, $"INSERT INTO {target.Table.Duck} ({names}) {relation.Sql}");
        job.Cancelled.ThrowIfCancellationRequested();
        return new JobResult(target.Table.Duck, relation.Schema, rows);
    }

    private static void CheckBudget(JsonObject query, IReadOnlyList<long> bytes)
    {
        var billed = BytesRead.Billed(bytes);
        if (long.TryParse(query["maximumBytesBilled"]?.ToString(), out var maximum) && billed > maximum)
        {
            throw new BigQueryException(400, "bytesBilledLimitExceeded", FormattableString.Invariant($"Query exceeded limit for bytes billed: {maximum}. {billed} or higher required."));
        }
    }

    private IReadOnlyList<long> Bytes(Session session, SqlStatement statement)
    {
        var types = statement.Referenced.Select(catalog.Find).OfType<SqlTable>().ToDictionary(table => table.Duck, table => table.Columns);
        // Temporary tables are paid for as well, but are known to the session only.
        foreach (var table in session.Temporary.Values)
        {
            types[table.Duck] = table.Columns;
        }

        return BytesRead.ByTable(session.Connection, statement.Reads.Where(read => types.ContainsKey(read.Table)), (table, column) =>
            types[table].FirstOrDefault(candidate => candidate.Name == column)?.Type);
    }

    private static JsonObject Describe(SqlStatement statement, IReadOnlyList<long> bytes)
    {
        var total = Job.Text(bytes.Sum());
        return new JsonObject
        {
            ["totalBytesProcessed"] = total,
            ["query"] = new JsonObject
            {
                ["statementType"] = statement.Type,
                ["totalBytesProcessed"] = total,
                ["totalBytesBilled"] = Job.Text(BytesRead.Billed(bytes)),
                ["cacheHit"] = false,
                ["referencedTables"] = new JsonArray([.. statement.Referenced.Select(name =>
                    (JsonNode)new JsonObject { ["projectId"] = name.Project, ["datasetId"] = name.Dataset, ["tableId"] = name.Table })]),
            },
        };
    }

    /// <summary>A schema as the API writes it.</summary>
    public static JsonObject SchemaOf(IReadOnlyList<SqlColumn> columns) =>
        new() { ["fields"] = new JsonArray([.. columns.Select(column => (JsonNode)column.Type.ToField(column.Name, column.Required))]) };

    private static SqlScript Script(JsonObject query) => (bool?)query["useLegacySql"] == false
        ? new SqlScript((string?)query["query"] ?? throw BigQueryException.Invalid("Required parameter is missing: query"))
        : throw BigQueryException.InvalidQuery("Legacy SQL is not supported: set useLegacySql to false");

    private SqlContext Context(string project, JsonObject query, Session session)
    {
        var dataset = query["defaultDataset"];
        return new SqlContext((string?)dataset?["projectId"] ?? project, (string?)dataset?["datasetId"], catalog.Find)
        {
            Temporary = session.Temporary,
            Parameters = QueryParameters.Read(query),
        };
    }
}
