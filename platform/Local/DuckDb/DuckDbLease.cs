using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>A borrowed connection; blocking work runs off the caller's thread.</summary>
/// <param name="connection">The connection.</param>
/// <param name="giveBack">Takes it back, and whether it may be used again.</param>
internal sealed class DuckDbLease(DuckDbConnection connection, Action<DuckDbConnection, bool> giveBack) : IDisposable
{
    private static readonly TimeSpan InterruptAgain = TimeSpan.FromMilliseconds(20);
    private bool _isSound = true;

    /// <summary>Runs work; cancellation interrupts it.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public async Task<T> RunAsync<T>(Func<DuckDbConnection, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task<T> running = Task.Run(() => work(connection), CancellationToken.None);
        try
        {
            return await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // An interrupt between two statements is lost, so it is repeated until the work has ended.
            while (!running.IsCompleted)
            {
                connection.Interrupt();
                await Task.WhenAny(running, Task.Delay(InterruptAgain, CancellationToken.None));
            }

            // It may have ended well in the last moment; nobody will take what it made.
            if (running.IsCompletedSuccessfully)
            {
                (await running as IDisposable)?.Dispose();
            }

            _ = running.Exception;
            throw;
        }
        catch (DuckDbException exception) when (exception.IsInterrupt && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    /// <summary>Runs work in a transaction; cancelled or failed, nothing of it stays. The commit itself is not cancelled.</summary>
    public async Task<T> InTransactionAsync<T>(Func<DuckDbConnection, T> work, CancellationToken cancellationToken)
    {
        await RunAsync(database => database.Execute("BEGIN TRANSACTION"), cancellationToken);
        try
        {
            T result = await RunAsync(work, cancellationToken);
            await RunAsync(database => database.Execute("COMMIT"), CancellationToken.None);
            return result;
        }
        catch
        {
            await RollBackAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => giveBack(connection, _isSound);

    private async Task RollBackAsync()
    {
        try
        {
            await RunAsync(database => database.Execute("ROLLBACK"), CancellationToken.None);
        }
        catch (DuckDbException)
        {
            // No transaction is left to roll back, or the database is broken: closing the connection settles both.
            _isSound = false;
        }
    }
}
