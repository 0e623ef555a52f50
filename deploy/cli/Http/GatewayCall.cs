using System.Net.Http.Json;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary>Calls of the gateway that may be repeated and are answered with a JSON object.</summary>
internal static class GatewayCall
{
    /// <summary>Sends a request.</summary>
    /// <exception cref="CommandFailure">The gateway refused or did not answer.</exception>
    public static async Task<JsonElement> SendAsync(
        RetryingClient client, Connection connection, string key, HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(
            () =>
            {
                var request = RetryingClient.Request(method, new Uri(connection.Gateway, path), key);
                request.Content = body is null ? null : JsonContent.Create(body, options: Json.Options);
                return request;
            },
            cancellationToken);
        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
        return await RetryingClient.ReadJsonAsync(response, cancellationToken);
    }

    /// <summary>The key of a feed, or the only one there is: what is asked for is of one tenant.</summary>
    /// <exception cref="CommandFailure">There is none, or several.</exception>
    public static string KeyOf(Connection connection, string? feed)
    {
        if (feed is not null)
        {
            return connection.KeyFor(feed);
        }

        var keys = connection.AllKeys();
        return keys.Count == 1 ? keys[0].Key : throw CommandFailure.Usage("Several keys are known: choose one with --key, or with --feed where the command has it.");
    }
}
