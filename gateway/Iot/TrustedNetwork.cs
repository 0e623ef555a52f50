using System.Net;
using System.Security.Cryptography;
using System.Text;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Iot;

/// <summary>
/// A network that knows its devices by their SIM and says so in headers of its proxy, so that no credential of ours need lie in a
/// device. What it says counts only on <c>/v1/networks/{name}/device-reports</c>, from its addresses and signed by it.
/// </summary>
public sealed class TrustedNetwork
{
    /// <summary>Its name, as in the address and in <c>tenancy.device</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>The addresses its proxy comes from, in CIDR notation.</summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>The header that names the subscriber, such as an IMSI. Default <c>X-Network-Subscriber</c>.</summary>
    public string SubscriberHeader { get; set; } = "X-Network-Subscriber";

    /// <summary>The header that names the hardware, such as an IMEI. Default <c>X-Network-Equipment</c>.</summary>
    public string EquipmentHeader { get; set; } = "X-Network-Equipment";

    /// <summary>The header with the Unix time in seconds of the proxy's signature. Default <c>X-Network-Timestamp</c>.</summary>
    public string TimestampHeader { get; set; } = "X-Network-Timestamp";

    /// <summary>
    /// The header with the proxy's signature: HMAC-SHA-256 in hexadecimal over time, subscriber and equipment, each followed by a line
    /// feed. Default <c>X-Network-Signature</c>.
    /// </summary>
    public string SignatureHeader { get; set; } = "X-Network-Signature";

    /// <summary>A file with the secret the proxy signs with, at least 32 characters; read with each request, so that it can be exchanged.</summary>
    public string SecretFile { get; set; } = "";

    /// <summary>Whether devices sign their bodies besides. Default true.</summary>
    public bool DevicesSign { get; set; } = true;

    /// <summary>Whether a request names a subscriber.</summary>
    internal bool IsNamedIn(HttpRequest request) => request.Headers.ContainsKey(SubscriberHeader) || request.Headers.ContainsKey(SignatureHeader);

    /// <summary>Why what a request says of its subscriber does not count; null when it does.</summary>
    internal async Task<Problem?> RefusalAsync(HttpContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var request = context.Request;
        if (!IsFromProxy(context.Connection.RemoteIpAddress))
        {
            return Problem.Of(
                StatusCodes.Status403Forbidden, "network_untrusted", "Not the network's proxy", "The request does not come from an address of the network's proxy: what it says of its subscriber does not count. Nothing was kept.");
        }

        var timestamp = request.Headers[TimestampHeader].ToString();
        var signed = $"{timestamp}\n{request.Headers[SubscriberHeader]}\n{request.Headers[EquipmentHeader]}\n";
        var given = request.Headers[SignatureHeader].ToString();
        var secret = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(SecretFile, cancellationToken)).Trim());
        if (!DeviceSignature.IsNear(timestamp, now) || secret.Length < 32 || !IsSignedBy(secret, signed, given))
        {
            return Problem.Of(
                StatusCodes.Status401Unauthorized,
                "network_signature_invalid",
                "Signature of the network not accepted",
                $"{SignatureHeader} is not the network's signature of {TimestampHeader}, {SubscriberHeader} and {EquipmentHeader}, or older than {DeviceSignature.Window.TotalMinutes:0} minutes. Nothing was kept.");
        }

        return null;
    }

    private bool IsFromProxy(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
        {
            address = address.MapToIPv4();
        }

        return address is not null && Addresses.Any(range => IPNetwork.TryParse(range, out var network) && network.Contains(address));
    }

    private static bool IsSignedBy(byte[] secret, string signed, string given)
    {
        Span<byte> signature = stackalloc byte[32];
        return given.Length == 64 && Convert.FromHexString(given, signature, out _, out _) == System.Buffers.OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(signature, HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(signed)));
    }
}
