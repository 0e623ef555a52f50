using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary>Calls of the API by somebody who has signed in.</summary>
internal static class ApiCall
{
    /// <summary>Reads a JSON object.</summary>
    /// <exception cref="CommandFailure">The API refused or did not answer.</exception>
    public static Task<JsonElement> GetAsync(RetryingClient client, Connection connection, string path, CancellationToken cancellationToken) =>
        GetAsync(client, connection, path, JsonValueKind.Object, cancellationToken);

    /// <summary>Reads a JSON array.</summary>
    /// <exception cref="CommandFailure">The API refused or did not answer.</exception>
    public static Task<JsonElement> ListAsync(RetryingClient client, Connection connection, string path, CancellationToken cancellationToken) =>
        GetAsync(client, connection, path, JsonValueKind.Array, cancellationToken);

    /// <summary>Has something done once, however often it has to be asked for.</summary>
    /// <exception cref="CommandFailure">The API refused or did not answer.</exception>
    public static async Task<JsonElement> PostAsync(RetryingClient client, Connection connection, string path, object body, CancellationToken cancellationToken)
    {
        using var response = await PostOnceAsync(client, connection, path, body, cancellationToken);
        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
        return await RetryingClient.ReadJsonAsync(response, cancellationToken);
    }

    /// <summary>Likewise, and hands on whatever was answered.</summary>
    /// <exception cref="CommandFailure">The API did not answer.</exception>
    public static Task<HttpResponseMessage> PostOnceAsync(RetryingClient client, Connection connection, string path, object body, CancellationToken cancellationToken)
    {
        var key = RandomNumberGenerator.GetHexString(32, lowercase: true);
        return client.SendAsync(
            () =>
            {
                var request = RetryingClient.Request(HttpMethod.Post, new Uri(connection.Api, path), null);
                request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
                request.Content = JsonContent.Create(body, options: Json.Options);
                return request;
            },
            cancellationToken);
    }

    /// <summary>An address with the parameters that are stated.</summary>
    public static string Address(string path, params IEnumerable<(string Name, object? Value)> parameters)
    {
        var stated = parameters.Where(one => one.Value is not null).Select(one => $"{one.Name}={Uri.EscapeDataString(Convert.ToString(one.Value, System.Globalization.CultureInfo.InvariantCulture)!)}").ToList();
        return stated.Count == 0 ? path : $"{path}?{string.Join('&', stated)}";
    }

    private static async Task<JsonElement> GetAsync(RetryingClient client, Connection connection, string path, JsonValueKind kind, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(() => RetryingClient.Request(HttpMethod.Get, new Uri(connection.Api, path), null), cancellationToken);
        await RetryingClient.ThrowIfRefusedAsync(response, cancellationToken);
        return await RetryingClient.ReadJsonAsync(response, kind, cancellationToken);
    }
}
