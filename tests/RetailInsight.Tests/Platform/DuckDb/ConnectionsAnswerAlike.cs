using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.Tests.Platform.DuckDb;

/// <summary>Whichever connection answers, the settings that keep DuckDB from answering otherwise than GoogleSQL hold.</summary>
public sealed class ConnectionsAnswerAlike : IDisposable
{
    private const int Connections = 6;

    private readonly string _directory = Directory.CreateTempSubdirectory("duckdb-settings").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task In_turn()
    {
        using var database = Open();
        for (var turn = 0; turn < Connections; turn++)
        {
            using var lease = await database.BorrowAsync(default);
            await AssertSettingsAsync(lease);
        }

        using var writer = await database.BorrowWriterAsync(default);
        await AssertSettingsAsync(writer);
    }

    [Fact]
    public async Task In_parallel_each_on_a_connection_of_its_own()
    {
        using var database = Open();
        var leases = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => database.BorrowAsync(default)));
        try
        {
            await Task.WhenAll(leases.Select(AssertSettingsAsync));
            Assert.Equal(Connections, (await Task.WhenAll(leases.Select(lease => lease.RunAsync(connection => connection.Handle, default)))).Distinct().Count());
        }
        finally
        {
            Array.ForEach(leases, lease => lease.Dispose());
        }
    }

    [Fact]
    public async Task After_the_file_was_closed_and_opened_again()
    {
        for (var opening = 0; opening < 2; opening++)
        {
            using var database = Open();
            using var lease = await database.BorrowAsync(default);
            await AssertSettingsAsync(lease);
        }
    }

    private DuckDbDatabase Open() =>
        DuckDbDatabase.Join(new DuckDbWarehouseOptions { Path = Path.Combine(_directory, "w.duckdb"), Threads = 1, Readers = Connections });

    private static async Task AssertSettingsAsync(DuckDbLease lease)
    {
        var settings = await lease.RunAsync(
            connection => connection.Rows("SELECT name, lower(value) FROM duckdb_settings()").ToDictionary(row => (string)row[0]!, row => (string?)row[1]), default);
        Assert.All(DuckDbDatabase.GoogleSqlSettings, expected => Assert.Equal(expected.Value.ToLowerInvariant(), settings[expected.Key]));
        Assert.Equal(
            ["nulls_first_on_asc_last_on_desc", "utc", "gregorian", "true", "false", "false", "false", "false", "true"],
            new[]
            {
                "default_null_order", "TimeZone", "Calendar", "ieee_floating_point_ops", "integer_division", "autoinstall_known_extensions",
                "autoload_known_extensions", "enable_external_access", "scalar_subquery_error_on_multiple_rows",
            }.Select(name => settings[name]!));

        // What they are for.
        var answers = await lease.RunAsync(
            connection => connection.Rows(
                """
                SELECT (SELECT string_agg(coalesce(x::VARCHAR, '-'), ',' ORDER BY x) FROM (VALUES (1), (NULL), (2)) v(x)),
                  (SELECT string_agg(coalesce(x::VARCHAR, '-'), ',' ORDER BY x DESC) FROM (VALUES (1), (NULL), (2)) v(x)),
                  CAST(TIMESTAMPTZ '2026-03-01 09:00:00+09:00' AS VARCHAR), 7 / 2, isinf(1 / 0)
                """).Single(),
            default);
        Assert.Equal(["-,1,2", "2,1,-", "2026-03-01 00:00:00+00", 3.5, true], answers);
    }
}
