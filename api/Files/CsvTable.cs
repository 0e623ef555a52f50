using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace RetailInsight.Api.Files;

/// <summary>What is wrong with a row and how to mend it.</summary>
/// <param name="Row">Line of the file, the header being 1; 0 for the file as a whole.</param>
/// <param name="Field">Column.</param>
/// <param name="Detail">What it must be.</param>
internal sealed record RowFault(int Row, string Field, string Detail);

/// <summary>A CSV file that is read row by row by the names of its columns. Every fault of it is told at once, up to <see cref="MostFaults"/>.</summary>
internal sealed class CsvTable : IDisposable
{
    /// <summary>The most faults that are told; more say nothing new.</summary>
    public const int MostFaults = 100;

    private const int Shortest = 40;

    private readonly IReadOnlyList<(string Field, string[] Names)> _columns;
    private readonly CsvReader _csv;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<RowFault> _faults = [];
    private string[] _cells = [];

    /// <param name="text">The file.</param>
    /// <param name="columns">Columns it may have, each with the names a header may give it.</param>
    /// <param name="needed">How many of them, from the first on, it must have.</param>
    public CsvTable(string text, IReadOnlyList<(string Field, string[] Names)> columns, int needed)
    {
        _columns = columns;
        _csv = new CsvReader(
            new StringReader(text.TrimStart('\uFEFF')), new CsvConfiguration(CultureInfo.InvariantCulture) { HasHeaderRecord = false, BadDataFound = null, MissingFieldFound = null, IgnoreBlankLines = true });
        if (_csv.Read())
        {
            Header(_csv.Parser.Record ?? [], needed);
        }
        else
        {
            _faults.Add(new RowFault(0, "file", "is empty: send a header and at least one row."));
        }
    }

    /// <summary>What is wrong with it so far.</summary>
    public IReadOnlyList<RowFault> Faults => _faults;

    /// <summary>Line of the file, the header being 1.</summary>
    public int Row { get; private set; }

    /// <summary>Goes to the next row. Where the header is wrong there is none.</summary>
    public bool Next()
    {
        var first = Row == 0;
        if ((first && _faults.Count > 0) || _faults.Count >= MostFaults || !_csv.Read())
        {
            if (first && _faults.Count == 0)
            {
                _faults.Add(new RowFault(0, "file", "has no row below its header."));
            }

            return false;
        }

        (Row, _cells) = (_csv.Parser.RawRow, _csv.Parser.Record ?? []);
        return true;
    }

    /// <summary>Whether the file has a column.</summary>
    public bool Has(string field) => _places.ContainsKey(field);

    /// <summary>A cell of the row; empty where there is none.</summary>
    public string Cell(string field) => _places.TryGetValue(field, out var at) && at < _cells.Length ? _cells[at].Trim() : "";

    /// <summary>Says what is wrong with the row; before the first one, with the header.</summary>
    public void Fault(string field, string detail) => _faults.Add(new RowFault(Math.Max(1, Row), field, detail));

    /// <summary>As much of a cell as a message shows.</summary>
    public static string Shown(string text) => text.Length <= Shortest ? text : text[..Shortest] + "…";

    public void Dispose() => _csv.Dispose();

    private void Header(string[] header, int needed)
    {
        for (var at = 0; at < header.Length; at++)
        {
            var name = header[at].Trim();
            var field = _columns.FirstOrDefault(column => column.Names.Contains(name)).Field;
            if (field is null || !_places.TryAdd(field, at))
            {
                Fault(Shown(name), $"is no column of its own: there are {string.Join(", ", _columns.Select(column => column.Field))}.");
            }
        }

        foreach (var (field, _) in _columns.Take(needed).Where(column => !Has(column.Field)))
        {
            Fault(field, "is missing: add this column to the header.");
        }
    }
}
