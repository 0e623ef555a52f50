namespace RetailInsight.Local.Simulation;

/// <summary>One store on one business date: the receipts, and what goes wrong on the way.</summary>
/// <param name="Store">Where.</param>
/// <param name="Date">Business date.</param>
/// <param name="Receipts">As the tills first recorded them, in order of time.</param>
/// <param name="BadRows">Receipts that are sent broken, by <see cref="Receipt.Key"/>.</param>
/// <param name="Corrections">What a later file says instead, by <see cref="Receipt.Key"/>.</param>
internal sealed record TradingDay(
    SimulatedStore Store,
    DateOnly Date,
    IReadOnlyList<Receipt> Receipts,
    IReadOnlyDictionary<string, BadRow> BadRows,
    IReadOnlyDictionary<string, Receipt> Corrections)
{
    /// <summary>A day on which nothing goes wrong.</summary>
    public static TradingDay Clean(SimulatedStore store, DateOnly date, IReadOnlyList<Receipt> receipts) =>
        new(store, date, receipts, new Dictionary<string, BadRow>(), new Dictionary<string, Receipt>());

    /// <summary>The same day with the imperfections planned for it.</summary>
    public TradingDay WithImperfections(int day)
    {
        var plain = Receipts.Where(receipt => receipt is { Kind: ReceiptKind.Sale, IsVoided: false, Lines.Count: >= 2 }).ToArray();
        var planned = Imperfections.BadRows.Where(bad => bad.Store == Store.Code && bad.Day == day).ToArray();
        var badRows = planned.Zip(Spread(plain, planned.Length), (bad, receipt) => (receipt.Key, bad.Row)).ToDictionary(pair => pair.Key, pair => pair.Row);
        var corrected = Imperfections.Corrected.Contains((Store.Code, day)) ? Spread(plain, 2) : [];
        return this with { BadRows = badRows, Corrections = corrected.ToDictionary(receipt => receipt.Key, Correct) };
    }

    /// <summary>The receipts with their corrections.</summary>
    public IEnumerable<Receipt> Corrected => Receipts.Select(receipt => Corrections.GetValueOrDefault(receipt.Key, receipt));

    /// <summary>What figures are made of in the end: corrected, without what is held.</summary>
    public IEnumerable<Receipt> Final => Corrected.Where(receipt => !BadRows.ContainsKey(receipt.Key));

    private static Receipt[] Spread(Receipt[] plain, int count) =>
        plain.Length < count ? plain : [.. Enumerable.Range(1, count).Select(at => plain[at * plain.Length / (count + 1)])];

    // The last item was scanned by mistake; a receipt discount goes with it, so that nothing is left negative.
    private static Receipt Correct(Receipt receipt) => receipt with
    {
        Lines = [.. receipt.Lines.SkipLast(1).Select(line => line with { Quantity = 1, Discount = 0 })],
        Discount = 0,
    };
}
