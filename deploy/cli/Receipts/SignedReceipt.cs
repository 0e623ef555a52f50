using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary>
/// A receipt as the gateway sent it, byte for byte. Its last member is the signature; signed are the bytes without that member.
/// A receipt that was formatted anew or saved in another encoding no longer verifies: keep the bytes.
/// </summary>
internal sealed class SignedReceipt
{
    private const string Algorithm = "ecdsa-p256-sha256";

    private static readonly byte[] Member = ",\"signature\":{"u8.ToArray();

    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private SignedReceipt(JsonElement receipt, byte[] signed, string keyId, byte[] signature)
    {
        Receipt = receipt;
        _signed = signed;
        _signature = signature;
        KeyId = keyId;
    }

    /// <summary>What it says.</summary>
    public JsonElement Receipt { get; }

    /// <summary>The key it names.</summary>
    public string KeyId { get; }

    /// <summary>Reads a receipt.</summary>
    /// <exception cref="FormatException">It is no signed receipt; the message says why.</exception>
    public static SignedReceipt Parse(byte[] file)
    {
        // An editor or a shell may have ended the file with a line end.
        var bytes = file.AsSpan().TrimEnd("\r\n"u8);
        JsonElement receipt;
        try
        {
            using var document = JsonDocument.Parse(bytes.ToArray());
            receipt = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new FormatException("This is no JSON document.");
        }

        var at = bytes.LastIndexOf(Member);
        if (at < 0 || receipt.ValueKind != JsonValueKind.Object || !receipt.TryGetProperty("signature", out var signature)
            || Json.Text(signature, "key_id") is not { } keyId || Json.Text(signature, "value") is not { } value || Json.Text(signature, "algorithm") != Algorithm
            || Encoding.UTF8.GetString(bytes[at..]) != $",\"signature\":{{\"key_id\":\"{keyId}\",\"algorithm\":\"{Algorithm}\",\"value\":\"{value}\"}}}}")
        {
            throw new FormatException("This is no receipt with a signature as its last member, byte for byte as the gateway sent it.");
        }

        try
        {
            return new SignedReceipt(receipt, [.. bytes[..at], (byte)'}'], keyId, Convert.FromBase64String(value));
        }
        catch (FormatException)
        {
            throw new FormatException("The signature is no Base64.");
        }
    }

    /// <summary>Whether the signature is that of the receipt.</summary>
    /// <param name="publicKeyPem">The public key.</param>
    /// <exception cref="CryptographicException">It is no public key.</exception>
    public bool Verifies(string publicKeyPem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(publicKeyPem);
        return key.VerifyData(_signed, _signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
