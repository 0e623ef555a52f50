using System.Security.Cryptography;
using System.Text;

namespace RetailInsight.Gateway.Receipts;

/// <summary>
/// A key at work. A signed receipt is the receipt's JSON with a last member <c>signature</c>; signed are the UTF-8 bytes of the
/// receipt without it. ECDSA over P-256 with SHA-256, DER, so that openssl verifies it as it is.
/// </summary>
internal sealed class ReceiptSigningKey
{
    /// <summary>The algorithm as receipts and the list of keys name it.</summary>
    public const string Algorithm = "ecdsa-p256-sha256";

    private readonly ECDsa _key;
    private readonly Lock _lock = new();
    private readonly string _member;

    private ReceiptSigningKey(ECDsa key)
    {
        _key = key;
        PublicKey = key.ExportSubjectPublicKeyInfo();
        Id = IdOf(PublicKey);
        _member = $",\"signature\":{{\"key_id\":\"{Id}\",\"algorithm\":\"{Algorithm}\",\"value\":\"";
    }

    /// <summary>16 hexadecimal digits: the beginning of the public key's SHA-256.</summary>
    public string Id { get; }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public byte[] PublicKey { get; }

    /// <summary>A new key from the system's generator.</summary>
    public static ReceiptSigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A key that was stored.</summary>
    /// <param name="privateKey">PKCS#8, DER.</param>
    /// <exception cref="CryptographicException">It is no such key.</exception>
    public static ReceiptSigningKey Import(byte[] privateKey)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        return new ReceiptSigningKey(key);
    }

    /// <summary>The private half for its one table: PKCS#8, DER.</summary>
    public byte[] ExportPrivateKey() => _key.ExportPkcs8PrivateKey();

    /// <summary>Signs a receipt.</summary>
    /// <param name="receipt">The receipt's JSON without a signature.</param>
    /// <returns>The receipt with it. Two signatures of one receipt differ, so the first one is stored and goes out.</returns>
    public string Sign(string receipt)
    {
        var bytes = Encoding.UTF8.GetBytes(receipt);
        byte[] signature;
        lock (_lock)
        {
            signature = _key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }

        return string.Concat(receipt.AsSpan(0, receipt.Length - 1), _member, Convert.ToBase64String(signature), "\"}}");
    }

    /// <summary>The id of a public key.</summary>
    public static string IdOf(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 8));
}
