using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Api.Webhooks;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// Companies, database and API of the test's own, where it may change and try as much as it likes: no throttle holds it up, and every name of a
/// webhook's host is found at a public address.
/// </summary>
public abstract class OwnCompanyTests(ApiHost host) : IAsyncLifetime
{
    private WebApplication _app = null!;

    /// <summary>The host all tests share.</summary>
    protected ApiHost Shared => host;

    /// <summary>The API's services.</summary>
    protected IServiceProvider Services => _app.Services;

    /// <summary>Where the API listens.</summary>
    protected Uri Address => ApiHost.AddressOf(_app);

    /// <summary>The database behind it.</summary>
    protected TestDatabase Database { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(Database.Job);
        await using (var feeds = Database.Owner.CreateCommand("INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('aoba', 'vendor-a', 'vendor-a', 'vendor-a') ON CONFLICT DO NOTHING"))
        {
            await feeds.ExecuteNonQueryAsync();
        }

        _app = await ApiHost.StartAsync(
            Database, new() { ["Api:LoginAttemptsPerMinute"] = "100000", ["Api:ChangesPerMinute"] = "1000000" },
            arrange: services => services.AddSingleton(new HostLookup((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34")]))));
    }

    public virtual async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await Database.DisposeAsync();
    }

    protected Task<HttpClient> SignInAsync(string login) => ApiHost.SignInAsync(Address, login);
}
