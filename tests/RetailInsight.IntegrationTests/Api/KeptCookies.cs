using System.Net.Http.Json;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Keeps cookies whatever their time: where the clock of the service is behind the client's, a client would throw the session away as expired.</summary>
internal sealed class KeptCookies : DelegatingHandler
{
    private readonly Dictionary<string, string> _cookies = [];

    /// <summary>Signs a person of the test company in.</summary>
    public static async Task<HttpClient> SignInAsync(Uri address, string login)
    {
        var client = new HttpClient(new KeptCookies { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false } }) { BaseAddress = address };
        (await client.PostAsJsonAsync("/v1/session", new { login, password = Company.Password })).EnsureSuccessStatusCode();
        return client;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        var answer = await base.SendAsync(request, cancellationToken);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var pair = cookie.Split(';')[0].Split('=', 2);
            _cookies[pair[0]] = pair[1];
        }

        return answer;
    }
}
