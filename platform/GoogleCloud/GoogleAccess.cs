using System.Net;
using System.Net.Http.Headers;
using Google.Apis.Auth.OAuth2;

namespace RetailInsight.Platform.GoogleCloud;

/// <summary>Puts an access token on every request; after a 401 a fresh one, once.</summary>
internal sealed class GoogleAccess : DelegatingHandler
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private readonly Lazy<Task<GoogleCredential>> _credential;

    /// <param name="credentialsFile">Credentials file; empty for application default credentials.</param>
    /// <param name="inner">Sends.</param>
    public GoogleAccess(string credentialsFile, HttpMessageHandler inner)
        : base(inner) => _credential = new(() => FindAsync(credentialsFile));

    /// <summary>
    /// A client for one API. Requests to a plain-http endpoint (an emulator) carry a fixed token that means nothing: real
    /// credentials never travel unencrypted.
    /// </summary>
    public static HttpClient Client(Uri endpoint, GoogleCloudOptions options)
    {
        var sockets = new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AutomaticDecompression = DecompressionMethods.None,
        };
        HttpMessageHandler handler = endpoint.Scheme == Uri.UriSchemeHttps ? new GoogleAccess(options.CredentialsFile, sockets) : sockets;
        var client = new HttpClient(handler) { BaseAddress = endpoint, Timeout = Timeout.InfiniteTimeSpan };
        if (endpoint.Scheme == Uri.UriSchemeHttp)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "emulator");
        }

        client.DefaultRequestHeaders.UserAgent.ParseAdd("retailinsight");
        return client;
    }

    /// <summary>The endpoint configured, else the one the emulator variable names, else Google's.</summary>
    public static Uri Endpoint(string configured, string emulatorVariable, string google)
    {
        var address = configured.Length > 0 ? configured : Environment.GetEnvironmentVariable(emulatorVariable) ?? "";
        address = address.Length == 0 ? google : address;
        return new Uri((address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address).TrimEnd('/') + "/");
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var credential = await _credential.Value.WaitAsync(cancellationToken);
        request.Headers.Authorization = new("Bearer", await ((ITokenAccess)credential).GetAccessTokenForRequestAsync(cancellationToken: cancellationToken));
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized || credential.UnderlyingCredential is not ServiceCredential service
            || request.Content is StreamContent || !await service.RequestAccessTokenAsync(cancellationToken))
        {
            return response;
        }

        response.Dispose();
        request.Headers.Authorization = new("Bearer", service.Token.AccessToken);
        return await base.SendAsync(request, cancellationToken);
    }

    private static async Task<GoogleCredential> FindAsync(string credentialsFile)
    {
        var credential = credentialsFile.Length > 0
            ? await CredentialFactory.FromFileAsync<GoogleCredential>(credentialsFile, CancellationToken.None)
            : await GoogleCredential.GetApplicationDefaultAsync(CancellationToken.None);
        return credential.IsCreateScopedRequired ? credential.CreateScoped(Scope) : credential;
    }
}
