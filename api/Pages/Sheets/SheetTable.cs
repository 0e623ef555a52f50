using RetailInsight.Api.Exports;

namespace RetailInsight.Api.Pages.Sheets;

/// <summary>
/// A table of a page as a file: the numbers the page shows, exact where the page rounds, and all rows where the page shows the first.
/// Rows are made when they are written.
/// </summary>
/// <param name="Name">Of the file, without its ending.</param>
/// <param name="Title">In the reader's language.</param>
/// <param name="Columns">Ids; see <see cref="SheetColumnNames"/>.</param>
/// <param name="Rows">A cell a column.</param>
internal sealed record SheetTable(string Name, string Title, IReadOnlyList<string> Columns, IEnumerable<IReadOnlyList<SheetCell>> Rows)
{
    public static SheetTable Of<T>(string name, string title, IEnumerable<T> rows, IReadOnlyList<SheetColumn<T>> columns) => new(
        name, title, [.. columns.Select(column => column.Id)], rows.Select(row => (IReadOnlyList<SheetCell>)[.. columns.Select(column => column.Read(row))]));

    /// <summary>The file's text: a head in the reader's language, then the rows.</summary>
    public (string Text, int Rows) Write(string language)
    {
        var csv = new CsvText();
        foreach (var column in Columns)
        {
            csv.Text(SheetColumnNames.Of(column, language));
        }

        csv.EndRow();
        var count = 0;
        foreach (var row in Rows)
        {
            foreach (var cell in row)
            {
                _ = cell.IsNumber ? csv.Number(cell.Content) : csv.Text(cell.Content);
            }

            csv.EndRow();
            count++;
        }

        return (csv.ToString(), count);
    }
}
