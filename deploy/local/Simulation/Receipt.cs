namespace RetailInsight.Local.Simulation;

/// <summary>What a till recorded.</summary>
internal enum ReceiptKind
{
    Sale,
    Return,
    Void,
    Cancelled,
    Training,
}

/// <summary>How it was paid.</summary>
internal enum TenderMethod
{
    Cash,
    Credit,
    EMoney,
    QrCode,
}

/// <summary>One line; amounts are yen without tax and never negative.</summary>
/// <param name="Item">What.</param>
/// <param name="Quantity">How many.</param>
/// <param name="Discount">Taken off this line.</param>
internal sealed record ReceiptLine(Item Item, int Quantity, int Discount)
{
    public int AmountBeforeDiscount => Item.NetPrice * Quantity;

    public int Net => AmountBeforeDiscount - Discount;
}

/// <summary>All of a receipt at one rate, in yen.</summary>
internal sealed record RateGroup(int RatePercent, long Net, long Tax)
{
    public long Gross => Net + Tax;
}

/// <summary>
/// A receipt as it truly was, in a world of net prices: N = Σ net lines − receipt discount per rate, T = ⌊N × rate⌋ once per
/// receipt and rate, G = N + T. All amounts are positive here; <see cref="Sign"/> turns returns and voids around.
/// </summary>
internal sealed record Receipt
{
    private static readonly int[] AllRates = [10, 8, 0];

    public required ReceiptKind Kind { get; init; }

    public required Register Register { get; init; }

    public required string Number { get; init; }

    /// <summary>Seconds after local midnight of the business date; may exceed a day.</summary>
    public required int Second { get; init; }

    public required IReadOnlyList<ReceiptLine> Lines { get; init; }

    /// <summary>Off the whole receipt, yen without tax; only on receipts of one rate, so that it needs no splitting.</summary>
    public int Discount { get; init; }

    public int? Guests { get; init; }

    public string? Member { get; init; }

    public TenderMethod Tender { get; init; }

    /// <summary>Number of the receipt a void takes back.</summary>
    public string? VoidOf { get; init; }

    /// <summary>Whether a later void took it back.</summary>
    public bool IsVoided { get; init; }

    /// <summary>Unique within a business date.</summary>
    public string Key => Register.PosCode + "/" + Number;

    public int Hour => Second / 3600;

    public int Sign => Kind is ReceiptKind.Return or ReceiptKind.Void ? -1 : 1;

    /// <summary>Whether it is part of sales figures.</summary>
    public bool Counts => Kind is ReceiptKind.Sale or ReceiptKind.Return && !IsVoided && Lines.Count > 0;

    /// <summary>One group per rate, highest rate first.</summary>
    public IReadOnlyList<RateGroup> Rates
    {
        get
        {
            var groups = new List<RateGroup>(AllRates.Length);
            foreach (var rate in AllRates)
            {
                long? net = null;
                foreach (var line in Lines)
                {
                    net = line.Item.RatePercent == rate ? (net ?? -Discount) + line.Net : net;
                }

                if (net is { } known)
                {
                    groups.Add(new RateGroup(rate, known, known * rate / 100));
                }
            }

            return groups;
        }
    }

    public long Net => Rates.Sum(rate => rate.Net);

    public long Tax => Rates.Sum(rate => rate.Tax);

    public long Gross => Rates.Sum(rate => rate.Gross);
}
