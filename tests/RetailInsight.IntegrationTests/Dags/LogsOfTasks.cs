using Microsoft.Extensions.Logging;
using RetailInsight.Dags.Engine;

namespace RetailInsight.IntegrationTests.Dags;

public sealed class LogsOfTasks(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task What_a_task_says_can_be_read_while_it_runs_and_each_try_has_its_own()
    {
        var go = new TaskCompletionSource();
        await using var engine = await TestEngine.StartAsync(_database, [new Dag("talk", [new DagTask("talk", async (context, _) =>
        {
            Say(context.Logger, "try {Try} begins\0", context.TryNumber);
            if (context.TryNumber == 1)
            {
                await go.Task;
                throw new IOException("the line went dead");
            }

            return TaskOutput.None;
        })
        {
            Retry = new RetryPolicy { MaxTries = 2, Delay = TimeSpan.FromMilliseconds(20) },
        }])]);
        var run = await _database.QueueAsync("talk");
        await _database.WaitUntilAsync("EXISTS (SELECT FROM dags.task_log)");
        var first = await _database.ScalarAsync<long>("SELECT lease_token FROM dags.task_instance WHERE state = 'running'");
        var logs = engine.Get<TaskLogs>();
        Assert.Equal((1, LogLevel.Information, "try 1 begins"), Shown(Assert.Single(await logs.ReadAsync(first, 0, 10, CancellationToken.None))));

        go.SetResult();
        Assert.Equal("success", await _database.EndOfAsync(run));
        await _database.WaitUntilAsync("3 = (SELECT count(*) FROM dags.task_log)");
        var rest = Assert.Single(await logs.ReadAsync(first, 1, 10, CancellationToken.None));
        Assert.Equal((2, LogLevel.Error), (rest.Line, rest.Level));
        Assert.Contains("the line went dead", rest.Message, StringComparison.Ordinal);
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.task_log WHERE lease_token > @first AND message = 'try 2 begins'", new { first }));
    }

    [Fact]
    public async Task Old_lines_are_forgotten_and_newer_ones_kept()
    {
        await using var engine = await TestEngine.CreateAsync(_database, [new Dag("one", [new DagTask("one", (_, _) => Task.FromResult(TaskOutput.None))])]);
        await using (var connection = await _database.Job.OpenConnectionAsync())
        {
            await Dapper.SqlMapper.ExecuteAsync(
                connection, "INSERT INTO dags.task_log SELECT 1, line, now() - CASE WHEN line <= 12000 THEN interval '91 days' ELSE interval '89 days' END, 2, 'x' FROM generate_series(1, 12005) line");
        }

        Assert.Equal(12_000, await engine.Get<TaskLogs>().ForgetAsync(TimeSpan.FromDays(90), CancellationToken.None));
        Assert.Equal(5, await _database.ScalarAsync<long>("SELECT count(*) FROM dags.task_log"));
    }

    [Fact]
    public async Task What_a_task_said_last_is_kept_when_its_worker_stops()
    {
        var engine = await TestEngine.StartAsync(_database, [new Dag("talk", [new DagTask("talk", (context, _) =>
        {
            for (var line = 1; line <= 5_000; line++)
            {
                Say(context.Logger, "line {Line}", line);
            }

            return Task.FromResult(TaskOutput.None);
        })])]);
        await _database.EndOfAsync(await _database.QueueAsync("talk"));
        await engine.DisposeAsync();
        Assert.Equal(5_000, await _database.ScalarAsync<long>("SELECT count(DISTINCT line) FROM dags.task_log"));
    }

    private static (int Line, LogLevel Level, string Message) Shown(TaskLogLine line) => (line.Line, line.Level, line.Message);

    private static void Say(ILogger logger, string template, int value) => LoggerMessage.Define<int>(LogLevel.Information, new EventId(1), template)(logger, value, null);
}
