using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Iot;

/// <summary>
/// How a device signs what it sends without sending its key: HMAC-SHA-256 under the SHA-256 of the key, over the Unix time in seconds,
/// a line feed, the device, a line feed and the body as it goes over the wire. In hexadecimal in <c>X-Device-Signature</c>, the time in
/// <c>X-Device-Timestamp</c>. Only the SHA-256 of a key is kept here, so it is what both sides have.
/// </summary>
internal static class DeviceSignature
{
    /// <summary>The header with the signature.</summary>
    public const string Header = "X-Device-Signature";

    /// <summary>The header with the time of signing.</summary>
    public const string TimestampHeader = "X-Device-Timestamp";

    /// <summary>How far the time of signing may be from now: a body that was caught on its way is no good later.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>Whether a request has a signature at all.</summary>
    public static bool IsOn(HttpRequest request) => request.Headers.ContainsKey(Header) || request.Headers.ContainsKey(TimestampHeader);

    /// <summary>Why the signature of a body does not hold; null when it does.</summary>
    public static Problem? Refusal(HttpRequest request, EnrolledDevice device, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var stated = request.Headers[TimestampHeader].ToString();
        var signature = request.Headers[Header].ToString();
        if (stated.Length == 0 || signature.Length == 0)
        {
            return Problem.Of(
                StatusCodes.Status401Unauthorized, "device_signature_missing", "Signature missing", $"Send {TimestampHeader} and {Header}: the device signs each body with its key. Nothing was kept.");
        }

        if (!IsNear(stated, now))
        {
            return Problem.Of(
                StatusCodes.Status401Unauthorized,
                "device_signature_stale",
                "Signature too old",
                string.Create(CultureInfo.InvariantCulture, $"{TimestampHeader} is the Unix time in seconds, at most {Window.TotalMinutes:0} minutes from now ({now.ToUnixTimeSeconds()}). What was signed earlier is not taken again. Nothing was kept."));
        }

        Span<byte> given = stackalloc byte[32];
        if (signature.Length == 64 && Convert.FromHexString(signature, given, out _, out _) == System.Buffers.OperationStatus.Done)
        {
            Span<byte> expected = stackalloc byte[32];
            foreach (var key in device.KeyHashes)
            {
                Sign(key, stated, device.Id, body, expected);
                if (CryptographicOperations.FixedTimeEquals(given, expected))
                {
                    return null;
                }
            }
        }

        return Problem.Of(
            StatusCodes.Status401Unauthorized,
            "device_signature_invalid",
            "Signature not accepted",
            "The signature is not of this body by a key of this device that is live. Nothing was kept.");
    }

    /// <summary>Whether a stated Unix time is near enough.</summary>
    public static bool IsNear(string stated, DateTimeOffset now) =>
        long.TryParse(stated, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && Math.Abs((decimal)seconds - now.ToUnixTimeSeconds()) <= (decimal)Window.TotalSeconds;

    /// <summary>Signs a body.</summary>
    /// <param name="keyHash">SHA-256 of the key, 32 bytes.</param>
    /// <param name="timestamp">Unix time in seconds, as in the header.</param>
    /// <param name="device">The device.</param>
    /// <param name="body">The body as it goes over the wire.</param>
    /// <param name="signature">Takes the 32 bytes.</param>
    public static void Sign(ReadOnlySpan<byte> keyHash, string timestamp, string device, ReadOnlySpan<byte> body, Span<byte> signature)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keyHash);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{timestamp}\n{device}\n"));
        hmac.AppendData(body);
        hmac.GetHashAndReset(signature);
    }
}
