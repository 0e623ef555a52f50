using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RetailInsight.Local.Simulation;

/// <summary>Writes vendor-b pushes: UTF-8 JSON, tax-exclusive, business date left to the reader. Any store's receipts will do.</summary>
internal static class VendorBWriter
{
    public const string ContentType = "application/json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One push.</summary>
    /// <param name="store">Whose.</param>
    /// <param name="receipts">In the order they are to stand.</param>
    /// <param name="date">Business date.</param>
    /// <param name="exportedMinute">When it was exported, minutes after local midnight of the business date.</param>
    /// <param name="stateTaxes">False leaves <c>taxes</c> out.</param>
    /// <param name="badRows">Receipts to break, by key.</param>
    /// <exception cref="ArgumentOutOfRangeException">A break this format cannot have.</exception>
    public static byte[] Write(
        SimulatedStore store, IEnumerable<Receipt> receipts, DateOnly date, int exportedMinute, bool stateTaxes, IReadOnlyDictionary<string, BadRow> badRows)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", "vendor-b/2");
            json.WriteStartObject("store");
            json.WriteString("code", store.Code);
            json.WriteString("name", store.Name);
            json.WriteEndObject();
            json.WriteString("exported_at", JapanTime.Text(date, exportedMinute * 60));
            json.WriteStartArray("transactions");
            foreach (var receipt in receipts)
            {
                Transaction(json, receipt, date, stateTaxes, badRows.TryGetValue(receipt.Key, out var bad) ? bad : null);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Rows a receipt takes: its items, one when it has none.</summary>
    public static int RowsOf(Receipt receipt) => Math.Max(1, receipt.Lines.Count);

    private static void Transaction(Utf8JsonWriter json, Receipt receipt, DateOnly date, bool stateTaxes, BadRow? bad)
    {
        json.WriteStartObject();
        json.WriteString("terminal", receipt.Register.Terminal);
        json.WriteString("receipt_no", receipt.Number);
        json.WriteString("type", receipt.Kind.ToString().ToUpperInvariant());
        json.WriteString("at", JapanTime.Text(date, receipt.Second));
        json.WriteString("void_of", receipt.VoidOf);
        if (receipt.Guests is { } guests)
        {
            json.WriteNumber("guests", guests);
        }
        else
        {
            json.WriteNull("guests");
        }

        json.WriteString("member", receipt.Member);
        Items(json, receipt, bad);
        json.WriteNumber("discount", receipt.Sign * receipt.Discount);
        if (stateTaxes)
        {
            Taxes(json, receipt);
        }

        json.WriteNumber("total", (receipt.Sign * receipt.Gross) + (bad == BadRow.TotalMismatch ? 100 : 0));
        json.WriteStartArray("payments");
        if (receipt.Lines.Count > 0)
        {
            json.WriteStartObject();
            json.WriteString("method", receipt.Tender == TenderMethod.QrCode ? "QR" : receipt.Tender.ToString().ToUpperInvariant());
            json.WriteNumber("amount", receipt.Sign * receipt.Gross);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Items(Utf8JsonWriter json, Receipt receipt, BadRow? bad)
    {
        json.WriteStartArray("items");
        for (var at = 0; at < receipt.Lines.Count; at++)
        {
            var line = receipt.Lines[at];
            var broken = at == receipt.Lines.Count - 1 ? bad : null;
            json.WriteStartObject();
            json.WriteString("code", line.Item.Jan);
            json.WriteString("name", line.Item.Name);
            json.WriteString("dept", line.Item.Department);
            json.WriteNumber("qty", receipt.Sign * line.Quantity);
            json.WriteNumber("unit_price", line.Item.NetPrice);
            Amount(json, receipt.Sign * line.AmountBeforeDiscount, broken);
            json.WriteNumber("discount", receipt.Sign * line.Discount);
            json.WriteNumber("tax_rate", broken == BadRow.BrokenTaxRate ? 0.80m : line.Item.RatePercent / 100m);
            json.WriteString("tax_type", TaxType(line.Item.RatePercent));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Amount(Utf8JsonWriter json, int amount, BadRow? broken)
    {
        switch (broken)
        {
            case BadRow.NonNumericAmount:
                json.WriteString("amount", "#VALUE!");
                break;
            case null or BadRow.BrokenTaxRate or BadRow.TotalMismatch:
                json.WriteNumber("amount", amount);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(broken));
        }
    }

    private static void Taxes(Utf8JsonWriter json, Receipt receipt)
    {
        json.WriteStartArray("taxes");
        foreach (var group in receipt.Rates)
        {
            json.WriteStartObject();
            json.WriteNumber("rate", group.RatePercent / 100m);
            json.WriteString("type", TaxType(group.RatePercent));
            json.WriteNumber("net", receipt.Sign * group.Net);
            json.WriteNumber("tax", receipt.Sign * group.Tax);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string TaxType(int ratePercent) => ratePercent switch { 10 => "standard", 8 => "reduced", _ => "exempt" };
}

/// <summary>Wall-clock times of Japan, which has had one offset since 1951.</summary>
internal static class JapanTime
{
    /// <summary>ISO 8601 with offset.</summary>
    /// <param name="date">Business date.</param>
    /// <param name="second">Seconds after its local midnight; may exceed a day.</param>
    public static string Text(DateOnly date, int second) =>
        date.ToDateTime(TimeOnly.MinValue).AddSeconds(second).ToString("yyyy-MM-dd'T'HH:mm:ss'+09:00'", CultureInfo.InvariantCulture);
}
