using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Postgres;

/// <summary>Applies the migrations of every service, each file once, in one transaction a file.</summary>
public static class MigrationRunner
{
    private const long LockKey = 0x5265_7461_696C;

    /// <summary>
    /// Brings the database up to date. Several processes may call it at once: one applies, the others wait and find nothing to do.
    /// </summary>
    /// <param name="owner">A data source that connects as <c>retail_owner</c>.</param>
    /// <param name="sets">The sets of all services.</param>
    /// <param name="logger">Told of each applied file.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <returns>How many files were applied.</returns>
    /// <exception cref="InvalidOperationException">A file that was applied before has been edited since.</exception>
    public static async Task<int> ApplyAsync(
        NpgsqlDataSource owner, IEnumerable<SqlMigrations> sets, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(sets);
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
        try
        {
            await ExecuteAsync(
                connection,
                """
                CREATE TABLE IF NOT EXISTS public.schema_migration (
                  set_name text NOT NULL, file text NOT NULL, sha256 text NOT NULL,
                  applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (set_name, file))
                """,
                cancellationToken);
            var applied = 0;
            foreach (var set in sets.DistinctBy(set => set.Name).OrderBy(set => set.Order))
            {
                foreach (var (file, sql) in Files(set))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (await ApplyAsync(connection, set.Name, file, sql, cancellationToken))
                    {
                        Log.MigrationApplied(logger, set.Name, file);
                        applied++;
                    }
                }
            }

            return applied;
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    private static IEnumerable<(string File, string Sql)> Files(SqlMigrations set)
    {
        const string Folder = ".Migrations.";
        foreach (var resource in set.Assembly.GetManifestResourceNames().Where(name => name.Contains(Folder, StringComparison.Ordinal)
            && name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(set.Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return (resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..], reader.ReadToEnd());
        }
    }

    private static async Task<bool> ApplyAsync(
        NpgsqlConnection connection, string set, string file, string sql, CancellationToken cancellationToken)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var lookup = new NpgsqlCommand(
            "SELECT sha256 FROM public.schema_migration WHERE set_name = $1 AND file = $2", connection, transaction))
        {
            lookup.Parameters.Add(new() { Value = set });
            lookup.Parameters.Add(new() { Value = file });
            if (await lookup.ExecuteScalarAsync(cancellationToken) is string before)
            {
                return before == checksum
                    ? false
                    : throw new InvalidOperationException(
                        $"Migration {set}/{file} was applied before and has been edited since. Migrations are immutable: restore it and add a new file.");
            }
        }

        await using (var run = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 600 })
        {
            await run.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var record = new NpgsqlCommand(
            "INSERT INTO public.schema_migration (set_name, file, sha256) VALUES ($1, $2, $3)", connection, transaction))
        {
            record.Parameters.Add(new() { Value = set });
            record.Parameters.Add(new() { Value = file });
            record.Parameters.Add(new() { Value = checksum });
            await record.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
