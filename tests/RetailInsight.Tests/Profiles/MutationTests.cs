using System.Diagnostics;
using System.Globalization;
using RetailInsight.Core.Outcomes;
using RetailInsight.Fuzzing;
using RetailInsight.Profiles;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Profiles;

/// <summary>
/// Damaged payloads of every shipped profile. RETAILINSIGHT_SOAK_INPUTS (per sample) and RETAILINSIGHT_SOAK_SEED ask for more
/// and other damage than the suite's.
/// </summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int MinutesOfPatience = 2;
    private const int MostBytesShown = 20_000;
    private const int MostFindings = 200;
    private const int MostReasons = 200;

    // What a reader may allocate for a payload: buffers and tables once, and for each byte what the tightest rows cost.
    private const long AllocationFloor = 24L << 20;
    private const long AllocationPerByte = 2_000;

    private static readonly int InputsPerSample = Setting("RETAILINSIGHT_SOAK_INPUTS", 500);
    private static readonly int Seed = Setting("RETAILINSIGHT_SOAK_SEED", 20261121);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    public static TheoryData<string> Samples() => GoldenSamplesTests.Samples();

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Whatever_is_done_to_a_payload_every_row_has_its_verdict(string sample)
    {
        var original = await File.ReadAllBytesAsync(Path.Combine(ProfileFixtures.VendorsFolder, sample));
        var profile = sample.Split(Path.DirectorySeparatorChar)[0];
        var run = new Run(profile, original, unchecked((Seed * 31) + sample.Aggregate(7, (hash, letter) => (hash * 31) + letter)));
        var worker = Task.Run(run.All);
        for (var seen = -1; await Task.WhenAny(worker, Task.Delay(TimeSpan.FromMinutes(MinutesOfPatience))) != worker; seen = run.Done)
        {
            Assert.True(seen != run.Done, $"A conversion does not end: {run.Now}");
        }

        await worker;
        output.WriteLine(run.Figures(sample));
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

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>The damaged payloads of one sample, one after the other.</summary>
    private sealed class Run(string profile, byte[] original, int seed)
    {
        private readonly Dictionary<string, int> _outcomes = [];
        private IReadOnlyList<string> _done = [];
        private byte[] _payload = [];
        private long _rows;
        private long _held;
        private TimeSpan _slowest;
        private double _mostPerByte;
        private long _mostAllocated;

        public int Done { get; private set; }

        /// <summary>The input at work.</summary>
        public string Now => $"input {Done} of {profile}, {string.Join(" + ", _done)}: {Convert.ToBase64String(_payload.AsSpan(0, Math.Min(_payload.Length, MostBytesShown)))}";

        public void All()
        {
            for (; Done < InputsPerSample; Done++)
            {
                // Each input has a seed of its own: a failure is repeated without those before it.
                var mutator = new PayloadMutator(unchecked(seed + Done));
                var payload = mutator.Mutate(original);
                (_done, _payload) = (mutator.Done, payload);
                try
                {
                    One(payload);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException(Now, e);
                }
            }
        }

        public string Figures(string sample) => string.Create(
            CultureInfo.InvariantCulture,
            $"{sample}: {Done} inputs, {_rows} rows, {_held} held; {string.Join(", ", _outcomes.OrderByDescending(one => one.Value).Select(one => $"{one.Key} {one.Value}"))}; slowest {_slowest.TotalMilliseconds:0} ms, most {_mostAllocated >> 10} KiB, {_mostPerByte:0} B/B");

        private void One(byte[] payload)
        {
            var (conversion, took) = Timed(payload);
            if (took > Slow)
            {
                // The machine may have been busy with something else: slow is what is slow twice.
                (conversion, took) = Timed(payload);
            }

            Assert.True(took <= Slow, $"{took.TotalSeconds} s");
            _slowest = took > _slowest ? took : _slowest;
            ProfileFixtures.AssertRowsBalance(conversion);
            foreach (var converted in conversion.Transactions)
            {
                ProfileFixtures.AssertMoneyBalances(converted.Record);
            }

            Assert.InRange(conversion.Findings.Count, 0, MostFindings);
            Assert.All(conversion.Held, held => Assert.InRange(held.Rejections.Count, 1, MostReasons));

            // A place in an archive is one in a file of it.
            var longest = payload.AsSpan().StartsWith("PK"u8) ? ProfileFixtures.Context.UnpackLimit : payload.Length;
            Assert.All(conversion.Held.SelectMany(held => held.Rejections), rejection => Assert.InRange(rejection.At.ByteOffset + rejection.At.ByteLength, rejection.At.ByteLength, longest));
            foreach (var rejection in conversion.Held.SelectMany(held => held.Rejections).Concat(conversion.Unreadable is { } whole ? [whole] : []))
            {
                AssertTold(rejection);
            }

            Count(conversion);
        }

        private (Conversion Conversion, TimeSpan Took) Timed(byte[] payload)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            var conversion = ProfileFixtures.Convert(profile, payload);
            var took = watch.Elapsed;
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= AllocationFloor + (payload.Length * AllocationPerByte), $"{allocated} bytes allocated for {payload.Length}.");
            _mostAllocated = Math.Max(_mostAllocated, allocated);
            _mostPerByte = Math.Max(_mostPerByte, payload.Length < 1_000 ? 0 : (double)allocated / payload.Length);
            return (conversion, took);
        }

        // A person is told in a sentence of bearable length what is wrong, in either language, and where.
        private static void AssertTold(Rejection rejection)
        {
            Assert.True(rejection.Detail is [.., '.'] and { Length: > 10 and < 4_000 }, rejection.Detail);
            Assert.True(rejection.Field is null or { Length: > 0 and < 400 }, rejection.Field);
            Assert.DoesNotContain(rejection.Detail, char.IsControl);
            foreach (var text in (RejectionText[])[RejectionText.English(rejection.Reason), RejectionText.Japanese(rejection.Reason)])
            {
                Assert.NotEmpty(text.Meaning);
                Assert.NotEmpty(text.Fix);
            }
        }

        private void Count(Conversion conversion)
        {
            _rows += conversion.RowsRead;
            _held += conversion.Held.Sum(held => held.Rows);
            var outcome = conversion.Unreadable?.Reason.Code() ?? (conversion.Held.Count == 0 ? "converted" : conversion.Held.Sum(held => held.Rows) == conversion.RowsRead ? "held" : "held in part");
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        }
    }
}
