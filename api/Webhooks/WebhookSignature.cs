using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RetailInsight.Api.Webhooks;

/// <summary>Secrets and signatures as Standard Webhooks writes them.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32;

    /// <summary>A new secret: <c>whsec_</c> and 32 random bytes in base64.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>One signature a secret, separated by spaces: the receiver needs one that fits.</summary>
    /// <param name="secrets">The secrets that are alive.</param>
    /// <param name="id">Id of the message, the same for every attempt.</param>
    /// <param name="timestamp">Seconds since 1970-01-01T00:00:00Z of this attempt.</param>
    /// <param name="payload">The body as it is sent.</param>
    public static string Of(IEnumerable<string> secrets, string id, long timestamp, string payload) => string.Join(' ', secrets.Select(secret =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(
            Convert.FromBase64String(secret[Prefix.Length..]), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.{payload}"))))));
}
