using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>A CSV file as an independent reader sees it.</summary>
internal static class CsvRows
{
    /// <summary>All rows, the head first.</summary>
    public static List<string[]> Of(string text)
    {
        using var parser = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture) { HasHeaderRecord = false });
        var rows = new List<string[]>();
        while (parser.Read())
        {
            rows.Add(parser.Record!);
        }

        return rows;
    }
}
