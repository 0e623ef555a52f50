using System.Globalization;
using System.Text;

namespace RetailInsight.Profiles.Drafting;

/// <summary>
/// Writes the first draft of a profile from a file of a vendor: what could be seen, with a comment <c>DECIDE</c> at everything that could
/// not. A draft is to be read by a person and tried on the file.
/// </summary>
public static class ProfileDraft
{
    private const int MostCodes = 30;
    private static readonly string[] Kinds = ["sale", "return"];

    /// <summary>The draft as YAML.</summary>
    /// <param name="payload">The file, unpacked.</param>
    /// <param name="id">Name of the profile and the vendor: lower-case letters, digits and hyphens.</param>
    public static string Of(ReadOnlyMemory<byte> payload, string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var sample = FileSample.Of(payload.Span);
        var yaml = new StringBuilder();
        void Line(string text) => yaml.Append(text).Append('\n');

        Line("# Draft from one file. Every DECIDE is to be decided; then: retail profile test FILE --profile THIS.yaml");
        Line($"id: {id}");
        Line("version: 1");
        Line($"vendor: {id} # DECIDE: the vendor is part of every event id and never changes");
        Line("content: transactions # DECIDE: or people_counts, visitor_events, pos_master, declared_totals");
        Line("currency: JPY # DECIDE: no file says its currency");
        Line("");
        Line("container:");
        Line($"  format: {sample.Format ?? "csv # DECIDE: cannot be told; fixed widths are 'fixed' with columns"}");
        Line($"  encoding: {sample.Encoding ?? "utf-8 # DECIDE: the bytes are neither UTF-8, CP932 nor UTF-16 with a byte order mark"}");
        if (sample.Columns.Count == 0)
        {
            Line("");
            Line("# DECIDE: only files of rows are looked into. gateway/profiles/vendors has examples: vendor-b and square (json), arts-poslog (xml), archive-pos (files).");
            Line("# The file begins:");
            foreach (var line in sample.Text.Split('\n').Take(20))
            {
                Line("#   " + Shown(line, 160));
            }

            return yaml.ToString();
        }

        new Rows(sample, Line).Write();
        return yaml.ToString();
    }

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static string Shown(string text, int most) => string.Concat(text.Where(letter => !char.IsControl(letter)).Take(most));

    /// <summary>The part of a draft that is about columns.</summary>
    private sealed class Rows(FileSample sample, Action<string> line)
    {
        private readonly Dictionary<string, int> _fields = ColumnGuess.Fields(sample);

        // A time of day needs the day it is of.
        private bool IsTimeAlone => _fields.TryGetValue("occurred_at", out var column) && ColumnGuess.Moment([.. sample.Values(column)]) is ("time", _);

        // A void has to say what it takes back.
        private string Void => _fields.ContainsKey("original_receipt_number") ? "void" : "cancelled";

        private bool HasDate => _fields.ContainsKey("business_date") || IsTimeAlone;

        public void Write()
        {
            if (sample.Format == "csv")
            {
                line($"  delimiter: {Quoted(sample.Delimiter.ToString())}");
            }

            line("  quote: '\"'");
            if (sample.PreambleRows > 0)
            {
                line(string.Create(CultureInfo.InvariantCulture, $"  preamble_rows: {sample.PreambleRows}"));
            }

            if (!sample.HasHeader)
            {
                line($"  header: [{string.Join(", ", sample.Columns.Select(Quoted))}] # DECIDE: the file has no header; name the columns");
            }

            if (Footer() is { } footer)
            {
                line($"  footer: [{Quoted(footer)}] # DECIDE: rows that begin with this are taken for totals below the data");
            }

            var unused = sample.Columns.Index().Where(one => !_fields.ContainsValue(one.Index)).ToList();
            if (unused.Count > 0)
            {
                line("  # DECIDE: columns not understood by their names; bind those that matter.");
                line($"  unused: [{string.Join(", ", unused.Select(one => Quoted(one.Item)))}]");
                unused.ForEach(one => line($"  #   {Shown(one.Item, 60)}: {string.Join(" | ", sample.Values(one.Index).Distinct().Take(3).Select(value => Shown(value, 40)))}"));
            }

            WriteNumbers();
            var parts = (string[])[.. ((string[])["store", "terminal", "business_date", "receipt_number"]).Where(_fields.ContainsKey)];
            parts = parts.Contains("receipt_number") ? parts : [.. parts, "receipt_number"];
            line("");
            line("records:");
            line($"  receipt_key: [{string.Join(", ", parts)}] # DECIDE: the fields whose equality makes rows one receipt");
            WriteReceipt();
            WriteLine();
            WriteCodes();
            WriteRest(parts);
        }

        private void WriteNumbers()
        {
            var values = sample.Columns.Index().SelectMany(column => sample.Values(column.Index)).Where(value => ColumnGuess.IsNumber([value])).ToList();
            var styles = new List<string>();
            if (values.Exists(value => value.Contains(',', StringComparison.Ordinal)))
            {
                styles.Add("thousands: true");
            }

            if (values.Exists(value => value.Contains('¥', StringComparison.Ordinal) || value.Contains('￥', StringComparison.Ordinal)))
            {
                styles.Add("currency_sign: true");
            }

            var minus = ((string[])["▲", "△"]).Where(sign => values.Exists(value => value.StartsWith(sign, StringComparison.Ordinal))).ToList();
            if (minus.Count > 0)
            {
                styles.Add($"minus: [{string.Join(", ", minus)}]");
            }

            if (styles.Count > 0)
            {
                line("");
                line($"numbers: {{ {string.Join(", ", styles)} }}");
            }
        }

        private void WriteReceipt()
        {
            line("");
            line("receipt:");
            Bind("store", "code", required: false);
            Bind("terminal", "code", required: false);
            if (!_fields.ContainsKey("terminal"))
            {
                line("  terminal: { constant: \"1\", type: code } # DECIDE: no column names the register");
            }

            BindMoment("business_date", required: IsTimeAlone);
            BindMoment("occurred_at", required: true);
            Bind("receipt_number", "code", required: true);
            line(_fields.TryGetValue("kind", out var kind)
                ? $"  kind: {{ from: {Quoted(sample.Columns[kind])}, type: code, map: kind }}"
                : "  kind: { constant: sale, type: code } # DECIDE: no column says sale, return or void");
            Bind("original_receipt_number", "code", required: false, optional: true);
            Bind("guests", "integer", required: false, optional: true);
            Bind("customer", "code", required: false, optional: true);
            Bind("total", "money", required: false);
        }

        private void WriteLine()
        {
            line("");
            line("line:");
            Bind("item_code", "code", required: true);
            Bind("item_name", "text", required: false, optional: true);
            Bind("category", "code", required: false, optional: true);
            Bind("quantity", "decimal", required: true);
            Bind("unit_price", "money", required: true);
            Bind("amount", "money", required: false);
            Bind("tax_rate", "decimal", required: false);
            if (_fields.TryGetValue("tax_category", out var category) && _fields.ContainsKey("tax_rate"))
            {
                line($"  tax_category: {{ from: {Quoted(sample.Columns[category])}, type: code, map: tax_category, default: \"-\" }}");
            }
        }

        private void WriteCodes()
        {
            if (!((string[])["kind", "tax_category", "tender"]).Any(_fields.ContainsKey))
            {
                return;
            }

            line("");
            line("codes:");
            WriteMap("kind", value => Kinds.FirstOrDefault(word => value.Contains(word, StringComparison.OrdinalIgnoreCase)) ?? (value.Contains("void", StringComparison.OrdinalIgnoreCase) ? Void : null)
                ?? (value.Contains('返', StringComparison.Ordinal) ? "return" : value.Contains('取', StringComparison.Ordinal) ? Void : "sale"));
            if (_fields.ContainsKey("tax_category") && _fields.ContainsKey("tax_rate"))
            {
                WriteMap("tax_category", value => value is "※" || value.Contains('軽', StringComparison.Ordinal) ? "reduced" : value.Contains('非', StringComparison.Ordinal) ? "exempt" : "standard");
                line("    \"-\": standard # what an empty field means");
            }

            WriteMap("tender", value => value.Contains("現金", StringComparison.Ordinal) || value.Equals("cash", StringComparison.OrdinalIgnoreCase) ? "cash" : "credit");
        }

        private void WriteMap(string field, Func<string, string> meaning)
        {
            if (!_fields.TryGetValue(field, out var column))
            {
                return;
            }

            line($"  {field}: # DECIDE: what each means; only values of this file are listed");
            foreach (var group in sample.Values(column).GroupBy(value => value).Where(group => group.Key != "-").OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(MostCodes))
            {
                line(string.Create(CultureInfo.InvariantCulture, $"    {Quoted(Shown(group.Key, 60))}: {meaning(group.Key)} # seen {group.Count()} times"));
            }
        }

        private void WriteRest(string[] parts)
        {
            var rates = _fields.TryGetValue("tax_rate", out var column) ? sample.Values(column).Distinct().Where(value => ColumnGuess.IsNumber([value])).OrderDescending(StringComparer.Ordinal).ToList() : [];
            var isFraction = rates.Count > 0 && rates.All(rate => decimal.Parse(rate, CultureInfo.InvariantCulture) < 1);
            var hasCategory = _fields.ContainsKey("tax_category");
            line("");
            line("sign: as_sent # DECIDE: or negate: [return, void] where what is taken back is printed positive");
            line("");
            line("tax:");
            line($"  basis: {(rates.Count > 0 ? "inclusive # DECIDE: or exclusive" : "untaxed # DECIDE: no column of tax rates; inclusive or exclusive needs one")}");
            if (rates.Count > 0)
            {
                line("  rounding: floor # DECIDE: or half_up, ceiling");
                line($"  rate_unit: {(isFraction ? "fraction" : "percent")}");
                line("  rates:");
                rates.ForEach(rate => line($"    - {{ rate: {rate}, category: {(rate.StartsWith('8') || rate.StartsWith("0.08", StringComparison.Ordinal) ? "reduced" : rate.TrimStart('0', '.').Length == 0 ? "exempt" : "standard")} }}{(hasCategory ? "" : " # DECIDE: which category")}"));
            }

            if (_fields.TryGetValue("tender", out var tender) && _fields.TryGetValue("total", out var total))
            {
                line("");
                line("tenders:");
                line($"  - {{ method: {{ from: {Quoted(sample.Columns[tender])}, type: code, map: tender }}, amount: {{ from: {Quoted(sample.Columns[total])}, type: money }} }} # DECIDE: the column with the amount paid");
            }

            line("");
            line(_fields.ContainsKey("store") ? "store: { by: code } # DECIDE: retail store list shows the codes; where the vendor's differ, map them or use by: terminal"
                : _fields.ContainsKey("terminal") && HasDate ? "store: { by: terminal } # DECIDE: a POS master must say where each register stands"
                : "store: { by: constant, code: S001 } # DECIDE: no column says the store; retail store list shows the codes");
            line($"business_date: {(HasDate ? "stated" : "cut_over # DECIDE: or calendar_date")}");
            line("clock: terminal");
            line($"identity: [{string.Join(", ", parts.Contains("business_date") || !_fields.ContainsKey("business_date") ? parts : [.. parts, "business_date"])}] # DECIDE: must be unique for ever; add business_date where numbers begin anew");
            line($"checks: {{ total: {(_fields.ContainsKey("total") ? "true" : "false")}, amount: {(_fields.ContainsKey("amount") ? "true" : "false")} }}");
        }

        private void Bind(string field, string type, bool required, bool optional = false)
        {
            if (_fields.TryGetValue(field, out var column))
            {
                line($"  {field}: {{ from: {Quoted(sample.Columns[column])}, type: {type}{(optional ? ", required: false" : "")} }}{Example(column)}");
            }
            else if (required)
            {
                line($"  {field}: {{ from: DECIDE, type: {type} }} # DECIDE: no column looks like it");
            }
        }

        private void BindMoment(string field, bool required)
        {
            if (!_fields.TryGetValue(field, out var column))
            {
                if (required)
                {
                    line(field == "business_date"
                        ? "  business_date: { from: DECIDE, type: date, formats: [yyyy/MM/dd] } # DECIDE: no column looks like it"
                        : $"  {field}: {{ from: DECIDE, type: timestamp, formats: [yyyy/MM/dd HH:mm:ss] }} # DECIDE: no column looks like it");
                }

                return;
            }

            var moment = ColumnGuess.Moment([.. sample.Values(column)]);
            var (type, format) = moment ?? (field == "business_date" ? "date" : "timestamp", "yyyy/MM/dd");
            type = field == "business_date" ? "date" : type == "date" ? "timestamp" : type;
            line($"  {field}: {{ from: {Quoted(sample.Columns[column])}, type: {type}{(format is null ? "" : $", formats: [{Quoted(format)}]")} }}{Example(column)}{(moment is null ? " # DECIDE: no format fits all values" : "")}");
        }

        private string Example(int column) => sample.Values(column).FirstOrDefault() is { } first ? $" # {Shown(first, 40)}" : "";

        private string? Footer() => sample.Rows.Count > 0 && ((string[])["合計", "総計", "TOTAL", "Total"]).FirstOrDefault(word => sample.Rows[^1][0].Trim().StartsWith(word, StringComparison.Ordinal)) is { } word ? word : null;
    }
}
