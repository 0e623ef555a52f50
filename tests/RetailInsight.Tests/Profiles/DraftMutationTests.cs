using System.Globalization;
using RetailInsight.Profiles;
using YamlDotNet.RepresentationModel;

namespace RetailInsight.Tests.Profiles;

/// <summary>A draft comes from anybody: whatever it says, the answer is a list of mistakes or a conversion, never a crash.</summary>
public sealed class DraftMutationTests
{
    private const int PerProfile = 120;

    private static readonly string[] Values = ["", "0", "-1", "99999999999999999999", "true", "present", "$", "$.", "*", "a.*.b", "..", "[x]", "/", "@", "era", "iso", "HH:mm", "yyyy", "K'", "%", "\0", "店舗"];

    public static TheoryData<string> Profiles() => [.. Directory.EnumerateDirectories(ProfileFixtures.VendorsFolder).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_changed_profile_is_refused_or_converts_its_sample(string profile)
    {
        var folder = Path.Combine(ProfileFixtures.VendorsFolder, profile);
        var yaml = File.ReadAllText(Directory.EnumerateFiles(folder, "*.yaml").Max(StringComparer.Ordinal)!);
        var samples = Directory.EnumerateFiles(Path.Combine(folder, "samples")).Where(file => !file.EndsWith(".golden.json", StringComparison.Ordinal)).Select(File.ReadAllBytes).ToList();
        var random = new Random(20261121);
        var converted = 0;
        for (var i = 0; i < PerProfile; i++)
        {
            var changed = Changed(yaml, random);
            Profile draft;
            try
            {
                draft = ProfileCatalog.Read("draft", changed);
            }
            catch (ProfileException exception)
            {
                Assert.All(exception.Mistakes, mistake => Assert.True(mistake.Line >= 0 && mistake.Detail.Length > 0));
                continue;
            }

            converted++;
            try
            {
                Assert.All(samples, sample => ProfileFixtures.AssertRowsBalance(Converter.Convert(draft, sample, ProfileFixtures.Context, CancellationToken.None)));
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Change {i} of {profile}: {exception}\n{changed}"));
            }
        }

        Assert.InRange(converted, 1, PerProfile - 1);
    }

    private static string Changed(string yaml, Random random)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var root = stream.Documents[0].RootNode;
        for (var changes = random.Next(1, 3); changes > 0; changes--)
        {
            var maps = root.AllNodes.OfType<YamlMappingNode>().Where(map => map.Children.Count > 0).ToList();
            var map = maps[random.Next(maps.Count)];
            var key = map.Children.Keys.ElementAt(random.Next(map.Children.Count));
            var scalars = root.AllNodes.OfType<YamlScalarNode>().ToList();
            switch (random.Next(4))
            {
                case 0:
                    map.Children.Remove(key);
                    break;
                case 1:
                    map.Children[key] = new YamlScalarNode(scalars[random.Next(scalars.Count)].Value);
                    break;
                case 2:
                    map.Children[key] = new YamlScalarNode(Values[random.Next(Values.Length)]);
                    break;
                default:
                    var other = maps[random.Next(maps.Count)];
                    map.Children[key] = other.Children.Values.ElementAt(random.Next(other.Children.Count)) is YamlScalarNode scalar ? new YamlScalarNode(scalar.Value) : new YamlScalarNode("x");
                    break;
            }
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        stream.Save(text, assignAnchors: false);
        return text.ToString();
    }
}
