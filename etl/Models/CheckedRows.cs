using RetailInsight.Core.Ports;

namespace RetailInsight.Etl.Models;

/// <summary>Counts the rows that break each check and keeps the first few as samples.</summary>
internal sealed class CheckedRows(Model model)
{
    private const int MaxSamples = 3;
    private readonly (ModelCheck Check, List<string> Samples)[] _checks = [.. model.Checks.Select(check => (check, new List<string>()))];
    private readonly long[] _broken = new long[model.Checks.Count()];

    public void Add(RowBlock block)
    {
        for (var at = 0; at < _checks.Length; at++)
        {
            // A check that is NULL throughout may have another type; it passes.
            var holds = block.Columns[model.Columns.Count + at];
            if (holds.Values is not bool[] values || !values.Contains(false))
            {
                continue;
            }

            for (var row = 0; row < values.Length; row++)
            {
                if (!values[row] && !holds.IsNullAt(row))
                {
                    Break(at, block, row);
                }
            }
        }
    }

    public void ThrowIfBroken()
    {
        var at = Array.FindIndex(_broken, rows => rows > 0);
        if (at >= 0)
        {
            throw new ModelCheckException(model.Name, _checks[at].Check, _broken[at], _checks[at].Samples);
        }
    }

    private void Break(int at, RowBlock block, int row)
    {
        _broken[at]++;
        if (_checks[at].Samples.Count < MaxSamples)
        {
            var values = model.Columns.Select(column => FormattableString.Invariant($"{column.Name}={block[column.Name].ValueAt(row) ?? "NULL"}"));
            _checks[at].Samples.Add($"({string.Join(", ", values)})");
        }
    }
}
