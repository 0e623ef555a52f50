using System.Globalization;
using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Tests.Profiles.RoundTrip;

/// <summary>A vendor's format: what it carries, and a printer of it that knows nothing of the profile.</summary>
/// <param name="Profile">The profile that reads it.</param>
/// <param name="Carries">What receipts it can carry.</param>
/// <param name="Print">The payloads of receipts.</param>
internal sealed record VendorFormat(string Profile, Carries Carries, Func<IReadOnlyList<Till>, IEnumerable<byte[]>> Print)
{
    public static readonly Rate[] Inclusive =
        [new(1000, TaxCategory.Standard, TaxBasis.Inclusive), new(800, TaxCategory.Reduced, TaxBasis.Inclusive), new(0, TaxCategory.Exempt, TaxBasis.Inclusive)];

    public static readonly Rate[] Exclusive = [.. Inclusive.Select(rate => rate with { Basis = TaxBasis.Exclusive })];

    public static string Plain(decimal value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    public static decimal Units(long micros) => (decimal)micros / Money.MicrosPerUnit;

    public static string Total(Till till) => Plain(Units(till.Record.Gross));

    public static string At(Sale sale, string format) => sale.Wall.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Hours since midnight of the business date, also beyond 24.</summary>
    public static string Clock(Sale sale, bool seconds) => string.Create(
        CultureInfo.InvariantCulture, $"{(int)sale.Time.TotalHours:00}:{sale.Time.Minutes:00}{(seconds ? $":{sale.Time.Seconds:00}" : "")}");

    public static string Date(Sale sale, string format) => sale.Day.ToString(format, CultureInfo.InvariantCulture);

    public static byte[] Csv(Encoding encoding, string header, IEnumerable<IEnumerable<string>> rows) =>
        encoding.GetBytes(header + "\r\n" + string.Concat(rows.Select(row => string.Join(",", row.Select(Quoted)) + "\r\n")));

    /// <summary>Each line of each receipt, with its place from 0.</summary>
    public static IEnumerable<(Till Till, SaleLine Line, int At)> Lines(IEnumerable<Till> tills) =>
        tills.SelectMany(till => till.Sale.Lines.Select((line, at) => (till, line, at)));

    private static string Quoted(string field) => field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
