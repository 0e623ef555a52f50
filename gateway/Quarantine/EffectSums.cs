namespace RetailInsight.Gateway.Quarantine;

/// <summary>What a replay changes in one payload, added up by what happens, where and why.</summary>
internal sealed class EffectSums
{
    private readonly Dictionary<Key, Sum> _sums = [];

    /// <summary>The sums, in the order they first appeared.</summary>
    public IReadOnlyCollection<KeyValuePair<Key, Sum>> All => _sums;

    /// <summary>Adds one receipt or count.</summary>
    /// <param name="effect">What happens to it.</param>
    /// <param name="store">Where it counts, when that is known.</param>
    /// <param name="date">When it counts, when that is known.</param>
    /// <param name="currency">ISO 4217; null when there is no money.</param>
    /// <param name="reason">Why it stays held.</param>
    /// <param name="field">The field at fault.</param>
    /// <param name="rows">Source rows.</param>
    /// <param name="money">Micros.</param>
    public void Add(string effect, string? store, DateOnly? date, string? currency, string? reason, string? field, int rows, (long Net, long Tax, long Gross) money)
    {
        var key = new Key(effect, store, date, currency, reason, field);
        var sum = _sums.GetValueOrDefault(key);
        _sums[key] = new Sum(sum.Receipts + 1, sum.Rows + rows, sum.Net + money.Net, sum.Tax + money.Tax, sum.Gross + money.Gross);
    }

    /// <summary>What happens, where, and why not.</summary>
    internal readonly record struct Key(string Effect, string? Store, DateOnly? BusinessDate, string? Currency, string? Reason, string? Field);

    /// <summary>Receipts, source rows, and micros of sales and returns: whole, in a type no number of them overflows.</summary>
    internal readonly record struct Sum(int Receipts, int Rows, decimal Net, decimal Tax, decimal Gross);
}
