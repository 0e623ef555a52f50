using System.Data;
using System.Runtime.ExceptionServices;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Tenancy;

/// <summary>
/// The only door to the datamart: a read-only transaction as retail_app with <c>app.tenant</c> set for that transaction
/// alone, so row-level security shows one tenant and nothing of it survives on the pooled connection.
/// </summary>
internal sealed class TenantScope([FromKeyedServices(DatabaseRole.App)] NpgsqlDataSource source)
{
    /// <summary>
    /// Runs a read somebody waits for. Every statement in it sees one snapshot, so the data version and the rows belong together.
    /// </summary>
    /// <exception cref="NpgsqlException">The database cannot be reached, a statement took longer than 5 s, or it all took longer than anybody waits.</exception>
    public Task<T> ReadAsync<T>(string tenant, Func<TenantRead, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        DatabaseOutage.AskAsync(token => ReadAtLengthAsync(tenant, read, token), cancellationToken);

    /// <summary>Runs a read nobody waits for, however many statements it takes.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached or a statement took longer than 5 s.</exception>
    public async Task<T> ReadAtLengthAsync<T>(string tenant, Func<TenantRead, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        var (connection, transaction, version) = await EnterAsync(tenant, cancellationToken);
        await using (connection)
        await using (transaction)
        {
            try
            {
                var result = await read(new TenantRead(connection, tenant, version), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return result;
            }
            catch (Exception exception) when (DatabaseOutage.Of(connection, exception) is var failure && failure != exception)
            {
                throw failure;
            }
        }
    }

    // After the server was away the pool may hold connections that are dead without knowing: the first of them empties it, and nothing was read yet.
    private async Task<(NpgsqlConnection Connection, NpgsqlTransaction Transaction, long Version)> EnterAsync(string tenant, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            var connection = await source.OpenConnectionAsync(cancellationToken);
            try
            {
                var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
                return (connection, transaction, await VersionAsync(connection, tenant, cancellationToken));
            }
            catch (Exception exception)
            {
                var failure = DatabaseOutage.Of(connection, exception);
                var isAway = DatabaseOutage.Is(failure);
                if (isAway)
                {
                    NpgsqlConnection.ClearPool(connection);
                }

                await connection.DisposeAsync();
                if (again || !isAway)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }
            }
        }
    }

    private static async Task<long> VersionAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("set transaction read only"),
                new NpgsqlBatchCommand("select set_config('app.tenant', $1, true), set_config('statement_timeout', '5s', true)")
                {
                    Parameters = { new() { Value = tenant } },
                },
                new NpgsqlBatchCommand("select version from mart.data_version where tenant = $1")
                {
                    Parameters = { new() { Value = tenant } },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetInt64(0) : 0;
    }
}
