using Dapper;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Dags.Definitions;

/// <summary>
/// Every night, as of the latest trading day of each tenant: customers by recency, frequency and money over a year, and items bought
/// together over four weeks. They read long windows, so they do not run with every delivery. Results older than five weeks go.
/// </summary>
internal static class CustomersAndBaskets
{
    private const int KeptDays = 35;

    private static readonly RetryPolicy Retry = ModelTask.Retry with { MaxTries = 5 };

    public static Dag Define(IServiceProvider services) => new("customers_and_baskets",
    [
        Model(services, "customer_rfm", 364),
        Model(services, "basket_pair", 27),
        new DagTask("forget_old", (context, _) => Task.FromResult(new TaskOutput(
            (publication, cancellationToken) => ForgetAsync(context.Day, publication.Connection, publication.Transaction, cancellationToken))))
        {
            Upstreams = ["customer_rfm", "basket_pair"],
            Retry = Retry,
        },
    ])
    {
        Schedule = new CronSchedule("15 5 * * *", "Asia/Tokyo")
        {
            Runs = (connection, transaction, cancellationToken) => TradingDays.LatestAsync(connection, transaction, 1, cancellationToken),
        },
        MaxActiveRuns = 1,
        Deadline = TimeSpan.FromHours(3),
    };

    private static DagTask Model(IServiceProvider services, string name, int daysBefore) =>
        new(name, (context, cancellationToken) => ModelTask.StageAsync(services, context, [name], cancellationToken))
        {
            Needs = DagTask.Warehouse,
            Pool = DagTask.Warehouse,
            Produces = ModelTask.Asset(services, name, [name], new AssetInput(Datasets.PosTransaction, daysBefore)),
            Retry = Retry,
            Timeout = TimeSpan.FromMinutes(30),
        };

    // Of the changes only those go that every delivery of a running day makes: what came late or was corrected stays explained.
    private static Task<int> ForgetAsync(DayPartition day, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM mart.customer_rfm WHERE tenant = @Tenant AND business_date < @Before;
            DELETE FROM mart.basket_pair WHERE tenant = @Tenant AND business_date < @Before;
            DELETE FROM mart.kpi_change WHERE tenant = @Tenant AND business_date < @Before AND reason = 'new_data'
            """,
            new { day.Tenant, Before = day.BusinessDate.AddDays(-KeptDays) },
            transaction,
            cancellationToken: cancellationToken));
}
