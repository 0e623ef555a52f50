using System.Globalization;
using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Problems;

/// <summary>
/// Reads the query of one request strictly and collects every fault, so that a caller mends all of them at once. An unknown
/// parameter is a fault: a mistyped filter must not widen an answer.
/// </summary>
internal sealed class QueryParameters
{
    /// <summary>The longest period one request may ask for.</summary>
    public const int MaxDays = 400;

    /// <summary>The most items of one answer.</summary>
    public const int MaxLimit = 1000;

    private readonly IQueryCollection _query;
    private readonly PathString _path;
    private readonly List<ParameterFault> _faults = [];

    public QueryParameters(HttpContext context, params ReadOnlySpan<string> known)
        : this(context.Request.Query, context.Request.Path, known)
    {
    }

    /// <summary>Reads a query that was kept.</summary>
    public QueryParameters(IQueryCollection query, PathString path, params ReadOnlySpan<string> known)
    {
        _query = query;
        _path = path;
        foreach (var name in _query.Keys)
        {
            if (!known.Contains(name))
            {
                Fault(name, $"is not a parameter of this address; it takes {string.Join(", ", known.ToArray())}.");
            }
        }
    }

    /// <summary>What is wrong so far; null when nothing is.</summary>
    public IResult? Problem => _faults.Count == 0 ? null : ApiProblem.Parameters(_faults);

    /// <summary>Every fault so far; readers of parts of the query add theirs.</summary>
    public List<ParameterFault> Faults => _faults;

    public void Fault(string name, string detail) => _faults.Add(new ParameterFault(name, detail));

    /// <summary>A single value, or null.</summary>
    public string? Text(string name)
    {
        var values = _query[name];
        if (values.Count > 1)
        {
            Fault(name, "may be given once.");
        }

        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }

    /// <summary>A list in one value, separated by commas; empty when absent.</summary>
    public List<string> List(string name) => Text(name) is { } text ? [.. text.Split(',')] : [];

    /// <summary>A required value.</summary>
    public string Required(string name)
    {
        var text = Text(name);
        if (text is null)
        {
            Fault(name, "is required.");
        }

        return text ?? "";
    }

    /// <summary>A business date, or null when absent.</summary>
    public DateOnly? Date(string name)
    {
        var text = Text(name);
        if (text is null)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        Fault(name, "must be an existing date as YYYY-MM-DD.");
        return null;
    }

    /// <summary>A required business date; the first day of the calendar when it is at fault.</summary>
    public DateOnly RequiredDate(string name)
    {
        var text = Required(name);
        return text.Length == 0 ? default : Date(name) ?? default;
    }

    /// <summary>The required period <c>from</c> … <c>to</c>, both included.</summary>
    public (DateOnly From, DateOnly To) Period()
    {
        var before = _faults.Count;
        var from = RequiredDate("from");
        var to = RequiredDate("to");
        if (_faults.Count == before)
        {
            if (to < from)
            {
                Fault("to", "must not be before from.");
            }
            else if (to.DayNumber - from.DayNumber >= MaxDays)
            {
                Fault("to", $"must be at most {MaxDays - 1} days after from ({MaxDays} days in all).");
            }
        }

        return (from, to);
    }

    /// <summary>The page size: 1 … 1000, default 100.</summary>
    public int Limit()
    {
        var text = Text("limit");
        if (text is null)
        {
            return 100;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit)
        {
            return limit;
        }

        Fault("limit", $"must be a whole number from 1 to {MaxLimit}.");
        return 1;
    }

    /// <summary>Where the page before ended; null on the first page.</summary>
    public StoreDayKey? Cursor()
    {
        if (Text("cursor") is not { } text)
        {
            return null;
        }

        var key = StoreDayKey.FromCursor(text);
        if (key is null)
        {
            Fault("cursor", "must be a next_cursor as it was given.");
        }

        return key;
    }

    /// <summary>This address, or another path with its parameters, without one of them.</summary>
    public string AddressWithout(string name, string? path = null) => (path ?? _path.Value) + QueryString.Create(_query.Where(parameter => parameter.Key != name));

    /// <summary>A whole number from 0, or null when absent.</summary>
    public long? Whole(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Fault(name, "must be a whole number from 0.");
        return null;
    }

    /// <summary>All values of a repeatable parameter; null when it is absent.</summary>
    public string[]? Many(string name) => _query.ContainsKey(name) ? [.. _query[name].Select(value => value ?? "").Distinct()] : null;
}
