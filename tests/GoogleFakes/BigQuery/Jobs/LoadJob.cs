using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Rows;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>Runs load jobs: newline-delimited JSON and CSV, from an upload or from Cloud Storage.</summary>
/// <param name="store">The database.</param>
/// <param name="catalog">Tables.</param>
/// <param name="settings">Opens objects.</param>
/// <param name="quota">Table modifications.</param>
internal sealed class LoadJob(DuckStore store, Catalog catalog, BigQuerySettings settings, ModificationQuota quota)
{
    /// <summary>Runs one to its end.</summary>
    /// <param name="job">The job; gets its statistics.</param>
    /// <param name="upload">What was uploaded with it; null for one that names its sources.</param>
    /// <exception cref="BigQueryException">It failed; the table is as it was.</exception>
    public async Task RunAsync(Job job, byte[]? upload)
    {
        var load = (JsonObject)job.Configuration["load"]!;
        var name = Catalog.NameOf(load["destinationTable"] ?? throw BigQueryException.Invalid("Required parameter is missing: destinationTable"));
        quota.Count(name);
        var contents = upload is null ? await FetchAsync(load, job.Cancelled) : [Unzip(upload)];
        var known = catalog.Find(name);
        var schema = load["schema"]?["fields"] is JsonArray { Count: > 0 } fields ? [.. fields.Select(field => SqlType.FromField(field!))]
            : (bool?)load["autodetect"] == true && known is null ? SchemaGuess.Of(load, contents)
            : (IReadOnlyList<SqlColumn>?)null;
        var target = new TableWriter(catalog, store).Target(name, schema, (string?)load["createDisposition"], (string?)load["writeDisposition"] ?? "WRITE_APPEND", Definition(load));
        var file = Path.Combine(store.Directory, $"load-{RandomId.Next()}.ndjson");
        try
        {
            var reader = new RowReader(target.Table.Columns);
            var (rows, bytes) = Write(load, contents, reader, target.Table.Columns, file);
            using var connection = store.Connect();
            job.RunOn(connection);
            job.Cancelled.ThrowIfCancellationRequested();
            var written = TableWriter.Write(connection, target, rows == 0 ? [] : [reader.Insert(target.Table.Duck, file)]);
            job.Statistics["load"] = new JsonObject
            {
                ["inputFiles"] = Job.Text(contents.Count),
                ["inputFileBytes"] = Job.Text(bytes),
                ["outputRows"] = Job.Text(written),
                ["outputBytes"] = Job.Text(bytes),
                ["badRecords"] = "0",
            };
        }
        finally
        {
            job.RunOn(null);
            File.Delete(file);
        }
    }

    private static JsonObject Definition(JsonObject load)
    {
        var resource = new JsonObject();
        foreach (var member in (ReadOnlySpan<string>)["timePartitioning", "clustering"])
        {
            if (load[member] is { } value)
            {
                resource[member] = value.DeepClone();
            }
        }

        return resource;
    }

    private static (long Rows, long Bytes) Write(
        JsonObject load, IReadOnlyList<byte[]> contents, RowReader reader, IReadOnlyList<SqlColumn> columns, string file)
    {
        var ignore = (bool?)load["ignoreUnknownValues"] == true;
        var rows = 0L;
        using var writer = new StreamWriter(file);
        foreach (var content in contents)
        {
            foreach (var (row, position) in RowSources.Read(load, content, columns))
            {
                try
                {
                    writer.Write(reader.Line(row, ignore));
                    writer.Write('\n');
                    rows++;
                }
                catch (BigQueryException exception)
                {
                    throw BigQueryException.Invalid(
                        $"Error while reading data, error message: {RowSources.Format(load)} processing encountered too many errors, giving up. Rows: {rows + 1}; errors: 1; max bad: 0; error percent: 0. "
                        + $"Error in row starting at position {position}: {exception.Message}");
                }
            }
        }

        return (rows, contents.Sum(content => (long)content.Length));
    }

    private async Task<IReadOnlyList<byte[]>> FetchAsync(JsonObject load, CancellationToken cancellationToken)
    {
        var contents = new List<byte[]>();
        foreach (var uri in load["sourceUris"] as JsonArray ?? throw BigQueryException.Invalid("Load configuration must specify at least one source URI"))
        {
            var parts = ((string?)uri ?? "").Split('/', 4);
            if (parts.Length != 4 || parts[0] != "gs:" || parts[3].Contains('*', StringComparison.Ordinal))
            {
                throw BigQueryException.Invalid($"Source URI must be a Google Cloud Storage location without wildcard: {uri}");
            }

            await using var stream = await settings.OpenObject(parts[2], parts[3], cancellationToken) ?? throw BigQueryException.NotFound($"URI {uri}");
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory, cancellationToken);
            contents.Add(Unzip(memory.ToArray()));
        }

        return contents;
    }

    private static byte[] Unzip(byte[] content)
    {
        if (content is not [0x1f, 0x8b, ..])
        {
            return content;
        }

        try
        {
            using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            return plain.ToArray();
        }
        catch (InvalidDataException exception)
        {
            throw BigQueryException.Invalid($"Error while reading data, error message: Failed to decompress input: {exception.Message}");
        }
    }
}
