using RetailInsight.GoogleFakes.BigQuery;
using RetailInsight.GoogleFakes.BigQuery.Jobs;

namespace RetailInsight.Tests.GoogleFakes;

/// <summary>Scripts, transactions and their conflicts.</summary>
public sealed class BigQueryTransactions : IDisposable
{
    private readonly LocalBigQuery _bigQuery = new();

    public BigQueryTransactions() => _bigQuery.Rows("CREATE TABLE t (k STRING NOT NULL, n INT64); INSERT INTO t VALUES ('a', 1), ('b', 2)");

    [Fact]
    public void A_script_commits_whole_and_its_last_select_is_the_result()
    {
        Assert.Equal(["2 | 12"], _bigQuery.Rows("""
            BEGIN TRANSACTION;
            CREATE TEMP TABLE news AS SELECT 'a' AS k, 10 AS n;
            MERGE INTO t USING news ON t.k = news.k WHEN MATCHED THEN UPDATE SET n = news.n WHEN NOT MATCHED THEN INSERT ROW;
            COMMIT TRANSACTION;
            SELECT COUNT(*), SUM(n) FROM t
            """));
    }

    [Theory]
    [InlineData("BEGIN TRANSACTION; DELETE FROM t WHERE TRUE; INSERT INTO t (n) VALUES (5); COMMIT TRANSACTION")]
    [InlineData("BEGIN TRANSACTION; DELETE FROM t WHERE TRUE; SELECT 1 / 0; COMMIT TRANSACTION")]
    [InlineData("BEGIN TRANSACTION; DELETE FROM t WHERE TRUE; CREATE TABLE u (n INT64); COMMIT TRANSACTION")]
    [InlineData("BEGIN TRANSACTION; DELETE FROM t WHERE TRUE; SELECT nothing FROM t; COMMIT TRANSACTION")]
    public void A_script_that_fails_changes_nothing_and_frees_its_tables(string script)
    {
        Assert.Contains(" at [1:", _bigQuery.Refusal(script), StringComparison.Ordinal);
        Assert.Equal(["3"], _bigQuery.Rows("SELECT SUM(n) FROM t"));
        Assert.Empty(_bigQuery.Rows("UPDATE t SET n = 0 WHERE TRUE"));
    }

    [Fact]
    public void Rollback_takes_back_and_an_open_transaction_does_not_stay()
    {
        _bigQuery.Rows("BEGIN TRANSACTION; DELETE FROM t WHERE TRUE; ROLLBACK TRANSACTION");
        _bigQuery.Rows("BEGIN TRANSACTION; DELETE FROM t WHERE TRUE");
        Assert.Equal(["3"], _bigQuery.Rows("SELECT SUM(n) FROM t"));
    }

    [Theory]
    [InlineData("UPDATE t SET n = 5 WHERE k = 'a'", "UPDATE t SET n = 6 WHERE k = 'b'")]
    [InlineData("MERGE INTO t USING (SELECT 'c' AS k) AS s ON FALSE WHEN NOT MATCHED THEN INSERT (k) VALUES (k)", "DELETE FROM t WHERE k = 'x'")]
    public void Two_transactions_that_change_rows_of_one_table_conflict_whatever_the_rows(string first, string second)
    {
        using var one = Begin();
        using var other = Begin();
        one.Change(_bigQuery.Translate(first), default);
        var running = Assert.Throws<BigQueryException>(() => other.Change(_bigQuery.Translate(second), default));
        Assert.Equal("Transaction is aborted due to concurrent update against table p:d.t.", running.Message);
        one.End(commit: true);
        Assert.Throws<BigQueryException>(() => other.Change(_bigQuery.Translate(second), default));
        other.End(commit: false);
        using var later = Begin();
        later.Change(_bigQuery.Translate(second), default);
        later.End(commit: true);
    }

    [Fact]
    public void New_rows_never_conflict_and_a_transaction_keeps_its_snapshot()
    {
        using var one = Begin();
        using var other = Begin();
        one.Change(_bigQuery.Translate("INSERT INTO t VALUES ('c', 3)"), default);
        other.Change(_bigQuery.Translate("INSERT INTO t VALUES ('d', 4)"), default);
        one.Change(_bigQuery.Translate("DELETE FROM t WHERE k = 'a'"), default);
        one.End(commit: true);
        var seen = DuckStore.Read(other.Connection, $"SELECT CAST(count(*) AS VARCHAR) FROM ({_bigQuery.Translate("SELECT k FROM t").Sql})", 1);
        Assert.Equal("3", seen[0][0]);
        other.End(commit: true);
        Assert.Equal(["b", "c", "d"], _bigQuery.Rows("SELECT k FROM t ORDER BY k"));
    }

    [Fact]
    public async Task A_statement_outside_a_transaction_waits_for_it()
    {
        using var transaction = Begin();
        transaction.Change(_bigQuery.Translate("UPDATE t SET n = n + 1 WHERE TRUE"), default);
        var waiting = Task.Run(() => _bigQuery.Rows("UPDATE t SET n = n * 10 WHERE TRUE"));
        await Task.WhenAny(waiting, Task.Delay(300));
        Assert.False(waiting.IsCompleted);
        transaction.End(commit: true);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["50"], _bigQuery.Rows("SELECT SUM(n) FROM t"));
    }

    [Fact]
    public void A_partition_is_replaced_by_one_merge()
    {
        _bigQuery.Rows("CREATE TABLE staging (k STRING NOT NULL, n INT64); INSERT INTO staging VALUES ('a', 7), ('a', 8)");
        _bigQuery.Rows("""
            MERGE INTO t AS target USING staging AS source ON FALSE
            WHEN NOT MATCHED BY SOURCE AND target.k = 'a' THEN DELETE
            WHEN NOT MATCHED BY TARGET THEN INSERT (k, n) VALUES (source.k, source.n)
            """);
        Assert.Equal(["a | 7", "a | 8", "b | 2"], _bigQuery.Rows("SELECT k, n FROM t ORDER BY k, n"));
    }

    public void Dispose() => _bigQuery.Dispose();

    private Session Begin()
    {
        var session = new Session(_bigQuery.Store, _bigQuery.Locks);
        session.Begin();
        return session;
    }
}
