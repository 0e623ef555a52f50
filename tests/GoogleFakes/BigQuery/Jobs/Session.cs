using System.Globalization;
using RetailInsight.GoogleFakes.BigQuery.Sql;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>What a script has while it runs: a connection, temporary tables, maybe a transaction.</summary>
internal sealed class Session : IDisposable
{
    private readonly MutationLocks _locks;
    private long? _snapshot;

    public Session(DuckStore store, MutationLocks locks)
    {
        _locks = locks;
        Connection = store.Connect();
    }

    /// <summary>The connection.</summary>
    public DuckDbConnection Connection { get; }

    /// <summary>Temporary tables.</summary>
    public Dictionary<string, SqlTable> Temporary { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => _snapshot is not null;

    /// <summary>BEGIN TRANSACTION.</summary>
    public void Begin()
    {
        if (InTransaction)
        {
            throw BigQueryException.InvalidQuery("Transaction is already in progress");
        }

        _snapshot = _locks.Snapshot();
        // DuckDB takes its snapshot at the first read, BigQuery at BEGIN.
        Connection.Execute("BEGIN TRANSACTION; SELECT count(*) FROM fake.resource");
    }

    /// <summary>COMMIT or ROLLBACK TRANSACTION.</summary>
    public void End(bool commit)
    {
        if (!InTransaction)
        {
            throw BigQueryException.InvalidQuery("There is no active transaction");
        }

        _snapshot = null;
        try
        {
            Connection.Execute(commit ? "COMMIT" : "ROLLBACK");
        }
        catch
        {
            commit = false;
            throw;
        }
        finally
        {
            _locks.Release(this, commit);
        }
    }

    /// <summary>Runs a DML statement.</summary>
    /// <returns>Rows changed.</returns>
    public long Change(SqlStatement statement, CancellationToken cancellationToken)
    {
        var table = statement.Target!;
        var temporary = table.Duck.StartsWith("temp.", StringComparison.Ordinal);
        if (!statement.MutatesRows || temporary)
        {
            return Run(statement);
        }

        if (_snapshot is { } snapshot)
        {
            return _locks.TryTake(table.Duck, this, snapshot) ? Run(statement)
                : throw new BigQueryException(400, "aborted", $"Transaction is aborted due to concurrent update against table {table.Name}.");
        }

        _locks.Wait(table.Duck, this, cancellationToken);
        var done = false;
        try
        {
            var rows = Run(statement);
            done = true;
            return rows;
        }
        finally
        {
            _locks.Release(this, done);
        }
    }

    private long Run(SqlStatement statement)
    {
        if (statement.AmbiguityCheck is { } check && DuckStore.Read(Connection, $"SELECT CAST(count(*) AS VARCHAR) FROM ({check})", 1)[0][0] != "0")
        {
            throw BigQueryException.InvalidQuery("UPDATE/MERGE must match at most one source row for each target row");
        }

        return Connection.Execute(statement.Sql);
    }

    /// <summary>Makes a temporary table.</summary>
    public SqlTable AddTemporary(TableName name, IReadOnlyList<SqlColumn> columns, bool replace)
    {
        if (Temporary.ContainsKey(name.Table) && !replace)
        {
            throw BigQueryException.Duplicate($"Table {name}");
        }

        var duck = string.Create(CultureInfo.InvariantCulture, $"temp.{SqlText.Name($"{name.Table} {Temporary.Count}")}");
        Connection.Execute($"CREATE OR REPLACE TEMP TABLE {duck["temp.".Length..]} ({string.Join(", ", columns.Select(TableDefinition.Column))})");
        return Temporary[name.Table] = new SqlTable(name, duck, columns);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (InTransaction)
        {
            try
            {
                End(commit: false);
            }
            catch (DuckDbException)
            {
                // A failed statement may have ended it already.
            }
        }

        Connection.Dispose();
    }
}
