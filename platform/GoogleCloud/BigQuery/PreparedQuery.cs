using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.GoogleSql;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>A query checked by a dry run, which costs nothing: what it is, what it reads and how much.</summary>
internal sealed class PreparedQuery
{
    private const int LongestLabel = 63;
    private const long LeastBilledBytes = 10L << 20;

    private readonly WarehouseQuery _query;
    private readonly BigQueryApi _api;

    private readonly Dictionary<string, object> _parameters;

    private PreparedQuery(WarehouseQuery query, BigQueryApi api, Dictionary<string, object> parameters, long bytes)
    {
        _query = query;
        _api = api;
        _parameters = parameters;
        Bytes = bytes;
    }

    /// <summary>Bytes it would read.</summary>
    public long Bytes { get; }

    /// <summary>For whom it runs.</summary>
    public string Tenant => _query.Tenant;

    /// <summary>Checks a query.</summary>
    /// <exception cref="ArgumentException">It is no single SELECT, reads tables without naming <c>@tenant</c>, names another tenant, or a parameter has no value.</exception>
    /// <exception cref="GoogleSqlException">The SQL cannot be read.</exception>
    /// <exception cref="WarehouseDataException">BigQuery refuses it.</exception>
    public static async Task<PreparedQuery> CheckAsync(WarehouseQuery query, BigQueryApi api, CancellationToken cancellationToken)
    {
        // Names count in any case for BigQuery, so they do here: @tenant may not be smuggled in as @TENANT.
        var parameters = new Dictionary<string, object>(query.Parameters, StringComparer.OrdinalIgnoreCase);
        if (!parameters.TryAdd("tenant", query.Tenant) && !Equals(parameters["tenant"], query.Tenant))
        {
            throw new ArgumentException($"The query runs for tenant '{query.Tenant}' but its parameter @tenant is '{parameters["tenant"]}'.", nameof(query));
        }

        var named = Named(query, parameters);
        var asked = new PreparedQuery(query, api, parameters, 0);
        var job = await SendAsync(api, asked.Job(named, maximumBytesBilled: null, destination: null, dryRun: true), cancellationToken);
        var statistics = job.GetProperty("statistics").GetProperty("query");
        if (statistics.TryGetProperty("statementType", out var type) && type.GetString() != "SELECT")
        {
            throw new ArgumentException("A warehouse query is one SELECT.", nameof(query));
        }

        var readsTables = statistics.TryGetProperty("referencedTables", out var tables) && tables.GetArrayLength() > 0;
        return readsTables && !named.Contains("tenant")
            ? throw new ArgumentException("A warehouse query filters by @tenant; this one does not name it.", nameof(query))
            : new PreparedQuery(query, api, parameters, long.Parse(statistics.GetProperty("totalBytesProcessed").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The job that runs it.</summary>
    /// <param name="budget">Bytes it may read when it does not say itself.</param>
    /// <param name="destination">Table that gets the rows; null for a result that is read once.</param>
    /// <exception cref="QueryBudgetException">It would read more than its budget.</exception>
    public object Within(long budget, object? destination = null)
    {
        var allowed = _query.MaxBytes ?? budget;
        return Bytes <= allowed
            ? Job(Named(_query, _parameters), Billed(allowed), destination, dryRun: false)
            : throw new QueryBudgetException(Bytes, allowed);
    }

    // BigQuery bills at least 10 MB a table, in whole megabytes: a limit below that would refuse every query. The budget has been
    // held against the dry run already; this one guards against tables that grow in between.
    private static long Billed(long allowed) => allowed > long.MaxValue / 2 ? long.MaxValue : Math.Max(allowed * 2, 64 * LeastBilledBytes);

    private static HashSet<string> Named(WarehouseQuery query, Dictionary<string, object> parameters)
    {
        var text = new GoogleSqlText(query.Sql);
        _ = text.EndOfStatement();
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var at = text.Next(0); at < text.Count; at = text.Next(at + 1))
        {
            if (text[at].Kind == GoogleSqlTokenKind.Parameter)
            {
                named.Add(text[at].Value);
            }
        }

        var missing = named.FirstOrDefault(name => !parameters.ContainsKey(name));
        return missing is null ? named : throw new ArgumentException($"The query names @{missing}, which has no value.", nameof(query));
    }

    private static async Task<JsonElement> SendAsync(BigQueryApi api, object configuration, CancellationToken cancellationToken)
    {
        try
        {
            return await api.SendAsync(
                HttpMethod.Post, "jobs", new { jobReference = new { projectId = api.Google.Project, location = api.Google.Location }, configuration }, cancellationToken);
        }
        catch (GoogleApiException failure) when (BigQueryErrors.Of(failure.Reason, failure.Message, failure.Status) == ErrorAction.Refuse)
        {
            throw new WarehouseDataException(failure.Message, failure);
        }
    }

    private Dictionary<string, object> Job(HashSet<string> named, long? maximumBytesBilled, object? destination, bool dryRun)
    {
        var query = new Dictionary<string, object>
        {
            ["query"] = _query.Sql,
            ["useLegacySql"] = false,
            ["defaultDataset"] = _api.DatasetReference,
            ["parameterMode"] = "NAMED",
            ["queryParameters"] = named.Select(name => QueryParameters.Of(name, _parameters[name])).ToList(),
        };
        if (maximumBytesBilled is { } bytes)
        {
            query["maximumBytesBilled"] = bytes.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (destination is not null)
        {
            query["destinationTable"] = destination;
            query["writeDisposition"] = "WRITE_TRUNCATE";
        }

        return new Dictionary<string, object> { ["query"] = query, ["dryRun"] = dryRun, ["labels"] = new { tenant = Label(_query.Tenant), feature = "query" } };
    }

    // Label values are lower case letters, digits, dashes and underscores.
    private static string Label(string tenant) => string.Concat(tenant.ToLowerInvariant()
        .Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' ? letter : '_').Take(LongestLabel));
}
