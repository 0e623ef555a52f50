using System.Globalization;
using System.Security.Cryptography;

namespace RetailInsight.Api.Sessions;

/// <summary>
/// Password hashes as <c>pbkdf2-sha512$iterations$salt$hash</c> (base64). 210,000 iterations of HMAC-SHA-512, the figure of
/// the OWASP Password Storage Cheat Sheet for PBKDF2; Argon2id, its first choice, is not in the base library. A hash made with less
/// is replaced when its person signs in.
/// </summary>
public static class PasswordHash
{
    private const string Scheme = "pbkdf2-sha512";
    private const int Iterations = 210_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    // Verified against when a login is unknown, so that the answer takes as long as for a known one.
    private static readonly string Nobody = Create(Convert.ToHexString(RandomNumberGenerator.GetBytes(SaltBytes)));

    /// <summary>Hashes a password with a new random salt.</summary>
    /// <exception cref="ArgumentException">The password is empty.</exception>
    public static string Create(string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(password);
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Scheme}${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, Iterations))}");
    }

    /// <summary>Whether a hash that was just verified was made with less work than one made now.</summary>
    internal static bool IsOutdated(string stored) => int.Parse(stored.Split('$')[1], CultureInfo.InvariantCulture) < Iterations;

    /// <summary>Compares in constant time; a null or empty hash (unknown login, no password yet) costs the same and is false.</summary>
    /// <exception cref="FormatException">The stored text is not a hash of this scheme.</exception>
    internal static bool Verify(string? stored, string password)
    {
        var parts = (string.IsNullOrEmpty(stored) ? Nobody : stored).Split('$');
        if (parts.Length != 4 || parts[0] != Scheme)
        {
            throw new FormatException("A stored password hash is not of the scheme pbkdf2-sha512$iterations$salt$hash.");
        }

        var derived = Derive(password, Convert.FromBase64String(parts[2]), int.Parse(parts[1], CultureInfo.InvariantCulture));
        return CryptographicOperations.FixedTimeEquals(derived, Convert.FromBase64String(parts[3])) && !string.IsNullOrEmpty(stored);
    }

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, HashBytes);
}
