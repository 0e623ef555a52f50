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
    private const string Enter = "select set_config('app.tenant', $1, true), set_config('transaction_read_only', 'on', true), set_config('statement_timeout', '5s', true)";
    private const string EnterPlanned = Enter + ", set_config('plan_cache_mode', 'force_generic_plan', true)";

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
        var (connection, transaction, version) = await EnterAsync(tenant, VersionAsync, cancellationToken);
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

    /// <summary>
    /// The rows of statements that are known beforehand, and the data version they belong to: a read as <see cref="ReadAsync"/> does it, in one
    /// journey to the database instead of three.
    /// </summary>
    /// <exception cref="NpgsqlException">The database cannot be reached or a statement took longer than 5 s.</exception>
    public Task<(long Version, List<List<T>> Rows)> AskAsync<T>(string tenant, IReadOnlyList<TenantStatement<T>> statements, CancellationToken cancellationToken)
    {
        return DatabaseOutage.AskAsync(
            async token =>
            {
                var (connection, transaction, answer) = await EnterAsync(tenant, JourneyAsync, token);
                await using (connection)
                await using (transaction)
                {
                    return answer;
                }
            },
            cancellationToken);

        async Task<(long, List<List<T>>)> JourneyAsync(NpgsqlConnection connection, string tenant, CancellationToken token)
        {
            await using var batch = Entry(connection, tenant, statements.All(statement => statement.HasOnePlan) ? EnterPlanned : Enter);
            foreach (var statement in statements)
            {
                batch.BatchCommands.Add(statement.For(tenant));
            }

            batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
            await using var reader = await batch.ExecuteReaderAsync(token);
            var version = await VersionAsync(reader, token);
            await reader.NextResultAsync(token);
            return (version, await TenantRead.ReadAsync(reader, statements, token));
        }
    }

    // After the server was away the pool may hold connections that are dead without knowing: the first of them empties it, and nothing was read yet.
    private async Task<(NpgsqlConnection Connection, NpgsqlTransaction Transaction, T First)> EnterAsync<T>(
        string tenant, Func<NpgsqlConnection, string, CancellationToken, Task<T>> first, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        for (var again = false; ; again = true)
        {
            var connection = await source.OpenConnectionAsync(cancellationToken);
            try
            {
                var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
                return (connection, transaction, await first(connection, tenant, cancellationToken));
            }
            catch (Exception exception)
            {
                var failure = DatabaseOutage.Of(connection, exception);
                var isAway = DatabaseOutage.Is(failure) && connection.FullState != ConnectionState.Open;
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
        await using var batch = Entry(connection, tenant, Enter);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await VersionAsync(reader, cancellationToken);
    }

    private static async Task<long> VersionAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetInt64(0) : 0;
    }

    private static NpgsqlBatch Entry(NpgsqlConnection connection, string tenant, string enter) => new(connection)
    {
        BatchCommands =
        {
            new NpgsqlBatchCommand(enter)
            {
                Parameters = { new() { Value = tenant } },
            },
            new NpgsqlBatchCommand("select version from mart.data_version where tenant = $1")
            {
                Parameters = { new() { Value = tenant } },
            },
        },
    };
}
