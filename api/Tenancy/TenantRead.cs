using System.Runtime.CompilerServices;
using Npgsql;

namespace RetailInsight.Api.Tenancy;

/// <summary>
/// One open read of one tenant. <see cref="DataVersion"/> rises by one with every publication to the datamart; 0 before the first.
/// </summary>
internal sealed class TenantRead(NpgsqlConnection connection, string tenant, long dataVersion)
{
    public string Tenant => tenant;

    public long DataVersion => dataVersion;

    /// <summary>All rows of a statement. <c>@tenant</c> is bound here, so that no statement can be written without it by mistake.</summary>
    public async Task<List<T>> ListAsync<T>(
        string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("tenant", tenant);
        command.Parameters.AddRange(parameters);

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(map(reader));
        }

        // Whoever asked may have had another answer meanwhile.
        cancellationToken.ThrowIfCancellationRequested();
        return rows;
    }

    /// <summary>All rows of several statements, asked for together; <c>@tenant</c> is bound in each.</summary>
    public async Task<List<List<T>>> ListAllAsync<T>(IReadOnlyList<TenantStatement<T>> statements, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(statement.For(tenant));
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(reader, statements, cancellationToken);
    }

    /// <summary>The rows of statements that were asked for together.</summary>
    public static async Task<List<List<T>>> ReadAsync<T>(NpgsqlDataReader reader, IReadOnlyList<TenantStatement<T>> statements, CancellationToken cancellationToken)
    {
        var results = new List<List<T>>(statements.Count);
        foreach (var statement in statements)
        {
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(statement.Map(reader));
            }

            results.Add(rows);
            await reader.NextResultAsync(cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return results;
    }

    /// <summary>
    /// Hands rows on one at a time, for results that need not fit in memory; the statement may take ten minutes.
    /// </summary>
    public async IAsyncEnumerable<NpgsqlDataReader> StreamAsync(string sql, [EnumeratorCancellation] CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using (var limit = new NpgsqlCommand("SET LOCAL statement_timeout = '10min'", connection))
        {
            await limit.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddWithValue("tenant", tenant);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return reader;
        }
    }
}
