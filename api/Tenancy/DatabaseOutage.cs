using Npgsql;

namespace RetailInsight.Api.Tenancy;

/// <summary>Tells a database that cannot be asked for now from a statement that is wrong.</summary>
internal static class DatabaseOutage
{
    // Longer than a statement may take, so that only a server that says nothing at all is given up on.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6.5);

    /// <summary>
    /// Whether trying again later can help: no connection, none free, the server going down or coming up, out of memory or disk, too busy to end a
    /// statement in time, or for a while a copy that only reads.
    /// </summary>
    public static bool Is(Exception exception) => exception is NpgsqlException { IsTransient: true } or PostgresException
    {
        SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.DiskFull or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction,
    }
    || (exception is ObjectDisposedException { ObjectName: var name } && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Npgsql", StringComparison.Ordinal)));

    /// <summary>
    /// The failure as what it is: a connection that broke while it was handed out or used fails in many ways, since the driver takes it apart at
    /// the same time.
    /// </summary>
    /// <param name="connection">The connection it failed on.</param>
    /// <param name="exception">How it failed.</param>
    public static Exception Of(NpgsqlConnection connection, Exception exception) =>
        exception is OperationCanceledException || Is(exception) || connection.FullState == System.Data.ConnectionState.Open
            ? exception : new NpgsqlException("The connection to the database broke.", new IOException(exception.Message, exception));

    /// <summary>Asks the database, but waits no longer than the reader of a page would.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="ask">What is asked.</param>
    /// <param name="without">The answer where the database cannot be asked; null where there is none, then the failure stands.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <exception cref="NpgsqlException">The database cannot be asked and there is no other answer.</exception>
    public static async Task<T> AskAsync<T>(TimeSpan patience, Func<CancellationToken, Task<T>> ask, Func<T?> without, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await AskAsync(patience, ask, cancellationToken);
        }
        catch (Exception exception) when (Is(exception))
        {
            if (without() is { } answer)
            {
                return answer;
            }

            throw;
        }
    }

    /// <summary>Asks the database what somebody waits for, for seconds at most.</summary>
    /// <param name="ask">What is asked; must not touch the request, since it goes on by itself when nobody waits for it any longer.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <exception cref="NpgsqlException">The database cannot be asked, or did not answer in time.</exception>
    public static Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken) => AskAsync(Patience, ask, cancellationToken);

    /// <summary>Asks the database, but not for longer than a time.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="ask">What is asked; goes on by itself, told to stop, when nobody waits for it any longer.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <exception cref="NpgsqlException">The database cannot be asked, or did not answer in time.</exception>
    public static async Task<T> AskAsync<T>(TimeSpan patience, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asking = ask(bounded.Token);
        try
        {
            return await asking.WaitAsync(patience, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new NpgsqlException("The database did not answer in time.", exception);
        }
        finally
        {
            if (asking.IsCompleted)
            {
                bounded.Dispose();
            }
            else
            {
                // To cancel a statement the driver asks the same silent server: nobody waits for that, but what it ends with is looked at.
                _ = asking.ContinueWith(done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                _ = bounded.CancelAsync();
            }
        }
    }
}
