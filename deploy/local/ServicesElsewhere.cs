using System.Globalization;
using System.Net;
using RetailInsight.Platform.Postgres;

namespace RetailInsight.Local;

/// <summary>The four services as processes of their own: what they need to know, and whether they are there.</summary>
internal static class ServicesElsewhere
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Writes <c>services.env</c>: the database's address as the services' environment variables, one a line.</summary>
    public static async Task WriteEnvironmentAsync(LocalOptions options, PostgresOptions postgres, CancellationToken cancellationToken)
    {
        var path = Path.Combine(options.Home, "services.env");
        string[] lines =
        [
            $"Platform__Postgres__Host={postgres.Host}",
            string.Create(CultureInfo.InvariantCulture, $"Platform__Postgres__Port={postgres.Port}"),
            $"Platform__Postgres__Database={postgres.Database}",
        ];
        await File.WriteAllLinesAsync(path + ".new", lines, cancellationToken);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Waits until gateway and API answer that they are ready.</summary>
    public static async Task UntilReadyAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = AnswerTimeout };
        foreach (var address in (string[])[options.GatewayAddress, options.ApiAddress])
        {
            while (!await IsReadyAsync(client, address, cancellationToken))
            {
                await Task.Delay(Poll, cancellationToken);
            }
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, string address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(address + "/readyz"), cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
