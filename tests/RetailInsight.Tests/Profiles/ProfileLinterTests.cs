using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

public sealed class ProfileLinterTests
{
    private static readonly string VendorA = File.ReadAllText(Path.Combine(ProfileFixtures.VendorsFolder, "vendor-a", "vendor-a.v1.yaml"));

    [Theory]
    [InlineData("clock: terminal", "clock: terminal\ncolour: red", "colour", "unknown key")]
    [InlineData("type: time }", "type: clock }", "receipt.occurred_at.type", "'clock' is not one of")]
    [InlineData("type: date, formats: [yyyy/MM/dd]", "type: date", "receipt.business_date", "needs 'formats'")]
    [InlineData("map: kind", "map: kinds", "receipt.kind.map", "no 'kinds' under codes")]
    [InlineData("\"03\": void", "\"03\": annulled", "codes", "'annulled'")]
    [InlineData("identity: [terminal, business_date, receipt_number]", "identity: [receipt_number]", "identity", "'terminal' parts receipts")]
    [InlineData("delimiter: \",\"", "delimiter: \"|\"", "container.delimiter", "below '@'")]
    [InlineData("negate: [return, void]", "negate: [returns]", "sign.negate", "'returns'")]
    [InlineData("business_date: stated", "business_date: cut_over", "business_date", "'stated'")]
    [InlineData("item_code: { from: 商品コード, type: code }", "# none", "line", "'item_code' must be bound")]
    [InlineData("rounding: floor", "rounding: down", "tax.rounding", "half_up")]
    [InlineData("field: category", "field: section", "merchandise.field", "'section'")]
    [InlineData("rate: 8, category: reduced, tax", "rate: 5, category: reduced, tax", "tax.stated[1]", "not among the rates")]
    [InlineData("version: 1", "version: one", "version", "whole number")]
    [InlineData("kind: { from: 取引区分, type: code, map: kind }", "kind: { decide: kinds, type: code }", "receipt.kind.decide", "no 'kinds' under decisions")]
    [InlineData("basis: inclusive", "basis: by_line", "tax.basis", "go together")]
    [InlineData("rate: 10, category: standard }", "rate: 10, category: standard, from: 2019-13-01 }", "tax.rates[0].from", "2019-10-01")]
    [InlineData("clock: terminal", "clock: terminal\nfees: [ { code: F, rate: 5, category: standard, basis: inclusive, amount: { from: 送料, type: money } } ]", "fees[0]", "not among the rates")]
    [InlineData("clock: terminal", "clock: terminal\ndiscounts: { line: [ { kind: gift, amount: { from: 券, type: money } } ] }", "discounts.line[0].kind", "'gift' is not one of")]
    [InlineData("clock: terminal", "clock: terminal\nitem_codes: { price_embedded: [\"02\"] }", "item_codes", "'item_digits' is missing")]
    [InlineData("type: code, required: false }", "type: code, numeric: true }", "receipt.original_receipt_number.numeric", "JSON feed")]
    [InlineData("business_date: stated", "business_date: stated_else_cut_over", "business_date", "'stated'")]
    [InlineData("checks: { total: true, amount: true }", "checks: { total: maybe }", "checks.total", "'maybe'")]
    [InlineData("checks: { total: true, amount: true }", "checks: { wild_amount: note }", "checks", "'wild_above' is missing")]
    [InlineData("formats: [yyyy/MM/dd]", "formats: [YYYY/MM/DD]", "receipt.business_date.formats", "years are yyyy and days dd in small letters")]
    [InlineData("formats: [yyyy/MM/dd]", "formats: [yyyy/mm/dd]", "receipt.business_date.formats", "months are MM")]
    [InlineData("formats: [yyyy/MM/dd]", "formats: [iso]", "receipt.business_date.formats", "yyyy-MM-dd")]
    [InlineData("formats: [yyyy/MM/dd]", "formats: [yyyy/MM/dd HH:mm]", "receipt.business_date.formats", "a date with a time is a timestamp")]
    [InlineData("formats: [yyyy/MM/dd]", "formats: [MM/dd]", "receipt.business_date.formats", "a date has yyyy (or yy), MM and dd")]
    [InlineData("formats: [yyyy/MM/dd]", "formats: [wareki]", "receipt.business_date.formats", "cannot be read")]
    [InlineData("formats: [yyyy/MM/dd]", "formats: [reiwa yyyy/MM/dd]", "receipt.business_date.formats", "'reiwa yy/MM/dd'")]
    [InlineData("formats: [yyyy/MM/dd]", "formats: [yyyy/MM/dd], default: 1.4.2026", "receipt.business_date.default", "is not a date written yyyy/MM/dd")]
    [InlineData("type: time }", "type: timestamp, formats: [\"yyyy/MM/dd hh:mm\"] }", "receipt.occurred_at.formats", "those of the day are HH")]
    [InlineData("type: time }", "type: timestamp, formats: [\"yyyy/MM/dd HH:mm zzz\"] }", "receipt.occurred_at.formats", "an offset is read by 'iso' only")]
    [InlineData("type: time }", "type: time, default: noon }", "receipt.occurred_at.default", "is not a time such as 25:30")]
    [InlineData("total: { from: 合計金額, type: money", "total: { from: 合計金額, default: none, type: money", "receipt.total.default", "is not a number as the feed writes them")]
    [InlineData("type: code, map: kind", "type: code, map: kind, default: sale", "receipt.kind.default", "is not a code of 'kind'")]
    [InlineData("\"03\": void", "\"03\": withdrawn", "codes", "'withdrawn' in 'kind' is no kind of transaction; there are sale, return, void")]
    public void A_mistake_is_named_with_its_file_place_and_line(string right, string wrong, string path, string message)
    {
        var errors = Lint(VendorA.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Contains(errors, error =>
            error.StartsWith($"a.yaml: {path} (line ", StringComparison.Ordinal) && error.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("yyyy/M/d H:mm")]
    [InlineData("yyyyMMddHHmmss")]
    [InlineData("yy.MM.dd HH:mm:ss.fff")]
    [InlineData("d-MMM-yyyy h:mm tt")]
    [InlineData("yyyy'年'M'月'd'日' HH'時'mm'分'")]
    [InlineData("era HH:mm")]
    [InlineData("excel")]
    [InlineData("yyyy-MM-dd")]
    public void A_format_that_tells_the_moment_is_taken(string format)
    {
        var yaml = VendorA.Replace("type: time }", $"type: timestamp, formats: [\"{format}\"] }}", StringComparison.Ordinal);
        Assert.NotEqual(VendorA, yaml);
        Assert.NotNull(ProfileCatalog.Read("a.yaml", yaml));
    }

    [Fact]
    public void The_decision_of_the_guide_decides()
    {
        var guide = House.Checkout.Read("docs/onboarding-a-vendor.md");
        var block = guide[(guide.IndexOf("```yml\n", StringComparison.Ordinal) + 7)..];
        var yaml = block[..block.IndexOf("```", StringComparison.Ordinal)] + """
              terminal: { constant: "01", type: code }
              receipt_number: { from: no, type: code }
              occurred_at: { constant: "2026-11-01T10:00:00+09:00", type: timestamp, formats: [iso] }
            line: { item_code: { constant: A, type: code }, quantity: { constant: "1", type: decimal }, unit_price: { from: 合計, type: money } }
            id: guide
            version: 1
            vendor: guide
            content: transactions
            currency: JPY
            container: { format: csv, encoding: utf-8 }
            records: { receipt_key: [receipt_number] }
            sign: as_sent
            tax: { basis: untaxed }
            store: { by: constant, code: S001 }
            business_date: cut_over
            clock: terminal
            identity: [receipt_number]
            """;
        const string Rows = "no,区分,取消,合計\n1,売上,,100\n2,売上,,-100\n3,通販A,1,100\n4,返品,,-1\n5,両替,,0\n6,両替,1,0\n7,賞品,,0\n";
        var conversion = Converter.Convert(ProfileCatalog.Read("guide", yaml), System.Text.Encoding.UTF8.GetBytes(Rows), ProfileFixtures.Context, CancellationToken.None);
        Assert.Equal(["Sale", "Return", "Cancelled", "Return", "NoSale", "Cancelled"], conversion.Transactions.Select(t => t.Record.Kind.ToString()));
        Assert.Equal("7", Assert.Single(conversion.Held).Key);
    }

    [Fact]
    public void All_mistakes_of_all_files_come_at_once()
    {
        var wrong = VendorA.Replace("clock: terminal", "clock: sundial", StringComparison.Ordinal).Replace("currency: JPY", "currency: yen", StringComparison.Ordinal);
        var errors = Assert.Throws<ProfileException>(() => ProfileCatalog.Load([("a.yaml", wrong), ("b.yaml", "id: ["), ("c.yaml", "- 1")])).Errors;
        Assert.Contains(errors, error => error.StartsWith("a.yaml: clock", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("a.yaml: currency", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("b.yaml:", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("c.yaml:", StringComparison.Ordinal));
    }

    [Fact]
    public void One_version_has_one_definition_and_the_newest_is_found_first()
    {
        Assert.Contains("already defined", Assert.Throws<ProfileException>(() => ProfileCatalog.Load([("a", VendorA), ("b", VendorA)])).Message, StringComparison.Ordinal);
        var catalog = ProfileCatalog.Load([("b", VendorA.Replace("version: 1", "version: 10", StringComparison.Ordinal)), ("a", VendorA)]);
        Assert.Equal(10, catalog.Find("vendor-a")!.Version);
        Assert.Equal(1, catalog.Find("vendor-a", 1)!.Version);
        Assert.Null(catalog.Find("vendor-a", 2));
    }

    [Fact]
    public void A_profile_cut_off_anywhere_is_an_error_list_and_no_crash()
    {
        for (var length = 0; length < VendorA.Length; length += 13)
        {
            Assert.NotEmpty(Lint(VendorA[..length]));
        }
    }

    private static IReadOnlyList<string> Lint(string yaml) => Assert.Throws<ProfileException>(() => ProfileCatalog.Load([("a.yaml", yaml)])).Errors;
}
