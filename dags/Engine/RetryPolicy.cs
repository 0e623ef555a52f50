using Npgsql;

namespace RetailInsight.Dags.Engine;

/// <summary>Whether trying again can help.</summary>
internal enum ErrorClass
{
    /// <summary>The surroundings failed.</summary>
    Transient,

    /// <summary>The task or its data is wrong.</summary>
    Fatal,
}

/// <summary>A task knows that trying again is no use.</summary>
internal sealed class FatalTaskException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How often and when a failed task is tried again. A crash of the worker is no try.</summary>
internal sealed record RetryPolicy
{
    /// <summary>Tries in all, at least 1.</summary>
    public int MaxTries { get; init; } = 3;

    /// <summary>Wait before the second try; doubles with each further one.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How the errors of this task differ from the usual classes, by exception type; the most derived type decides.</summary>
    public IReadOnlyDictionary<Type, ErrorClass> Errors { get; init; } = new Dictionary<Type, ErrorClass>();

    private static readonly Dictionary<Type, ErrorClass> Usual = new()
    {
        [typeof(Exception)] = ErrorClass.Transient,
        [typeof(FatalTaskException)] = ErrorClass.Fatal,
        [typeof(ArgumentException)] = ErrorClass.Fatal,
        [typeof(ArithmeticException)] = ErrorClass.Fatal,
        [typeof(FormatException)] = ErrorClass.Fatal,
        [typeof(InvalidCastException)] = ErrorClass.Fatal,
        [typeof(InvalidOperationException)] = ErrorClass.Fatal,
        [typeof(KeyNotFoundException)] = ErrorClass.Fatal,
        [typeof(NotSupportedException)] = ErrorClass.Fatal,
        [typeof(NullReferenceException)] = ErrorClass.Fatal,
    };

    /// <summary>The class of an error.</summary>
    public ErrorClass Classify(Exception error)
    {
        for (var type = error.GetType(); type is not null; type = type.BaseType)
        {
            if (Errors.TryGetValue(type, out var own))
            {
                return own;
            }

            // A server that refuses a statement refuses it again, except when it says the state is passing.
            if (type == typeof(PostgresException))
            {
                return ((PostgresException)error).IsTransient ? ErrorClass.Transient : ErrorClass.Fatal;
            }

            if (Usual.TryGetValue(type, out var usual))
            {
                return usual;
            }
        }

        return ErrorClass.Transient;
    }

    /// <summary>The wait after a failed try: exponential, of which a random half is taken off so that tasks that failed together part.</summary>
    /// <param name="tryNumber">The try that failed, from 1.</param>
    /// <param name="seed">Makes the jitter reproducible; the lease token.</param>
    public TimeSpan DelayAfter(int tryNumber, long seed)
    {
        var full = Math.Min(MaxDelay.TotalSeconds, Delay.TotalSeconds * Math.Pow(2, Math.Min(tryNumber - 1, 30)));
        var jitter = new Random((int)(seed % int.MaxValue)).NextDouble();
        return TimeSpan.FromSeconds(full * (1 - (jitter / 2)));
    }
}
