using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace RetailInsight.Ml.Edge;

/// <summary>
/// Keys that sign bundles: ECDSA over the curve P-256 with SHA-256, as PEM files. A device trusts the public keys of one file; it may hold several,
/// so that a key can be changed without a day on which nothing is trusted.
/// </summary>
public sealed partial class BundleKeys : IDisposable
{
    private const DSASignatureFormat Format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;

    private readonly List<ECDsa> _trusted;

    private BundleKeys(List<ECDsa> trusted) => _trusted = trusted;

    /// <summary>Makes a key pair. The private file can be read by its owner alone; neither file may exist before.</summary>
    /// <exception cref="IOException">A file exists, or cannot be written.</exception>
    public static void Create(string privateFile, string publicFile)
    {
        if (File.Exists(publicFile))
        {
            throw new IOException($"{publicFile} exists: a key is never written over. Choose another name.");
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new StreamWriter(privateFile, options))
        {
            file.Write(key.ExportPkcs8PrivateKeyPem() + "\n");
        }

        File.WriteAllText(publicFile, key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    /// <summary>Signs.</summary>
    /// <param name="content">What is signed.</param>
    /// <param name="privatePem">A private key, PKCS #8 in PEM.</param>
    /// <exception cref="FormatException">It is no private key of P-256.</exception>
    public static byte[] Sign(ReadOnlySpan<byte> content, string privatePem)
    {
        using var key = Import(privatePem, "private");
        return key.SignData(content, HashAlgorithmName.SHA256, Format);
    }

    /// <summary>Reads the public keys a device trusts.</summary>
    /// <exception cref="FormatException">There is none of P-256 in it, or one that is something else.</exception>
    public static BundleKeys Trust(string publicPem)
    {
        var keys = PublicKey().Matches(publicPem).Select(block => Import(block.Value, "public")).ToList();
        return keys.Count > 0 ? new(keys) : throw new FormatException("There is no public key in the file of trusted keys: -----BEGIN PUBLIC KEY----- is looked for.");
    }

    /// <summary>Whether one of the keys made the signature.</summary>
    public bool Verify(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        foreach (var key in _trusted)
        {
            if (key.VerifyData(content, signature, HashAlgorithmName.SHA256, Format))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _trusted.ForEach(key => key.Dispose());

    private static ECDsa Import(string pem, string kind)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize != 256 || (kind == "private" && key.ExportParameters(true).D is null))
            {
                throw new CryptographicException("another curve, or the other half of the pair");
            }

            return key;
        }
        catch (Exception refused) when (refused is CryptographicException or ArgumentException)
        {
            // Nothing of the key goes into the message.
            key.Dispose();
            throw new FormatException($"The {kind} key is none of ECDSA over P-256 in PEM.");
        }
    }

    [GeneratedRegex("-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\\s]+-----END PUBLIC KEY-----")]
    private static partial Regex PublicKey();
}
