using System.Globalization;
using System.Text.Json;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Definition;
using RetailInsight.Tests.House;

namespace RetailInsight.Tests.Profiles;

/// <summary>What an editor says about a profile is what the linter says, as far as a schema can.</summary>
public sealed class ProfileSchemaTests
{
    private static readonly string VendorA = File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, "vendor-a", "vendor-a.v1.yaml"));

    private static readonly string[] Files =
    [
        .. Directory.EnumerateFiles(ProfileFixtures.VendorsFolder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
        .. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "tests", "ProfileSchema", "every-key")).Order(StringComparer.Ordinal),
    ];

    private static readonly (string Right, string Wrong)[] Mistakes =
    [
        ("clock: terminal", "clock: terminal\ncolour: red"),
        ("clock: terminal", "clock: sundial"),
        ("clock: terminal\n", ""),
        ("currency: JPY", "currency: yen"),
        ("version: 1", "version: one"),
        ("version: 1", "version: 0"),
        ("content: transactions", "content: receipts"),
        ("content: transactions", "content: pos_master"),
        ("encoding: cp932", "encoding: shift_jis"),
        ("format: csv", "format: json"),
        ("format: csv", "format: parquet"),
        ("delimiter: \",\"", "delimiter: \"|\""),
        ("unused: [行番号]", "columns: [行番号]"),
        ("unused: [行番号]", "preamble_rows: -1"),
        ("receipt_key: [terminal, business_date, receipt_number]", "receipt_keys: [terminal]"),
        ("receipt_key: [terminal, business_date, receipt_number]", "receipt_key: []"),
        ("type: time }", "type: clock }"),
        ("type: time }", "type: time, formats: [HH:mm] }"),
        ("type: date, formats: [yyyy/MM/dd]", "type: date"),
        ("receipt_number: { from: レシート番号, type: code }", "receipt_number: { from: レシート番号, type: money }"),
        ("receipt_number: { from: レシート番号, type: code }", "receipt_number: { from: レシート番号, type: code, required: false }"),
        ("receipt_number: { from: レシート番号, type: code }", "receipt_number: { from: レシート番号, constant: \"1\", type: code }"),
        ("receipt_number: { from: レシート番号, type: code }", "receipt_no: { from: レシート番号, type: code }"),
        ("total: { from: 合計金額, type: money }", "total: { from: 合計金額, type: money, map: kind }"),
        ("item_code: { from: 商品コード, type: code }", "# none"),
        ("sign: { negate: [return, void] }", "sign: negate"),
        ("negate: [return, void]", "negate: [returns]"),
        ("rounding: floor", "rounding: down"),
        ("basis: inclusive", "basis: untaxed"),
        ("rate: 10, category: standard }", "rate: 10, category: normal }"),
        ("rate: 10, category: standard }", "rate: 10, category: standard, from: 2019-1-1 }"),
        ("rate: 10, category: standard, tax: { from: 内税額10", "rate: 10, category: standard, amount: { from: 内税額10"),
        ("method: { from: 支払方法", "means: { from: 支払方法"),
        ("field: category", "field: section"),
        ("store: { by: terminal }", "store: { by: register }"),
        ("store: { by: terminal }", "store: { by: terminal, code: S001 }"),
        ("store: { by: terminal }", "store: { by: constant }"),
        ("business_date: stated", "business_date: today"),
        ("identity: [terminal, business_date, receipt_number]", "identity: []"),
        ("identity: [terminal, business_date, receipt_number]", "identity: [terminal, kind, business_date, receipt_number]"),
        ("checks: { total: true, amount: true }", "checks: { total: maybe }"),
        ("checks: { total: true, amount: true }", "checks: { wild_amount: note }"),
        ("checks: { total: true, amount: true }", "checks: { wild_above: 10 }"),
        ("clock: terminal", "clock: terminal\ndiscounts: { line: [ { kind: gift, amount: { from: 券, type: money } } ] }"),
        ("clock: terminal", "clock: terminal\ndiscounts: { line: [ { kind: points, tender: points, amount: { from: 券, type: money } } ] }"),
        ("clock: terminal", "clock: terminal\nitem_codes: { price_embedded: [\"02\"] }"),
        ("clock: terminal", "clock: terminal\nitem_codes: { item_digits: 5 }"),
        ("clock: terminal", "clock: terminal\nline_amount: net"),
        ("clock: terminal", "clock: terminal\nreturns: negative"),
        ("total: { from: 合計金額, type: money", "total: { from: 合計金額, type: money, negate: [gift]"),
        ("total: { from: 合計金額, type: money", "total: { from: 合計金額, type: money, negate: maybe"),
        ("receipt_number: { from: レシート番号, type: code }", "receipt_number: { from: レシート番号, type: code, negate: true }"),
        ("amount: { from: 支払金額, type: money, required: false }", "amount: { from: 支払金額, type: money, required: false }\n    when_empty: total"),
        ("checks: { total: true, amount: true }", "checks: { tenders: true }"),
        ("clock: terminal", "clock: terminal\nnumbers: { minus: [M] }"),
        ("clock: terminal", "clock: terminal\ndecisions: { kind: { fields: { a: { from: a, type: code } } } }"),
    ];

    [Fact]
    public async Task Every_profile_validates_and_every_key_of_the_schema_is_one_the_reader_accepts()
    {
        var profiles = Files.Select(File.ReadAllText).ToList();
        Assert.All(profiles, (yaml, at) => ProfileCatalog.Read(Files[at], yaml));
        var answer = await SchemaCheck.AskAsync(profiles);
        Assert.All(answer.Errors, (errors, at) => Assert.True(errors.Length == 0, $"{Files[at]}: {string.Join("; ", errors)}"));
        Assert.Empty(answer.Unused);
    }

    [Fact]
    public async Task At_every_place_the_schema_knows_the_keys_the_reader_asks_for_and_no_other()
    {
        var profiles = Files.Select(File.ReadAllText).ToList();
        var probes = profiles.SelectMany((yaml, at) =>
        {
            var lint = new LintErrors(Files[at]);
            ProfileReader.Read(yaml, lint);
            return lint.Asked.Where(asked => !IsFree(asked.Path)).Select(asked => new Probe(at, Steps(asked.Path), asked.Keys));
        }).ToList();
        Assert.True(probes.Count > 500);
        Checkout.AssertNone((await SchemaCheck.AskAsync(profiles, probes)).Disagreements);
    }

    [Fact]
    public async Task A_wrong_profile_is_refused_by_both()
    {
        var wrong = Mistakes.Select(mistake =>
        {
            Assert.Contains(mistake.Right, VendorA, StringComparison.Ordinal);
            return VendorA.Replace(mistake.Right, mistake.Wrong, StringComparison.Ordinal);
        }).ToList();
        Assert.All(wrong, yaml => Assert.Throws<ProfileException>(() => ProfileCatalog.Read("wrong.yaml", yaml)));
        var answer = await SchemaCheck.AskAsync(wrong);
        Assert.All(answer.Errors, (errors, at) => Assert.True(errors.Length > 0, Mistakes[at].Wrong));
    }

    [Fact]
    public void Every_key_is_described_and_every_shipped_profile_names_the_schema()
    {
        using var schema = JsonDocument.Parse(ProfileSchema.Utf8);
        var definitions = schema.RootElement.GetProperty("$defs");
        string[] places = ["transactions", "receipt", "line", "tax", "taxed", "container", "container_csv", "container_fixed", "container_files", "checks", "item_codes", "numbers", "code"];
        foreach (var place in places)
        {
            foreach (var key in definitions.GetProperty(place).GetProperty("properties").EnumerateObject().Where(key => key.Value.EnumerateObject().Any()))
            {
                var told = key.Value.TryGetProperty("$ref", out var reference) ? definitions.GetProperty(reference.GetString()!["#/$defs/".Length..]) : key.Value;
                Assert.True(
                    key.Value.TryGetProperty("description", out _) || told.TryGetProperty("description", out _) || key.Value.TryGetProperty("type", out _), $"{place}.{key.Name}");
            }
        }

        Assert.All(Files, file => Assert.StartsWith("# yaml-language-server: $schema=", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.All(Files, file => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(file)!, File.ReadLines(file).First().Split('=')[1]))));
    }

    // A rule of a decision has the fields its decision names.
    private static bool IsFree(string path) => path.StartsWith("decisions.", StringComparison.Ordinal) && path.Contains(".rules[", StringComparison.Ordinal);

    private static List<object> Steps(string path) =>
    [
        .. path.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(step => step.Split('[', ']').Where(part => part.Length > 0)
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && step.Contains('[', StringComparison.Ordinal) ? (object)at : part)),
    ];
}
