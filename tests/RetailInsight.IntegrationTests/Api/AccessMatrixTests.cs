using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Api.Access;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// Who gets past the door of which endpoint, asked over HTTP and compared with <c>AccessMatrix.txt</c>. An endpoint that is new or has
/// changed its door fails here until the file says so: run with RETAILINSIGHT_WRITE_GOLDEN=1 and review the difference.
/// </summary>
[Collection(ApiCollections.Hardening)]
public sealed class AccessMatrixTests(ApiHost host) : IAsyncLifetime
{
    private const string File = "tests/RetailInsight.IntegrationTests/Api/AccessMatrix.txt";

    private static readonly (string Column, string? Login)[] People =
    [
        ("nobody", null), ("vendor", "supplier"), ("store_manager", "shibuya"), ("area_manager", "kanto"), ("head_office", "honbu"), ("data_engineer", "engineer"), ("admin", "administrator"),
    ];

    private WebApplication _app = null!;

    public async Task InitializeAsync() =>
        _app = await ApiHost.StartAsync(host.Database, new() { ["Api:LoginAttemptsPerMinute"] = "10000", ["Api:ChangesPerMinute"] = "10000" });

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Fact]
    public async Task Each_role_gets_past_the_doors_the_file_says_and_no_other()
    {
        var cookies = new Dictionary<string, string?>();
        foreach (var (column, login) in People)
        {
            cookies[column] = login is null ? null : await CookieAsync(login);
        }

        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = ApiHost.AddressOf(_app) };
        var matrix = new StringBuilder("# Who gets past the door of an endpoint: yes, 401 and 403 as they are, login = sent to the login page. What a person then sees is\n# checked store by store. Written with RETAILINSIGHT_WRITE_GOLDEN=1.\n");
        foreach (var (method, path) in Routes())
        {
            var doors = new List<string>();
            foreach (var (column, login) in People)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]*\}", "1"));
                request.Content = method is "POST" or "PUT" ? JsonContent.Create(new { }) : null;
                if (cookies[column] is { } cookie)
                {
                    request.Headers.TryAddWithoutValidation("Cookie", cookie);
                }

                using var answer = await client.SendAsync(request);
                Assert.All(["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cache-Control"], header => Assert.True(answer.Headers.Contains(header), $"{method} {path} as {column} has no {header}"));
                doors.Add($"{column}=" + answer.StatusCode switch
                {
                    HttpStatusCode.Unauthorized => "401",
                    HttpStatusCode.Forbidden => "403",
                    HttpStatusCode.Redirect when answer.Headers.Location!.OriginalString.Contains("/login?", StringComparison.Ordinal) => "login",
                    _ => "yes",
                });
                if (path == "/v1/sessions" && login is not null)
                {
                    cookies[column] = await CookieAsync(login);
                }
            }

            matrix.Append(method).Append(' ').Append(path).Append(": ").AppendJoin(' ', doors).Append('\n');
        }

        var file = System.IO.Path.Combine(typeof(PostgresFixture).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!, File);
        if (Environment.GetEnvironmentVariable("RETAILINSIGHT_WRITE_GOLDEN") == "1")
        {
            await System.IO.File.WriteAllTextAsync(file, matrix.ToString());
        }

        Assert.Equal(await System.IO.File.ReadAllTextAsync(file), matrix.ToString());
    }

    [Fact]
    public void Every_endpoint_says_who_may_use_it() => Assert.DoesNotContain(
        Endpoints(), endpoint => !endpoint.Metadata.OfType<IAuthorizeData>().Any() && !endpoint.Metadata.OfType<IAllowAnonymous>().Any());

    [Fact]
    public void Whatever_a_signed_in_person_writes_is_counted_so_that_nobody_does_it_without_end()
    {
        // A question with a long body writes nothing; whoever takes away, signs out or says that an alert is seen can do so only as often as there is something.
        string[] uncounted = ["DELETE /v1/alerts/rules/{ruleId}", "DELETE /v1/annotations/{annotationId}", "DELETE /v1/sessions", "POST /v1/alerts/{alertId}/acknowledge", "POST /v1/metrics/query", "POST /v1/predict/{model}"];
        Assert.Equal(uncounted, Routes(endpoint => !endpoint.Metadata.OfType<IAllowAnonymous>().Any()).Where(route => route.Method != "GET")
            .Where(route => !Endpoints().Any(endpoint => Address(endpoint) == route.Path && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains(route.Method)
                && ChangeThrottle.Counts(endpoint.Metadata, route.Method)))
            .Select(route => $"{route.Method} {route.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_document_lists_every_address_of_programs_there_is_and_no_other()
    {
        using var client = host.Stranger();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var documented = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}")).Order(StringComparer.Ordinal);
        var mapped = Routes().Where(route => route.Path.StartsWith("/v1", StringComparison.Ordinal) || route.Path is "/healthz" or "/readyz").Select(route => $"{route.Method} {route.Path}").Order(StringComparer.Ordinal);
        Assert.Equal(mapped, documented);
        Assert.All(document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()), operation =>
        {
            Assert.True(operation.Value.TryGetProperty("summary", out _) && operation.Value.TryGetProperty("operationId", out _));
            Assert.All(operation.Value.GetProperty("responses").EnumerateObject().Where(answer => answer.Name[0] is '4' or '5'),
                answer => Assert.True(answer.Value.GetProperty("content").TryGetProperty("application/problem+json", out _), operation.Value.GetProperty("operationId").GetString()));
        });
    }

    private IEnumerable<RouteEndpoint> Endpoints() => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is not null);

    private IEnumerable<(string Method, string Path)> Routes(Func<RouteEndpoint, bool>? which = null) => Endpoints().Where(which ?? (_ => true))
        .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods, (endpoint, method) => (method, Address(endpoint))).Distinct()
        .OrderBy(route => route.Item2, StringComparer.Ordinal).ThenBy(route => route.method, StringComparer.Ordinal);

    private static string Address(RouteEndpoint endpoint) =>
        System.Text.RegularExpressions.Regex.Replace("/" + endpoint.RoutePattern.RawText!.Trim('/'), @"\{(\w+)[:=?][^}]*\}", "{$1}");

    private async Task<string> CookieAsync(string login)
    {
        using var client = ApiHost.Client(ApiHost.AddressOf(_app));
        var answer = await client.PostAsJsonAsync("/v1/session", new { login, password = Company.Password });
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }
}
