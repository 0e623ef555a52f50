using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using RetailInsight.Core.Tenancy;
using RetailInsight.IntegrationTests;
using RetailInsight.IntegrationTests.Api;
using RetailInsight.Ml.Similarity;

namespace RetailInsight.BrowserTests;

/// <summary>
/// What every test here looks at: one company, the API over it at twenty past two on a trading Sunday, and one Chromium. A second
/// instance runs on the machine's clock for signing in with the browser, which would throw a cookie of last year away.
/// </summary>
[CollectionDefinition(Collection)]
public sealed class Site : IAsyncLifetime, ICollectionFixture<Site>
{
    public const string Collection = "browser";

    private static readonly Dictionary<string, string?> Settings = new() { ["Api:LoginAttemptsPerMinute"] = "10000", ["Api:ChangesPerMinute"] = "10000" };

    private readonly PostgresFixture _postgres = new();
    private readonly Dictionary<string, Cookie> _sessions = [];
    private readonly List<WebApplication> _apps = [];
    private IPlaywright _playwright = null!;

    /// <summary>The database behind it.</summary>
    public TestDatabase Database { get; private set; } = null!;

    /// <summary>The browser.</summary>
    public IBrowser Browser { get; private set; } = null!;

    /// <summary>The API at the moment of <see cref="CompanyOfThePages.Now"/>.</summary>
    public WebApplication App => _apps[0];

    /// <summary>Where it listens.</summary>
    public Uri Address => ApiHost.AddressOf(App);

    /// <summary>Where the instance on the machine's clock listens.</summary>
    public Uri AddressOnTheClock => ApiHost.AddressOf(_apps[1]);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var driver = Microsoft.Playwright.Playwright.CreateAsync();
        await _postgres.InitializeAsync();
        Database = await _postgres.CreateDatabaseAsync();
        await Company.FoundAsync(Database.Job);
        await CompanyOfThePages.CompleteAsync(Database.Job);
        _apps.Add(await ApiHost.StartAsync(
            Database, Settings, arrange: services => PartitionsOfThePages.Dags.ToList().ForEach(dag => services.AddSingleton(dag)), clock: new RunningClock(CompanyOfThePages.Now)));
        _apps.Add(await ApiHost.StartAsync(Database, Settings));
        await RunsOfThePages.MakeAsync(Database, App.Services);
        await PartitionsOfThePages.MakeAsync(Database);
        await StoresOfThreeKinds.FoundAsync(Database.Job, App.Services.GetRequiredService<StoreSimilarity>());
        await ModelsOfACompany.RegisterAsync(Database.Job, "aoba");
        await CompaniesThatShare.FoundAsync(Database.Job);
        await CompaniesThatShare.PublishAsync(Database.Job, CompaniesThatShare.Published);
        _playwright = await driver;
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium(),
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"],
        });
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        await Database.DisposeAsync();
    }

    /// <summary>A browser window of somebody who is signed in; null for a stranger. Close it.</summary>
    public async Task<IBrowserContext> OpenAsync(string? login, int width = 390, int height = 844, bool script = true, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            JavaScriptEnabled = script,
            ColorScheme = scheme,
            Locale = "ja-JP",
            TimezoneId = "Asia/Tokyo",
        });
        context.SetDefaultTimeout(20_000);
        if (login is not null)
        {
            await context.AddCookiesAsync([await SessionAsync(login)]);
        }

        return context;
    }

    /// <summary>A client with the session of somebody.</summary>
    public async Task<HttpClient> ClientAsync(string? login)
    {
        var client = ApiHost.Client(Address);
        if (login is not null)
        {
            var session = await SessionAsync(login);
            client.DefaultRequestHeaders.Add("Cookie", $"{session.Name}={session.Value}");
        }

        return client;
    }

    /// <summary>An instance whose pages find no database, though people can sign in.</summary>
    public async Task<WebApplication> WithoutFiguresAsync()
    {
        var nowhere = Npgsql.NpgsqlDataSource.Create("Host=127.0.0.1;Port=9;Username=retail_app;Database=none;Timeout=1");
        return await ApiHost.StartAsync(Database, Settings, arrange: services => services.AddKeyedSingleton(DatabaseRole.App, nowhere), clock: new RunningClock(CompanyOfThePages.Now));
    }

    /// <summary>A session of the API at an address, as the browser keeps it until it is closed.</summary>
    public static async Task<Cookie> SignInAsync(Uri address, string login)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = address };
        var answer = await client.PostAsJsonAsync("/v1/session", new { login, password = Company.Password });
        answer.EnsureSuccessStatusCode();
        var pair = answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("retailinsight.session=", StringComparison.Ordinal)).Split(';')[0].Split('=', 2);
        return new Cookie { Name = pair[0], Value = pair[1], Url = address.ToString() };
    }

    private async Task<Cookie> SessionAsync(string login)
    {
        if (!_sessions.TryGetValue(login, out var session))
        {
            session = await SignInAsync(Address, login);
            _sessions[login] = session;
        }

        return session;
    }

    private static string Chromium() => new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("These tests need Chromium: apt-get install chromium fonts-noto-cjk");

    // Starts at a moment and runs on from there.
    private sealed class RunningClock(DateTimeOffset start) : TimeProvider
    {
        private readonly long _since = System.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => (start + System.GetElapsedTime(_since)).ToUniversalTime();
    }
}
