using System.Globalization;
using System.Text;

namespace RetailInsight.Local.Simulation;

/// <summary>A till's stay in a store, both dates included; null = open end.</summary>
internal sealed record RegisterStay(string PosCode, SimulatedStore Store, DateOnly From, DateOnly? To);

/// <summary>Writes the vendor-a POS master.</summary>
internal static class PosMasterWriter
{
    public static byte[] Write(IEnumerable<RegisterStay> stays)
    {
        var text = new StringBuilder("POSコード,店舗コード,店舗名,有効開始日,有効終了日\r\n");
        foreach (var stay in stays)
        {
            text.Append(CultureInfo.InvariantCulture, $"{stay.PosCode},{stay.Store.Code},{stay.Store.Name},{Text(stay.From)},{Text(stay.To)}\r\n");
        }

        return CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes(text.ToString());
    }

    private static string Text(DateOnly? date) => date?.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture) ?? "";
}
