using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary>
/// HTTP with patience: an unreachable server, 408, 429 and 5xx are tried again with growing pauses, or after the pause the
/// server asks for. Pauses vary at random, so that tools which failed together do not come back together. Only for requests
/// that may be repeated.
/// </summary>
internal sealed class RetryingClient : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly int _attempts;

    /// <param name="clock">Clock of the pauses.</param>
    /// <param name="retries">How many times to try again; null for ever.</param>
    /// <param name="timeout">Of one try.</param>
    public RetryingClient(TimeProvider clock, int? retries, TimeSpan timeout)
    {
        _clock = clock;
        _attempts = retries + 1 ?? int.MaxValue;
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AutomaticDecompression = DecompressionMethods.All, CookieContainer = new CookieContainer() };
        _http = new HttpClient(handler) { Timeout = timeout };
    }

    /// <summary>Sends until there is an answer worth having.</summary>
    /// <param name="create">Makes the request anew for each try.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandFailure">No answer after the last try.</exception>
    public Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> create, CancellationToken cancellationToken) => SendAsync(create, _attempts, HttpCompletionOption.ResponseContentRead, cancellationToken);

    /// <summary>Likewise, and hands the answer on as soon as it begins: for one that need not fit in memory. What breaks off later is not tried again.</summary>
    /// <exception cref="CommandFailure">No answer after the last try.</exception>
    public Task<HttpResponseMessage> StreamAsync(Func<HttpRequestMessage> create, CancellationToken cancellationToken) =>
        SendAsync(create, _attempts, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>Sends once: for a request that may not be repeated.</summary>
    /// <exception cref="CommandFailure">No answer.</exception>
    public Task<HttpResponseMessage> SendOnceAsync(Func<HttpRequestMessage> create, CancellationToken cancellationToken) => SendAsync(create, 1, HttpCompletionOption.ResponseContentRead, cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> create, int attempts, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = create();
            var pause = Varied(TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(attempt - 1, 10), LongestPause.Ticks)));
            try
            {
                var response = await _http.SendAsync(request, completion, cancellationToken);
                var asked = PauseAskedBy(response);
                if (!IsTransient(response.StatusCode) || attempt == attempts || (asked > LongestPause && attempts != int.MaxValue))
                {
                    return response;
                }

                pause = asked ?? pause;
                response.Dispose();
            }
            catch (Exception problem) when (problem is HttpRequestException or IOException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (attempt == attempts)
                {
                    throw NoAnswer(request.RequestUri!, problem);
                }
            }

            await Task.Delay(pause, _clock, cancellationToken);
        }
    }

    /// <summary>GETs every page of a list that hands on a <c>next_cursor</c>.</summary>
    /// <exception cref="CommandFailure">The server refused or did not answer.</exception>
    public async IAsyncEnumerable<JsonElement> PagesAsync(Uri first, string? key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var address = first;
        string? cursor = null;
        do
        {
            var page = await GetAsync(address, key, cancellationToken);
            yield return page;
            var next = Json.Text(page, "next_cursor");
            if (next is not null && next == cursor)
            {
                throw new CommandFailure(ExitCode.NoAnswer, new ServerProblem(null, "Not understood", $"{address} gave the same cursor twice.", null, null));
            }

            cursor = next;
            address = new Uri($"{first}{(first.Query.Length == 0 ? "?" : "&")}cursor={Uri.EscapeDataString(cursor ?? "")}");
        }
        while (cursor is not null);
    }

    /// <summary>A request with the bearer key, when there is one.</summary>
    public static HttpRequestMessage Request(HttpMethod method, Uri address, string? key)
    {
        var request = new HttpRequestMessage(method, address);
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        return request;
    }

    /// <summary>Reads an answer that has to be a JSON object.</summary>
    /// <exception cref="CommandFailure">It is something else.</exception>
    public static Task<JsonElement> ReadJsonAsync(HttpResponseMessage response, CancellationToken cancellationToken) => ReadJsonAsync(response, JsonValueKind.Object, cancellationToken);

    /// <summary>Reads an answer that has to be JSON of one kind.</summary>
    /// <exception cref="CommandFailure">It is something else.</exception>
    public static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response, JsonValueKind kind, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == kind)
            {
                return document.RootElement.Clone();
            }
        }
        catch (JsonException)
        {
            // Reported below with the address that gave it.
        }

        throw new CommandFailure(ExitCode.NoAnswer, new ServerProblem(
            (int)response.StatusCode, "Not understood", $"{response.RequestMessage!.RequestUri} answered with something that is no JSON {kind switch { JsonValueKind.Array => "array", _ => "object" }}. Is the address right?", null, null));
    }

    /// <exception cref="CommandFailure">The answer is no success.</exception>
    public static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var exitCode = (int)response.StatusCode >= 500 || IsTransient(response.StatusCode) ? ExitCode.NoAnswer : ExitCode.NeedsAttention;
            throw new CommandFailure(exitCode, await ServerProblem.ReadAsync(response, cancellationToken));
        }
    }

    /// <summary>The pause the server asks for, when it does.</summary>
    public TimeSpan? PauseAskedBy(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        var pause = asked?.Delta ?? (asked?.Date is { } date ? date - _clock.GetUtcNow() : null);
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause;
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> GetAsync(Uri address, string? key, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(() => Request(HttpMethod.Get, address, key), cancellationToken);
        await ThrowIfRefusedAsync(response, cancellationToken);
        return await ReadJsonAsync(response, cancellationToken);
    }

    private static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    // Between half of it and all of it.
    private static TimeSpan Varied(TimeSpan pause) => pause * (RandomNumberGenerator.GetInt32(500, 1_001) / 1_000d);

    private static CommandFailure NoAnswer(Uri address, Exception problem) => new(ExitCode.NoAnswer, new ServerProblem(
        null, "No answer", $"{address.GetLeftPart(UriPartial.Authority)}: {(problem is OperationCanceledException ? "timed out" : problem.Message)}. Running the command again is safe.", null, null));
}
