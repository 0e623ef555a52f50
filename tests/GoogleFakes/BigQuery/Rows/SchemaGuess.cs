using System.Text;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Rows;

/// <summary>Autodetect: the narrowest type that takes every value of a column.</summary>
internal static class SchemaGuess
{
    private static readonly SqlType[] Candidates = [SqlType.Int64, SqlType.Float64, SqlType.Bool, SqlType.Date, SqlType.Timestamp];

    /// <summary>The schema of a load's data.</summary>
    /// <exception cref="BigQueryException">There is nothing to guess from.</exception>
    public static IReadOnlyList<SqlColumn> Of(JsonObject load, IReadOnlyList<byte[]> contents)
    {
        var values = RowSources.IsJson(load) ? FromJson(load, contents) : FromCsv(load, contents[0]);
        return values.Count == 0
            ? throw BigQueryException.Invalid("Failed to detect schema: no rows.")
            : [.. values.Select(column => new SqlColumn(column.Key, TypeOf(column.Value)))];
    }

    private static Dictionary<string, List<string>> FromJson(JsonObject load, IReadOnlyList<byte[]> contents)
    {
        var values = new Dictionary<string, List<string>>();
        foreach (var member in contents.SelectMany(content => RowSources.Read(load, content, [])).SelectMany(row => row.Row.EnumerateObject()))
        {
            var list = values.TryGetValue(member.Name, out var known) ? known : values[member.Name] = [];
            if (member.Value.ValueKind != System.Text.Json.JsonValueKind.Null)
            {
                list.Add(member.Value.ToString());
            }
        }

        return values;
    }

    private static Dictionary<string, List<string>> FromCsv(JsonObject load, byte[] content)
    {
        var records = RowSources.CsvRecords(Encoding.UTF8.GetString(content), ',').Select(record => record.Fields).ToList();
        if (records.Count == 0)
        {
            return [];
        }

        // The first line names the columns when it alone holds nothing but text.
        var named = records.Count > 1 && records[0].All(field => TypeOf([field.Text]).Kind == SqlTypeKind.String);
        load["skipLeadingRows"] = named ? 1 : 0;
        var rows = named ? records[1..] : records;
        return records[0].Select((field, at) => (Name: named ? field.Text : $"string_field_{at}", At: at))
            .ToDictionary(column => column.Name, column => rows.Where(row => row.Count > column.At && row[column.At].Text.Length > 0).Select(row => row[column.At].Text).ToList());
    }

    private static SqlType TypeOf(List<string> values) =>
        values.Count == 0 ? SqlType.String
        : Array.Find(Candidates, type => values.TrueForAll(value => (type.Kind != SqlTypeKind.Bool || value.Length > 1) && RowReader.Scalar(value, type.Kind, false) is not null)) ?? SqlType.String;
}
