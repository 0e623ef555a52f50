using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using RetailInsight.Fuzzing;
using RetailInsight.Profiles;
using RetailInsight.Tests.Profiles.RoundTrip;

namespace RetailInsight.Tests.Profiles;

/// <summary>
/// In every container a file converted piece by piece, wherever it is cut and however it is damaged, gives what it gives as a whole.
/// RETAILINSIGHT_SOAK_INPUTS and RETAILINSIGHT_SOAK_SEED ask for more and other files than the suite's.
/// </summary>
public sealed class LargeFileContainerTests
{
    private const int Receipts = 40;

    private static readonly int Files = Setting("RETAILINSIGHT_SOAK_INPUTS", 40);
    private static readonly int Seed = Setting("RETAILINSIGHT_SOAK_SEED", 20261121);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Name, Func<(Profile Profile, byte[] Payload)> Make)[] Shapes =
    [
        ("tsv", () => Printed("sjis-tsv")),
        ("fixed", () => Printed("fixed-pos")),
        ("json", () => Printed("vendor-b")),
        ("json, store behind the receipts", () => Reprinted("vendor-b", root => ((JsonObject)root).Reverse().Aggregate(new JsonObject(), (made, member) => With(made, member.Key, member.Value)), indented: true)),
        ("json, receipts deeper", () => Deeper(indented: false)),
        ("json, receipts deeper, indented", () => Deeper(indented: true)),
        ("json, an array alone", () => Reprinted("smaregi", root => root, indented: true)),
        ("json, lookups", () => Printed("square")),
        ("json lines", () => Lines()),
        ("xml", () => Printed("arts-poslog")),
        ("xml, indented", () => Elements(document => document.ToString(), "")),
        ("xml, batches", () => Elements(Batched, "Batch/")),
        ("xml, cp932", () => Elements(document => document.ToString(), "", cp932: true)),
    ];

    public static TheoryData<string> Names() => [.. Shapes.Select(shape => shape.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Cut_anywhere_it_is_the_same_file(string shape)
    {
        var (profile, payload) = Shapes.Single(one => one.Name == shape).Make();
        var random = new Random(Seed);
        Assert.True(LargeFile.Takes(profile));
        for (var n = 0; n < 5; n++)
        {
            Assert.True(LargeFileComparison.Same(profile, payload, ProfileFixtures.Context, random, 100, 3_000), "not converted in parts");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Damaged_and_cut_anywhere_it_is_the_same_file(string shape)
    {
        var (profile, payload) = Shapes.Single(one => one.Name == shape).Make();
        var random = new Random(Seed);
        var mutator = new PayloadMutator(Seed);
        var inParts = 0;
        for (var n = 0; n < Files; n++)
        {
            var damaged = mutator.Mutate(payload);
            inParts += damaged.Length > 0 && LargeFileComparison.Same(profile, damaged, ProfileFixtures.Context, random, 500, 8_000) ? 1 : 0;
        }

        Assert.True(inParts > Files / 4, $"{inParts} of {Files} files in parts");
    }

    [Fact]
    public void An_element_of_its_own_around_each_receipt_costs_no_memory_unless_all_differ()
    {
        var (profile, payload) = Elements(document => document.ToString(SaveOptions.DisableFormatting), "Batch/");
        var root = XDocument.Parse(Encoding.UTF8.GetString(payload)).Root!;
        var receipt = root.Elements().First().ToString(SaveOptions.DisableFormatting);
        foreach (var differ in (bool[])[false, true])
        {
            var batches = Enumerable.Range(0, 10_100).Select(i => $"<Batch n=\"{(differ ? i : i % 2)}\">{receipt}</Batch>");
            var file = new LargeFile(profile);
            var text = Encoding.UTF8.GetBytes($"<POSLog xmlns=\"{root.Name.NamespaceName}\">{string.Concat(batches)}</POSLog>");
            for (var at = 0; at < text.Length;)
            {
                var length = Math.Min(1 << 20, text.Length - at);
                Assert.True(file.Survey(text.AsMemory(at, length), at + length == text.Length, default).TryGet(out var dealtWith, out _));
                at += dealtWith;
            }

            Assert.Equal(differ, file.WholeOnly is not null);
        }
    }

    private static (Profile Profile, byte[] Payload) Printed(string profile)
    {
        var format = CsvFormats.All.Concat(JsonFormats.All).Single(one => one.Profile == profile);
        return (ProfileFixtures.Catalog.Find(profile)!, format.Print(new SaleMaker(format.Carries, Seed).Make(Receipts)).First());
    }

    private static (Profile Profile, byte[] Payload) Reprinted(string profile, Func<JsonNode, JsonNode> change, bool indented)
    {
        var (known, payload) = Printed(profile);
        var root = change(JsonNode.Parse(payload)!);
        return (known, Encoding.UTF8.GetBytes(indented ? "\uFEFF" + root.ToJsonString(Indented).ReplaceLineEndings("\r\n") : root.ToJsonString()));
    }

    private static (Profile Profile, byte[] Payload) Deeper(bool indented)
    {
        var (_, payload) = Reprinted(
            "vendor-b",
            root => new JsonObject
            {
                ["other"] = new JsonObject { ["transactions"] = new JsonArray(1, 2) },
                ["body"] = new JsonObject { ["n"] = 1, ["list"] = new JsonArray(), ["transactions"] = root["transactions"]!.DeepClone(), ["m"] = new JsonArray(new JsonObject()) },
                ["store"] = root["store"]!.DeepClone(),
            },
            indented);
        return (Variant("vendor-b", ("receipts: transactions", "receipts: body.transactions")), payload);
    }

    private static (Profile Profile, byte[] Payload) Lines()
    {
        var (_, payload) = Printed("vendor-b");
        var lines = JsonNode.Parse(payload)!["transactions"]!.AsArray().Select((receipt, i) => With(receipt!.DeepClone().AsObject(), "store", "S011").ToJsonString() + (i % 3 == 0 ? "\r\n" : i % 5 == 0 ? "\n\n" : "\n"));
        return (Variant("vendor-b", ("format: json", "format: ndjson"), ("  receipts: transactions\n", ""), ("$.store.code", "store")), Encoding.UTF8.GetBytes(string.Concat(lines)));
    }

    private static (Profile Profile, byte[] Payload) Elements(Func<XDocument, string> print, string inner, bool cp932 = false)
    {
        var (_, payload) = Printed("arts-poslog");
        var text = print(XDocument.Parse(Encoding.UTF8.GetString(payload)));
        var profile = Variant("arts-poslog", ("p:POSLog/Transaction", $"p:POSLog/{inner}Transaction"), cp932 ? ("encoding: utf-8", "encoding: cp932") : ("encoding: utf-8", "encoding: utf-8"));
        return (profile, cp932 ? ProfileFixtures.Cp932.GetBytes(text) : Encoding.UTF8.GetBytes(text));
    }

    // Some receipts of a batch, a comment with a receipt in it, and something else in between.
    private static string Batched(XDocument document)
    {
        var root = document.Root!;
        var batches = root.Elements().Chunk(7).Select((chunk, i) => new object[]
        {
            new XElement(root.Name.Namespace + "Batch", new XAttribute("id", $"a>b {i}"), new XComment("<Transaction>"), chunk, new XText("x")),
            new XElement(root.Name.Namespace + "Note", new XElement(root.Name.Namespace + "Transaction", new XCData("</Note>"))),
        }).ToList();
        root.ReplaceNodes(batches);
        return "<?xml version=\"1.0\"?>\n<!-- made for a test -->\n" + document;
    }

    private static JsonObject With(JsonObject made, string name, JsonNode? value)
    {
        made[name] = value?.DeepClone();
        return made;
    }

    private static Profile Variant(string profile, params (string Was, string Is)[] changes)
    {
        var yaml = File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, profile, profile + ".v1.yaml"));
        foreach (var (was, now) in changes)
        {
            Assert.Contains(was, yaml, StringComparison.Ordinal);
            yaml = yaml.Replace(was, now, StringComparison.Ordinal);
        }

        return ProfileCatalog.Load([(profile + ".yaml", yaml)]).All[0];
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
