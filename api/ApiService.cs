using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RetailInsight.Api.Access;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Annotations;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Benchmarks;
using RetailInsight.Api.Calendars;
using RetailInsight.Api.Customers;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Keys;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Morning;
using RetailInsight.Api.Pages;
using RetailInsight.Api.Peers;
using RetailInsight.Api.Predictions;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Products;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Sharing;
using RetailInsight.Api.Similarity;
using RetailInsight.Api.Staff;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Api.Tenancy;
using RetailInsight.Api.VisitorEstimates;
using RetailInsight.Api.Webhooks;
using RetailInsight.Core.Ports;

namespace RetailInsight.Api;

/// <summary>The door of the API room: pages for people and <c>/v1</c> for programs.</summary>
public static class ApiService
{
    private const string TokenOrCookie = "token-or-cookie";

    /// <summary>Bytes; nobody sends this API more than a form or a small document.</summary>
    private const long LargestBody = 1 << 20;

    /// <summary>Bytes of all headers of a request.</summary>
    private const int LargestHeaders = 1 << 15;

    // How slow a client may be: whoever sends or takes less holds a connection others want. Phones on a bad line are far above it.
    private const double SlowestBytesPerSecond = 240;
    private static readonly TimeSpan SlownessForgiven = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan IdleConnection = TimeSpan.FromSeconds(130);

    /// <summary>
    /// Registers the API. Needs a <see cref="TimeProvider"/>, an <see cref="IParquetWriter"/> and the data sources keyed by <see cref="Core.Tenancy.DatabaseRole"/>.
    /// </summary>
    public static IServiceCollection AddApi(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection("Api").Get<ApiOptions>() ?? new ApiOptions();
        // The framework tells of every request with its whole address, and some addresses are secrets: share links, invitations.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning));
        services.AddSingleton(new SqlMigrations("api", 60, typeof(ApiService).Assembly));
        services.AddSingleton(options);
        services.AddSingleton<TenantScope>().AddSingleton<UserDirectory>().AddSingleton<KeyRegister>().AddSingleton<LoginThrottle>();
        services.AddDevices();
        services.AddVisitorEstimates();
        services.AddSingleton<CalendarRegister>().AddSingleton<TargetRegister>().AddSingleton<BenchmarkRegister>().AddSingleton<StaffHoursRegister>().AddSingleton<KeptPages>();
        services.AddSingleton<StoreRoster>().AddSingleton<MetricCursor>().AddSingleton<MetricQuestion>().AddSingleton<FigureAnswers>();
        services.AddWebhooks(configuration);
        services.AddMail(options);
        services.AddAlerts(configuration);
        services.AddSingleton<AnnotationRegister>().AddSingleton<PageSource>();
        services.AddSingleton<ExportRegister>().AddSingleton<ExportWork>().AddHostedService<ExportWorker>();
        services.AddSingleton<AuditLog>().AddSingleton<ChainCheck>().AddSingleton<UserRegister>().AddSingleton<ChangeThrottle>().AddSingleton<IdempotencyKeys>().AddHostedService<ExpiredKeys>();
        services.AddSingleton<MorningRegister>().AddSingleton<MorningRound>().AddHostedService<MorningWorker>();
        services.AddSingleton<ShareRegister>().AddSingleton<ShareThrottle>();
        services.AddMemoryCache();
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.RequestHeadersTimeout = HeadersWithin;
            kestrel.Limits.KeepAliveTimeout = IdleConnection;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(SlowestBytesPerSecond, SlownessForgiven);
            kestrel.Limits.MinResponseDataRate = new MinDataRate(SlowestBytesPerSecond, SlownessForgiven);
            kestrel.Limits.MaxRequestHeadersTotalSize = LargestHeaders;
        });
        // Safe under TLS: the only secret in a page, the form token, is masked anew for each answer.
        services.AddResponseCompression(compression => compression.EnableForHttps = true);
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = SessionCookie.Name(options, "form");
            antiforgery.Cookie.SecurePolicy = options.Https ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.Path = "/";
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        AddSessions(services, options);
        services.AddSingleton<IProblemDetailsWriter, WhateverIsAccepted>();
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = ApiProblem.Complete);
        services.ConfigureHttpJsonOptions(json => MakeStrict(json.SerializerOptions));
        services.AddOpenApi("v1", document =>
        {
            ApiDocument.Configure(document);
            CommonAnswers.Configure(document);
            IdempotentRoutes.Configure(document);
        });
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
        var throttle = app.Services.GetRequiredService<ChangeThrottle>();
        app.Use((context, next) => throttle.InvokeAsync(context, next));
        var keys = app.Services.GetRequiredService<IdempotencyKeys>();
        app.Use((context, next) => keys.InvokeAsync(context, next));

        app.MapProbes();
        app.MapOpenApi().AllowAnonymous();
        app.MapSessions();
        app.MapUsers();
        app.MapAudit();
        app.MapStores();
        app.MapCalendar();
        app.MapKpis();
        app.MapTargets();
        app.MapMonthTargets();
        app.MapForecasts();
        app.MapTargetPolicy();
        app.MapBenchmarks();
        app.MapMetrics();
        app.MapGrowth();
        app.MapDecomposition();
        app.MapProducts();
        app.MapPeers();
        app.MapSimilarity();
        app.MapPredictions();
        app.MapCustomers();
        app.MapStaffHours();
        app.MapExports();
        app.MapWebhooks();
        app.MapAlerts();
        app.MapAnnotations();
        app.MapKeys();
        app.MapDevices();
        app.MapVisitorEstimates();
        app.MapPages();
        return app;
    }

    private static void AddSessions(IServiceCollection services, ApiOptions options)
    {
        var keys = services.AddDataProtection().SetApplicationName("RetailInsight");
        _ = options.KeysDirectory is { } directory
            ? keys.PersistKeysToFileSystem(KeysDirectory.Open(directory))
            : keys.UseEphemeralDataProtectionProvider();
        services.AddAuthentication(TokenOrCookie)
            .AddPolicyScheme(TokenOrCookie, null, choice => choice.ForwardDefaultSelector = context =>
                BearerToken.IsSent(context.Request) ? JwtBearerDefaults.AuthenticationScheme : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(cookies => SessionCookie.Configure(cookies, options))
            .AddJwtBearer(bearer => BearerToken.Configure(bearer, options.Oidc));
        services.AddAuthorization(Permissions.Configure);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuditedDenial>();
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
