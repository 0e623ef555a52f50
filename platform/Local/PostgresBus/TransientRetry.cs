using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>Repeats a database action that failed for a reason that passes: a broken connection, a restart, a deadlock.</summary>
internal sealed class TransientRetry(TimeProvider time, ILogger logger)
{
    private const int Attempts = 6;
    private const int FirstPauseMilliseconds = 50;

    /// <summary>Runs the action, up to six times with growing, jittered pauses of together about two seconds.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await action();
            }
            catch (NpgsqlException exception) when (attempt < Attempts && IsTransient(exception))
            {
                Log.Retried(logger, exception, attempt);
                var pause = FirstPauseMilliseconds << (attempt - 1);
                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(pause / 2, pause * 3 / 2)), time, cancellationToken);
            }
        }
    }

    // A statement that ran into its own timeout would most likely do so again.
    private static bool IsTransient(NpgsqlException exception) => exception is PostgresException { SqlState: var state }
        ? exception.IsTransient || state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
        : exception.InnerException is not TimeoutException && (exception.IsTransient || exception.InnerException is IOException);
}
