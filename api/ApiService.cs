using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Keys;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Pages;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Api.Tenancy;
using RetailInsight.Api.Webhooks;
using RetailInsight.Core.Ports;
using RetailInsight.Dags;

namespace RetailInsight.Api;

/// <summary>The door of the API room: pages for people and <c>/v1</c> for programs.</summary>
public static class ApiService
{
    /// <summary>
    /// Registers the API. Needs a <see cref="TimeProvider"/>, an <see cref="IParquetWriter"/> and the data sources keyed by <see cref="Core.Tenancy.DatabaseRole"/>.
    /// </summary>
    public static IServiceCollection AddApi(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection("Api").Get<ApiOptions>() ?? new ApiOptions();
        services.AddSingleton(new SqlMigrations("api", 60, typeof(ApiService).Assembly));
        services.AddSingleton(options);
        services.AddSingleton<TenantScope>().AddSingleton<UserDirectory>().AddSingleton<KeyRegister>().AddSingleton<LoginThrottle>();
        services.AddSingleton<StoreRoster>().AddSingleton<MetricCursor>().AddSingleton<MetricQuestion>();
        services.AddWebhooks(configuration);
        services.AddSingleton<ExportRegister>().AddSingleton<ExportWork>().AddHostedService<ExportWorker>();
        services.AddMemoryCache();
        // Safe under TLS: the only secret in a page, the form token, is masked anew for each answer.
        services.AddResponseCompression(compression => compression.EnableForHttps = true);
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "retailinsight.form";
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        AddSessions(services, options);
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = ApiProblem.Complete);
        services.ConfigureHttpJsonOptions(json => MakeStrict(json.SerializerOptions));
        services.AddOpenApi("v1", ApiDocument.Configure);
        return services;
    }

    /// <summary>
    /// Puts the API's middleware and endpoints on an application. Map the operations API after it, so that sessions and error answers hold for it too.
    /// </summary>
    public static WebApplication MapApi(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseResponseCompression();
        app.UseErrorResponses();
        app.UseSecurityHeaders();
        app.UseAuthentication();
        app.UseAuthorization();

        app.MapProbes();
        app.MapOpenApi();
        app.MapSessions();
        app.MapStores();
        app.MapKpis();
        app.MapTargets();
        app.MapMetrics();
        app.MapExports();
        app.MapWebhooks();
        app.MapKeys();
        app.MapPages();
        return app;
    }

    private static void AddSessions(IServiceCollection services, ApiOptions options)
    {
        var keys = services.AddDataProtection().SetApplicationName("RetailInsight");
        _ = options.KeysDirectory is { } directory
            ? keys.PersistKeysToFileSystem(new DirectoryInfo(directory))
            : keys.UseEphemeralDataProtectionProvider();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(SessionCookie.Configure);
        services.AddAuthorizationBuilder().AddPolicy(DagsPolicies.Operate, policy => policy.RequireRole("data_engineer", "admin"))
            .AddPolicy(KeyEndpoints.Policy, policy => policy.RequireRole("head_office", "admin"));
    }

    // The web defaults take unknown and doubled members, numbers as strings and missing members: each hides a caller's mistake.
    private static void MakeStrict(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.PropertyNameCaseInsensitive = false;
        json.MaxDepth = 16;
    }
}
