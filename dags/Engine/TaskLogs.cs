using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>A line a task has logged.</summary>
/// <param name="Line">From 1 within its try.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Level">How serious.</param>
/// <param name="Message">What.</param>
public sealed record TaskLogLine(int Line, DateTimeOffset At, LogLevel Level, string Message);

/// <summary>
/// Keeps what tasks log in the database: it is there while the task runs and outlives its worker. A task never waits for it; one that
/// logs faster than can be written loses lines in the middle, and the gap in their numbers shows it.
/// </summary>
internal sealed class TaskLogs([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, ILogger<TaskLogs> logger) : BackgroundService
{
    private const int LongestMessage = 8_000;
    private const int MostLines = 100_000;
    private const int Waiting = 20_000;
    private const int AtOnce = 2_000;
    private const int ForgottenAtOnce = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Channel<Entry> _entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>A logger for one try, which also writes where the process does.</summary>
    public ILogger For(long leaseToken, ILogger process) => new TryLogger(this, leaseToken, process);

    /// <summary>Lines of a try behind a line, oldest first.</summary>
    /// <param name="leaseToken">The try.</param>
    /// <param name="after">The last line known; 0 for none.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyList<TaskLogLine>> ReadAsync(long leaseToken, int after, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. (await connection.QueryAsync<(int Line, DateTime At, short Level, string Message)>(new CommandDefinition(
            "SELECT line, at, level, message FROM dags.task_log WHERE lease_token = @leaseToken AND line > @after ORDER BY line LIMIT @most",
            new { leaseToken, after, most },
            cancellationToken: cancellationToken))).Select(row => new TaskLogLine(row.Line, new DateTimeOffset(row.At, TimeSpan.Zero), (LogLevel)row.Level, row.Message))];
    }

    /// <summary>Deletes lines older than they are kept, a part at a time, so that no statement holds up others for long.</summary>
    /// <returns>How many lines went.</returns>
    public async Task<int> ForgetAsync(TimeSpan keep, CancellationToken cancellationToken)
    {
        var all = 0;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        int gone;
        do
        {
            gone = await connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM dags.task_log WHERE ctid = ANY(ARRAY(SELECT ctid FROM dags.task_log WHERE at < now() - @keep LIMIT @ForgottenAtOnce))",
                new { keep, ForgottenAtOnce },
                cancellationToken: cancellationToken));
            all += gone;
        }
        while (gone > 0);
        return all;
    }

    /// <summary>Writes what was logged so far.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing is lost.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var lines = new List<Entry>();
        while (lines.Count < AtOnce && _entries.Reader.TryRead(out var entry))
        {
            lines.Add(entry);
        }

        if (lines.Count == 0)
        {
            return;
        }

        try
        {
            await WriteAsync(lines, cancellationToken);
        }
        catch
        {
            foreach (var line in lines)
            {
                _entries.Writer.TryWrite(line);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (_entries.Reader.TryPeek(out _))
        {
            try
            {
                await FlushAsync(cancellationToken);
            }
            catch (Exception error)
            {
                Log.TaskLogsLost(logger, error);
                return;
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _entries.Reader.WaitToReadAsync(stoppingToken))
        {
            try
            {
                // A little together rather than each by itself; a person who reads along does not notice.
                await Task.Delay(Pause, clock, stoppingToken);
                await FlushAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                Log.TaskLogsWait(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(5), clock, stoppingToken);
            }
        }
    }

    private async Task WriteAsync(List<Entry> lines, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var copy = await connection.BeginBinaryImportAsync("COPY dags.task_log (lease_token, line, at, level, message) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var line in lines)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(line.LeaseToken, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(line.Line, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(line.At.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync((short)line.Level, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(line.Message, NpgsqlDbType.Text, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private DateTimeOffset Now() => clock.GetUtcNow();

    private readonly record struct Entry(long LeaseToken, int Line, DateTimeOffset At, LogLevel Level, string Message);

    private sealed class TryLogger(TaskLogs logs, long leaseToken, ILogger process) : ILogger
    {
        private int _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => process.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information || process.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            process.Log(logLevel, eventId, state, exception, formatter);
            if (logLevel < LogLevel.Information || Interlocked.Increment(ref _lines) is var line && line > MostLines)
            {
                return;
            }

            // A NUL cannot be stored; nobody would see it either.
            var text = (line == MostLines ? "More is not kept." : formatter(state, exception) + (exception is null ? "" : Environment.NewLine + exception)).Replace("\0", "", StringComparison.Ordinal);
            logs._entries.Writer.TryWrite(new Entry(leaseToken, line, logs.Now(), logLevel, text.Length > LongestMessage ? text[..LongestMessage] + "…" : text));
        }
    }
}
