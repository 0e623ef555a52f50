using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.IntegrationTests.PortContracts;

/// <summary>
/// A process of its own that loads batch after batch and says each one's number once it is committed, until it is killed. It
/// is this assembly started as a program.
/// </summary>
internal static class KilledLoader
{
    public const int RowsPerTable = 3_000;
    public const int BatchesPerLoad = 3;
    private const string Variable = "RETAILINSIGHT_LOAD_UNTIL_KILLED";

    public static readonly TableSpec Left = Table("left_rows");
    public static readonly TableSpec Right = Table("right_rows");

    /// <summary>Starts the loader and kills it some time after it has committed that many loads.</summary>
    /// <returns>The batches it had said to be committed.</returns>
    public static async Task<List<string>> RunAsync(string file, int round, int loads, int millisecondsMore)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(KilledLoader).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Variable] = $"{round}|{file}";
        using Process process = Process.Start(start)!;
        var committed = new List<string>();
        try
        {
            while (committed.Count < loads * BatchesPerLoad && await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(120)) is { } line)
            {
                committed.Add(line);
            }

            // Differs by round, so that the kill meets different steps of a load.
            var more = Stopwatch.StartNew();
            SpinWait.SpinUntil(() => more.ElapsedMilliseconds >= millisecondsMore);
        }
        finally
        {
            process.Kill();
        }

        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            committed.Add(line);
        }

        await process.WaitForExitAsync();
        return committed;
    }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The one entry that comes before the test program's own.")]
    internal static void LoadUntilKilled()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [string round, string file])
        {
            return;
        }

        using var warehouse = new DuckDbWarehouse(new DuckDbWarehouseOptions { Path = file, MemoryLimit = "512MB" }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);
        for (int load = 0; ; load++)
        {
            WarehouseBatch[] batches = [.. Enumerable.Range(0, BatchesPerLoad).Select(batch => Batch($"{round}-{load}-{batch}"))];

            // Blocking: until this method ends, no other thread may run code of this assembly.
            warehouse.LoadAsync(batches, CancellationToken.None).GetAwaiter().GetResult();
            Array.ForEach(batches, batch => Console.WriteLine(batch.BatchId));
        }
    }

    private static WarehouseBatch Batch(string id)
    {
        var rows = new RowBlock([
            ColumnData.String("tenant", [.. Enumerable.Repeat("acme", RowsPerTable)]),
            ColumnData.String("batch_id", [.. Enumerable.Repeat(id, RowsPerTable)]),
            ColumnData.String("text", [.. Enumerable.Range(0, RowsPerTable).Select(row => $"a text of more than twelve bytes, {row}")]),
        ]);
        return new WarehouseBatch(id, "acme", new Dictionary<string, RowBlock> { [Left.Name] = rows, [Right.Name] = rows });
    }

    private static TableSpec Table(string name) => new(
        name,
        "Rows of a loader that is killed. Many rows per batch_id.",
        [
            new("tenant", ColumnType.String, false, "Tenant."),
            new("batch_id", ColumnType.String, false, "Batch."),
            new("text", ColumnType.String, false, "Filling."),
        ],
        null,
        ["tenant"]);
}
