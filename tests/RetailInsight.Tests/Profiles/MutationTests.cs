using System.Text;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

public sealed class MutationTests
{
    private const int MutationsPerSample = 2_600;

    private static readonly byte[][] Splices =
    [
        "\""u8.ToArray(), "\"\""u8.ToArray(), "\r"u8.ToArray(), "\n"u8.ToArray(), ","u8.ToArray(), "\0"u8.ToArray(), [0x81], [0xFF], [0xEF, 0xBB, 0xBF],
        "99999999999999999999"u8.ToArray(), "9223372036854"u8.ToArray(), "-"u8.ToArray(), "1e30"u8.ToArray(), "\\ud800"u8.ToArray(), "{"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(),
        "9999-12-31"u8.ToArray(), "0001/01/01"u8.ToArray(), [0x1F],
    ];

    public static TheoryData<string> Samples() => GoldenSamplesTests.Samples();

    [Theory]
    [MemberData(nameof(Samples))]
    public void No_damage_to_a_payload_throws_or_loses_a_row(string sample)
    {
        var original = File.ReadAllBytes(Path.Combine(ProfileFixtures.VendorsFolder, sample));
        var profile = sample.Split(Path.DirectorySeparatorChar)[0];
        var random = new Random(sample.Length * 7919);
        for (var n = 0; n < MutationsPerSample; n++)
        {
            var payload = Mutate(original, random);
            Conversion conversion;
            try
            {
                conversion = ProfileFixtures.Convert(profile, payload);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Mutation {n} of {sample}: {Convert.ToBase64String(payload)}", e);
            }

            ProfileFixtures.AssertRowsBalance(conversion);
            foreach (var converted in conversion.Transactions)
            {
                ProfileFixtures.AssertMoneyBalances(converted.Record);
            }
        }
    }

    [Fact]
    public void Random_bytes_are_answered_too()
    {
        var random = new Random(42);
        foreach (var profile in ProfileFixtures.Catalog.All)
        {
            for (var n = 0; n < 500; n++)
            {
                var payload = new byte[random.Next(0, 300)];
                random.NextBytes(payload);
                ProfileFixtures.AssertRowsBalance(ProfileFixtures.Convert(profile.Id, payload));
            }
        }
    }

    [Fact]
    public void A_half_of_a_surrogate_pair_in_a_value_or_a_name_is_no_text()
    {
        Assert.NotNull(ProfileFixtures.ConvertJson("people-counter", """{"\ud800":1,"device":"d","store":"S001","intervals":[{}]}""").Unreadable);
        var held = ProfileFixtures.ConvertJson("people-counter", """{"device":"\udc00","store":"S001","intervals":[{"line":"1","from":"2026-11-01T10:00:00Z","to":"2026-11-01T10:15:00Z","in":1,"out":1}]}""").Held;
        Assert.Equal("device", Assert.Single(Assert.Single(held).Rejections).Field?[2..]);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var edits = random.Next(1, 4); edits > 0 && bytes.Count > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Splices[random.Next(Splices.Length)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 200), bytes.Count - at)));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    // A digit for a digit: the structure stays, the meaning changes.
                    var digit = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        bytes[digit] = (byte)('0' + random.Next(10));
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
