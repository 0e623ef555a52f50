using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary>Writes the answer of a question into a file. The file is whole or is not there: what broke off stays beside it as <c>.part</c>.</summary>
internal static class MetricFile
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>The form a file's name asks for: csv, parquet or json; null for another.</summary>
    public static string? FormOf(FileInfo file) => file.Extension.ToLowerInvariant() switch { ".csv" => "csv", ".parquet" => "parquet", ".json" => "json", _ => null };

    /// <summary>Saves a file as the server makes it.</summary>
    /// <returns>The exit code: what CP932 has no place for needs attention.</returns>
    public static async Task<int> SaveAsync(RetryingClient client, Uri address, FileInfo file, Report report, CancellationToken cancellationToken)
    {
        using var response = await client.StreamAsync(() => RetryingClient.Request(HttpMethod.Get, address, null), cancellationToken);
        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
        var bytes = 0L;
        await report.WithProgressAsync(file.Name, response.Content.Headers.ContentLength ?? 0, async received =>
        {
            await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
            bytes = await WriteAsync(file, async target =>
            {
                var block = new byte[BlockBytes];
                int read;
                while ((read = await source.ReadAsync(block, cancellationToken)) > 0)
                {
                    await target.WriteAsync(block.AsMemory(0, read), cancellationToken);
                    received(read);
                }
            });
        });
        var unwritable = response.Headers.TryGetValues("Unwritable-Characters", out var listed) ? string.Join(", ", listed) : null;
        if (report.AsJson)
        {
            report.Document(new { File = file.FullName, Bytes = bytes, UnwritableCharacters = unwritable });
        }
        else if (unwritable is not null)
        {
            report.Note($"Written as 〓 because CP932 has no place for them: {unwritable}.");
        }

        return unwritable is null ? ExitCode.Done : ExitCode.NeedsAttention;
    }

    /// <summary>Saves every page as one JSON document: metrics, rows and the state of the data, as the API wrote them.</summary>
    public static async Task<int> SaveJsonAsync(RetryingClient client, Uri address, FileInfo file, Report report, CancellationToken cancellationToken)
    {
        var (rows, bytes, told) = (0, 0L, 0L);
        await report.WithProgressAsync(file.Name, 0, async received => bytes = await WriteAsync(file, async target =>
        {
            await using var writer = new Utf8JsonWriter(target, new JsonWriterOptions { Encoder = Json.Options.Encoder });
            await foreach (var page in client.PagesAsync(address, null, cancellationToken))
            {
                if (rows == 0)
                {
                    Open(writer, page);
                }

                foreach (var row in Json.Members(page, "rows"))
                {
                    row.WriteTo(writer);
                    rows++;
                }

                await writer.FlushAsync(cancellationToken);
                received(writer.BytesCommitted - told);
                told = writer.BytesCommitted;
                if (Json.Text(page, "next_cursor") is null)
                {
                    writer.WriteEndArray();
                    writer.WriteEndObject();
                }
            }
        }));
        if (report.AsJson)
        {
            report.Document(new { File = file.FullName, Bytes = bytes, Rows = rows });
        }

        return ExitCode.Done;
    }

    private static void Open(Utf8JsonWriter writer, JsonElement page)
    {
        writer.WriteStartObject();
        foreach (var member in page.EnumerateObject().Where(member => member.Name is not ("rows" or "next_cursor")))
        {
            member.WriteTo(writer);
        }

        writer.WriteStartArray("rows");
    }

    private static async Task<long> WriteAsync(FileInfo file, Func<Stream, Task> write)
    {
        var part = file.FullName + ".part";
        long bytes;
        try
        {
            await using var target = File.Create(part);
            await write(target);
            bytes = target.Length;
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            throw new CommandFailure(ExitCode.NoAnswer, new ServerProblem(null, "Not written", $"{file.Name}: {problem.Message} Running the command again is safe.", null, null));
        }

        File.Move(part, file.FullName, overwrite: true);
        return bytes;
    }
}
