using RetailInsight.GoogleFakes.BigQuery;
using RetailInsight.GoogleFakes.Faults;
using RetailInsight.GoogleFakes.PubSub;
using RetailInsight.GoogleFakes.Storage;

namespace RetailInsight.GoogleFakes;

/// <summary>
/// Pub/Sub, Cloud Storage and BigQuery on one loopback port, with what they keep in a directory: for tests, and to try the
/// cloud setting without a cloud. Nothing here is fit to hold data anybody cares for.
/// </summary>
internal sealed class FakeGoogle : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeGoogle(WebApplication app, FaultPlan faults, FakeBigQuery bigQuery, PubSubFaults pubSubFaults)
    {
        _app = app;
        Faults = faults;
        BigQuery = bigQuery;
        PubSubFaults = pubSubFaults;
    }

    /// <summary>BigQuery.</summary>
    public FakeBigQuery BigQuery { get; }

    /// <summary>What goes wrong, and what was asked.</summary>
    public FaultPlan Faults { get; }

    /// <summary>What goes wrong inside Pub/Sub.</summary>
    public PubSubFaults PubSubFaults { get; }

    /// <summary>Root address of all three APIs: <c>http://127.0.0.1:PORT</c>.</summary>
    public string Address => _app.Urls.Single();

    /// <summary>Starts on a port (0 = any free one); Pub/Sub's deadlines go by the clock.</summary>
    public static async Task<FakeGoogle> StartAsync(string directory, int port = 0, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}").ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        Directory.CreateDirectory(directory);

        var app = builder.Build();
        var faults = new FaultPlan();
        app.UseFaults(faults);
        app.MapGet("/healthz", () => "ok");
        var bigQuery = FakeBigQuery.Map(app, Path.Combine(directory, "bigquery"));
        app.MapStorage(new StorageDirectory(Path.Combine(directory, "storage"), TimeProvider.System));
        var pubSub = app.MapPubSub(new PubSubState(clock ?? TimeProvider.System));
        await app.StartAsync();
        return new FakeGoogle(app, faults, bigQuery, pubSub.Faults);
    }

    /// <summary>Waits until the process is asked to stop.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        BigQuery.Dispose();
    }
}
