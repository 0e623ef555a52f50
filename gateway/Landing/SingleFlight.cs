using System.Collections.Concurrent;

namespace RetailInsight.Gateway.Landing;

/// <summary>Lets one task at a time work on a key; whoever asks meanwhile gets the result of that task.</summary>
internal sealed class SingleFlight<TKey, TResult>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TResult>>> _running = new();

    /// <summary>Runs <paramref name="work"/>, or joins the run in progress.</summary>
    /// <returns>The result, and whether it came from a run this caller joined.</returns>
    public async Task<(TResult Result, bool Joined)> RunAsync(TKey key, Func<Task<TResult>> work)
    {
        var mine = new Lazy<Task<TResult>>(work);
        var running = _running.GetOrAdd(key, mine);
        try
        {
            return (await running.Value, !ReferenceEquals(running, mine));
        }
        finally
        {
            if (ReferenceEquals(running, mine))
            {
                _running.TryRemove(KeyValuePair.Create(key, mine));
            }
        }
    }
}
