using RetailInsight.GoogleFakes.BigQuery.Http;
using RetailInsight.GoogleFakes.BigQuery.Jobs;

namespace RetailInsight.GoogleFakes.BigQuery;

/// <summary>
/// BigQuery's REST API v2 over a DuckDB file. Queries are GoogleSQL, translated statement by statement; what is not
/// understood is refused as BigQuery refuses a wrong query.
/// </summary>
internal sealed class FakeBigQuery : IDisposable
{
    private readonly DuckStore _store;
    private readonly JobRunner _jobs;

    private FakeBigQuery(DuckStore store, JobRunner jobs, BigQuerySettings settings)
    {
        _store = store;
        _jobs = jobs;
        Settings = settings;
    }

    /// <summary>What a test may turn.</summary>
    public BigQuerySettings Settings { get; }

    /// <summary>Adds the API to a server; its database lies in the directory.</summary>
    public static FakeBigQuery Map(WebApplication app, string directory, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        var settings = new BigQuerySettings { OpenObject = new StoredObjects(app).OpenAsync };
        var store = new DuckStore(directory);
        var catalog = new Catalog(store, clock);
        var jobs = new JobRunner(store, catalog, settings, clock);
        var routes = new Routes(app);
        DatasetRoutes.Map(routes, catalog);
        TableRoutes.Map(routes, catalog, store);
        TableDataRoutes.Map(routes, catalog, store, clock);
        JobRoutes.Map(routes, jobs);
        QueryRoutes.Map(routes, jobs, store);
        UploadRoutes.Map(app, jobs);
        return new FakeBigQuery(store, jobs, settings);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _jobs.Dispose();
        _store.Dispose();
    }
}
