using System.Runtime.CompilerServices;
using System.Text;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Csv;

/// <summary>Finds the columns the profile binds by the names in the header row.</summary>
internal static class CsvHeader
{
    /// <summary>The column of a binding whose column may be missing and is: past the end of any row.</summary>
    public const int Missing = int.MaxValue;

    private const int MostNamesShown = 60;
    private const int LongestRemembered = 16 * 1024;

    // By FieldGroup.
    private static readonly string[][] GroupFields =
    [
        [CanonicalFields.ItemCode, CanonicalFields.ItemName, CanonicalFields.Category],
        [CanonicalFields.TaxRate, CanonicalFields.TaxCategory],
    ];

    private static readonly ConditionalWeakTable<ProfileDefinition, Bound> Last = new();

    /// <summary>A header whose columns were found.</summary>
    /// <param name="Row">Its bytes; none where the profile names the columns.</param>
    /// <param name="Names">The column names.</param>
    /// <param name="Columns">The column of each binding by ordinal; −1 for a constant.</param>
    /// <param name="Unknown">Names that are neither bound nor declared unused.</param>
    /// <param name="Groups">First and last column by <see cref="FieldGroup"/>; the last is −1 where other columns stand between.</param>
    public sealed record Bound(byte[] Row, IReadOnlyList<string> Names, int[] Columns, IReadOnlyList<string> Unknown, (int From, int To)[] Groups);

    /// <summary>
    /// The header of the last payload of this profile if it was the same, byte for byte; null otherwise. Registers send one
    /// header for years, and finding its columns costs more than reading a dozen rows.
    /// </summary>
    public static Bound? Remembered(ProfileDefinition definition, ReadOnlySpan<byte> row) =>
        Last.TryGetValue(definition, out var last) && row.SequenceEqual(last.Row) ? last : null;

    /// <summary>Remembers a header for the next payload.</summary>
    public static Bound Remember(ProfileDefinition definition, ReadOnlySpan<byte> row, IReadOnlyList<string> names, int[] columns)
    {
        var known = definition.Bindings.Select(binding => binding.From).OfType<string>().Concat(definition.Container.Unused).Select(Normalise).ToHashSet(StringComparer.Ordinal);
        var unknown = row.IsEmpty ? [] : names.Where(name => !known.Contains(Normalise(name))).Select(name => FieldReader.Shown(name.Trim())).ToArray();
        var bound = new Bound(row.ToArray(), names, columns, unknown, [.. GroupFields.Select(fields => TogetherIn(columns, fields.Select(definition.Line.GetValueOrDefault)))]);
        if (row.Length <= LongestRemembered)
        {
            Last.AddOrUpdate(definition, bound);
        }

        return bound;
    }

    // Fields whose meaning hangs on others, or on the kind of the receipt, are not decided by their bytes.
    private static (int From, int To) TogetherIn(int[] columns, IEnumerable<Binding?> bindings)
    {
        var bound = bindings.OfType<Binding>().Where(binding => binding.Constant is null).ToArray();
        var places = bound.Where(binding => binding.From is not null).Select(binding => columns[binding.Ordinal]).Distinct().ToArray();
        return places.Length > 0 && Array.TrueForAll(bound, binding => binding.Decision is null && binding.NegateFor.Count == 0) && places.Max() - places.Min() == places.Length - 1
            ? (places.Min(), places.Max())
            : (0, -1);
    }

    /// <summary>
    /// The column of each binding by ordinal, or what is wrong with the header. Names are compared without surrounding
    /// blanks, character width and letter case.
    /// </summary>
    public static int[]? Bind(IReadOnlyList<string> names, IReadOnlyList<Binding> bindings, out string? problem, out string? field)
    {
        var normalised = names.Select(Normalise).ToArray();
        var columns = new int[bindings.Count];
        foreach (var binding in bindings)
        {
            if (binding.From is null)
            {
                columns[binding.Ordinal] = -1;
                continue;
            }

            var wanted = Normalise(binding.From);
            var at = Array.IndexOf(normalised, wanted);
            if (at < 0 && binding.Optional)
            {
                columns[binding.Ordinal] = Missing;
                continue;
            }

            if (at < 0 || Array.IndexOf(normalised, wanted, at + 1) >= 0)
            {
                problem = $"Column '{binding.From}' {(at < 0 ? "is missing" : "stands there twice")}. Columns found: {Shown(names)}.";
                field = binding.From;
                return null;
            }

            columns[binding.Ordinal] = at;
        }

        problem = null;
        field = null;
        return columns;
    }

    /// <summary>A name as names are compared: without surrounding blanks, character width and letter case.</summary>
    public static string Normalise(string name) =>
        name.Replace("\uFEFF", "", StringComparison.Ordinal).Normalize(NormalizationForm.FormKC).Trim().ToUpperInvariant();

    private static string Shown(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamesShown).Select(name => FieldReader.Shown(name))) + (names.Count > MostNamesShown ? ", …" : "");
}
