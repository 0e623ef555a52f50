using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

public sealed class GoldenSamplesTests
{
    private const string GoldenEnding = ".golden.json";

    // Set to 1 to write the golden files anew; then read the difference before committing it.
    private const string RegenerateVariable = "RETAILINSIGHT_WRITE_GOLDEN";

    public static TheoryData<string> Samples() => new(SampleFiles());

    private static IEnumerable<string> SampleFiles() => Directory
        .EnumerateFiles(ProfileFixtures.VendorsFolder, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(Path.GetDirectoryName(path)) == "samples" && !path.EndsWith(GoldenEnding, StringComparison.Ordinal))
        .Select(path => Path.GetRelativePath(ProfileFixtures.VendorsFolder, path))
        .Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_converts_to_its_golden_output(string sample)
    {
        var path = Path.Combine(ProfileFixtures.VendorsFolder, sample);
        var profile = sample.Split(Path.DirectorySeparatorChar)[0];
        var conversion = ProfileFixtures.Convert(profile, File.ReadAllBytes(path));
        ProfileFixtures.AssertRowsBalance(conversion);
        Assert.True(conversion.Unreadable is null && conversion.RowsRead > 0, "A sample is a payload of its profile.");
        Assert.All(conversion.Transactions, t => ProfileFixtures.AssertMoneyBalances(t.Record));

        var view = GoldenView.Of(conversion);
        var golden = Path.ChangeExtension(path, null) + GoldenEnding;
        if (Environment.GetEnvironmentVariable(RegenerateVariable) == "1")
        {
            File.WriteAllText(golden, view);
        }

        Assert.Equal(File.ReadAllText(golden), view);
    }

    [Fact]
    public void Every_shipped_profile_has_samples()
    {
        var sampled = SampleFiles().Select(sample => sample.Split(Path.DirectorySeparatorChar)[0]).ToHashSet();
        Assert.All(ProfileFixtures.Catalog.All, profile => Assert.Contains(profile.Id, sampled));
    }
}
