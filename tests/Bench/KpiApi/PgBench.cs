using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using RetailInsight.Bench.Harness;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Bench.KpiApi;

/// <summary>PostgreSQL's own load generator: what the database does with the same statements when nobody stands before it.</summary>
internal static partial class PgBench
{
    private const string Installed = "/usr/lib/postgresql";

    /// <summary>Runs transactions, chosen at random, on as many connections as there are clients.</summary>
    /// <param name="site">The database.</param>
    /// <param name="tenant">The tenant each transaction enters.</param>
    /// <param name="transactions">The statements of each transaction; at most 128.</param>
    /// <param name="clients">Connections.</param>
    /// <param name="mode">The protocol: <c>simple</c> or <c>prepared</c>.</param>
    /// <param name="duration">How long.</param>
    /// <returns>Transactions a second.</returns>
    /// <exception cref="InvalidOperationException">The program is not installed, or failed.</exception>
    public static async Task<double> RunAsync(BenchSite site, string tenant, IReadOnlyList<IReadOnlyList<(string Sql, NpgsqlParameter[] Parameters)>> transactions, int clients, string mode, TimeSpan duration)
    {
        var program = Directory.Exists(Installed) ? Directory.EnumerateFiles(Installed, "pgbench", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault() : null;
        if (program is null)
        {
            throw new InvalidOperationException($"pgbench was not found in {Installed}; install Debian's package postgresql.");
        }

        var scripts = Directory.CreateDirectory(Path.Combine(site.Directory, "pgbench"));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        var settings = site.Settings;
        foreach (var argument in (string[])[
            "--no-vacuum", "--host", settings["Platform:Postgres:Host"]!, "--port", settings["Platform:Postgres:Port"]!, "--username", DatabaseRole.App,
            "--protocol", mode, "--client", clients.ToString(CultureInfo.InvariantCulture), "--jobs", "2",
            "--time", Math.Ceiling(duration.TotalSeconds).ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        for (var i = 0; i < transactions.Count; i++)
        {
            var file = Path.Combine(scripts.FullName, string.Create(CultureInfo.InvariantCulture, $"{i:000}.sql"));
            var statements = transactions[i].Select(one => OneLine().Replace(Literal(one.Sql, [.. one.Parameters, new("tenant", tenant)]), " ") + ";");
            await File.WriteAllLinesAsync(file, ["BEGIN;", $"SELECT set_config('app.tenant', '{tenant}', true);", .. statements, "COMMIT;"]);
            start.ArgumentList.Add("--file");
            start.ArgumentList.Add(file);
        }

        start.ArgumentList.Add(settings["Platform:Postgres:Database"]!);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 && Rate().Match(output) is { Success: true } rate
            ? double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"pgbench failed: {await errors}");
    }

    // The bench's own values only: codes, dates and numbers.
    private static string Literal(string sql, NpgsqlParameter[] parameters)
    {
        foreach (var parameter in parameters.OrderByDescending(parameter => parameter.ParameterName.Length))
        {
            sql = sql.Replace("@" + parameter.ParameterName, parameter.Value switch
            {
                DateOnly date => string.Create(CultureInfo.InvariantCulture, $"date '{date:yyyy-MM-dd}'"),
                string[] texts => $"ARRAY[{string.Join(", ", texts.Select(text => $"'{text}'"))}]",
                string text => $"'{text}'",
                var number => Convert.ToString(number, CultureInfo.InvariantCulture)!,
            }, StringComparison.Ordinal);
        }

        return sql;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex OneLine();

    [GeneratedRegex(@"tps = ([0-9.]+) \(without initial connection time\)")]
    private static partial Regex Rate();
}
