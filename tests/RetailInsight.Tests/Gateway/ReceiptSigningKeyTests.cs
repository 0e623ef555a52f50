using System.Security.Cryptography;
using System.Text;
using RetailInsight.Gateway.Receipts;

namespace RetailInsight.Tests.Gateway;

public sealed class ReceiptSigningKeyTests
{
    private const string Receipt = "{\"receipt_id\":\"0123\",\"file_name\":\"売上 \\\",\\\"signature\\\":{.csv\",\"rows_read\":2}";

    [Fact]
    public void A_signed_receipt_is_the_receipt_with_one_more_member_and_verifies()
    {
        var key = ReceiptSigningKey.Create();
        var signed = key.Sign(Receipt);
        Assert.StartsWith(Receipt[..^1] + ",\"signature\":{\"key_id\":\"" + key.Id + "\",\"algorithm\":\"ecdsa-p256-sha256\",\"value\":\"", signed, StringComparison.Ordinal);
        Assert.True(Verifies(key, signed));
    }

    [Fact]
    public void A_key_that_was_stored_signs_under_the_same_id()
    {
        var key = ReceiptSigningKey.Create();
        var again = ReceiptSigningKey.Import(key.ExportPrivateKey());
        Assert.Equal((key.Id, Convert.ToHexString(key.PublicKey)), (again.Id, Convert.ToHexString(again.PublicKey)));
        Assert.True(Verifies(key, again.Sign(Receipt)));
    }

    [Fact]
    public void Any_changed_byte_of_the_receipt_breaks_the_signature()
    {
        var key = ReceiptSigningKey.Create();
        var signed = key.Sign(Receipt);
        for (var at = 0; at < Receipt.Length - 1; at++)
        {
            var changed = signed.ToCharArray();
            changed[at] = changed[at] == 'x' ? 'y' : 'x';
            Assert.False(Verifies(key, new string(changed)), $"at {at}");
        }
    }

    [Fact]
    public void Another_key_does_not_verify_it() => Assert.False(Verifies(ReceiptSigningKey.Create(), ReceiptSigningKey.Create().Sign(Receipt)));

    private static bool Verifies(ReceiptSigningKey key, string signed)
    {
        var cut = signed.LastIndexOf(",\"signature\":", StringComparison.Ordinal);
        var value = signed[(signed.LastIndexOf(':') + 2)..^3];
        using var verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        return verifier.VerifyData(Encoding.UTF8.GetBytes(signed[..cut] + "}"), Convert.FromBase64String(value), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
