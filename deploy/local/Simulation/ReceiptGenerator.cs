using System.Globalization;

namespace RetailInsight.Local.Simulation;

/// <summary>Draws what the tills of one store recorded on one business date.</summary>
internal sealed class ReceiptGenerator(SimulationOptions options, double scale)
{
    private const double ReturnShare = 0.015;
    private const double CancelledShare = 0.008;
    private const double TrainingShare = 0.004;
    private const double VoidedShare = 0.010;

    private static readonly TenderMethod[] Tenders =
        [TenderMethod.Cash, TenderMethod.Cash, TenderMethod.Cash, TenderMethod.Credit, TenderMethod.Credit, TenderMethod.EMoney, TenderMethod.EMoney, TenderMethod.QrCode, TenderMethod.QrCode];

    /// <summary>The receipts in order of time.</summary>
    /// <param name="store">Where.</param>
    /// <param name="date">Business date.</param>
    /// <param name="registers">The tills that stand there on that date.</param>
    public IReadOnlyList<Receipt> Generate(SimulatedStore store, DateOnly date, IReadOnlyList<Register> registers)
    {
        var draw = new Draw(options.Seed, int.Parse(store.Code.AsSpan(1), CultureInfo.InvariantCulture), date.DayNumber);
        var drafts = new List<Receipt>();
        var voids = new List<(int Original, Receipt Void)>();
        foreach (var hour in HoursOf(store))
        {
            var count = draw.Count(Expected(store, date, hour) * (0.92 + (0.16 * draw.Unit())));
            for (var i = 0; i < count; i++)
            {
                var draft = Draft(draw, store, hour, registers);
                if (draft.Kind == ReceiptKind.Sale && draw.Chance(VoidedShare))
                {
                    draft = draft with { IsVoided = true };
                    var second = Math.Min(draft.Second + draw.Between(40, 900), (store.ClosesMinute * 60) - 1);
                    voids.Add((drafts.Count, draft with { Kind = ReceiptKind.Void, Second = second, IsVoided = false }));
                }

                drafts.Add(draft);
            }
        }

        return Number(drafts, voids);
    }

    private static List<Receipt> Number(List<Receipt> drafts, List<(int Original, Receipt Void)> voids)
    {
        // A void is sorted behind its original even when both fall into the last second before closing.
        var entries = drafts.Select((draft, at) => (Draft: draft, Original: -1, Self: at))
            .Concat(voids.Select(pair => (Draft: pair.Void, pair.Original, Self: -1)))
            .OrderBy(entry => entry.Draft.Second).ThenBy(entry => entry.Original);
        var next = new Dictionary<string, int>();
        var numberOf = new string[drafts.Count];
        var receipts = new List<Receipt>();
        foreach (var (draft, original, self) in entries)
        {
            var number = next[draft.Register.PosCode] = next.GetValueOrDefault(draft.Register.PosCode) + 1;
            var text = number.ToString("000000", CultureInfo.InvariantCulture);
            if (self >= 0)
            {
                numberOf[self] = text;
            }

            receipts.Add(draft with { Number = text, VoidOf = original >= 0 ? numberOf[original] : null });
        }

        return receipts;
    }

    private static IEnumerable<int> HoursOf(SimulatedStore store) => Enumerable.Range(0, 48).Where(hour => store.OpenMinutesIn(hour) > 0);

    private double Expected(SimulatedStore store, DateOnly date, int hour)
    {
        double Weight(int at) => store.Character.WeightOf(at) * store.OpenMinutesIn(at);
        var share = Weight(hour) / HoursOf(store).Sum(Weight);
        return options.ReceiptsPerStoreDay * scale * store.Size * store.Character.DayFactor(date) * share;
    }

    private static Receipt Draft(Draw draw, SimulatedStore store, int hour, IReadOnlyList<Register> registers)
    {
        var from = Math.Max(hour * 60, store.OpensMinute) * 60;
        var kind = Kind(draw);
        var lines = Lines(draw, store.Character, kind);
        return new Receipt
        {
            Kind = kind,
            // The first till is always staffed and takes the most.
            Register = registers[Math.Min(draw.Below(registers.Count), draw.Below(registers.Count))],
            Number = "",
            Second = from + draw.Below(store.OpenMinutesIn(hour) * 60),
            Lines = lines,
            Discount = ReceiptDiscount(draw, kind, lines),
            Guests = draw.Chance(0.8) ? Math.Min(draw.Geometric(1.35), 6) : null,
            Member = draw.Chance(0.35) ? "M" + draw.Below(40_000).ToString("0000000", CultureInfo.InvariantCulture) : null,
            Tender = Tenders[draw.Below(Tenders.Length)],
        };
    }

    private static ReceiptKind Kind(Draw draw) => draw.Unit() switch
    {
        < ReturnShare => ReceiptKind.Return,
        < ReturnShare + CancelledShare => ReceiptKind.Cancelled,
        < ReturnShare + CancelledShare + TrainingShare => ReceiptKind.Training,
        _ => ReceiptKind.Sale,
    };

    private static List<ReceiptLine> Lines(Draw draw, StoreCharacter character, ReceiptKind kind)
    {
        // Now and then a sale is broken off before anything was scanned.
        if (kind == ReceiptKind.Cancelled && draw.Chance(0.3))
        {
            return [];
        }

        var count = kind == ReceiptKind.Return ? draw.Between(1, 2) : draw.Geometric(character.BasketLines);
        var lines = new List<ReceiptLine>();
        for (var i = 0; i < count; i++)
        {
            var shelf = draw.Chance(character.FoodShare) ? Assortment.Food : Assortment.General;
            var item = draw.Chance(0.004) ? Assortment.Stamps : shelf[Math.Min(draw.Below(shelf.Count), draw.Below(shelf.Count))];
            var quantity = draw.Chance(0.12) ? draw.Between(2, 4) : 1;
            var reduced = item.RatePercent > 0 && draw.Chance(character.LineDiscountShare);
            lines.Add(new ReceiptLine(item, quantity, reduced ? item.NetPrice * quantity * draw.Between(1, 3) / 10 : 0));
        }

        if (kind != ReceiptKind.Return && draw.Chance(0.22))
        {
            lines.Add(new ReceiptLine(Assortment.Bag, 1, 0));
        }

        return EachRateHasASingle(lines);
    }

    // Tax-inclusive prices are whole yen per piece; what the receipt's one rounding leaves over needs a line of one piece.
    private static List<ReceiptLine> EachRateHasASingle(List<ReceiptLine> lines)
    {
        foreach (var rate in lines.Select(line => line.Item.RatePercent).Distinct().ToArray())
        {
            if (!lines.Exists(line => line.Item.RatePercent == rate && line.Quantity == 1))
            {
                var at = lines.FindLastIndex(line => line.Item.RatePercent == rate);
                lines[at] = lines[at] with { Quantity = 1, Discount = lines[at].Discount / lines[at].Quantity };
            }
        }

        return lines;
    }

    private static int ReceiptDiscount(Draw draw, ReceiptKind kind, List<ReceiptLine> lines)
    {
        var net = lines.Sum(line => line.Net);
        var oneRate = lines.Select(line => line.Item.RatePercent).Distinct().Count() == 1 && lines[0].Item.RatePercent > 0;
        return kind == ReceiptKind.Sale && oneRate && net >= 400 && draw.Chance(0.06) ? (draw.Chance(0.5) ? 50 : net / 20) : 0;
    }
}
