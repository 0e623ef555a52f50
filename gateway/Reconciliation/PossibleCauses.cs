using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>What the data of a store-day offer as causes of a difference, family by family; of a family one cause acts at most.</summary>
/// <param name="facts">The receipts of the day and its neighbours.</param>
/// <param name="declared">What is declared.</param>
/// <param name="measures">The declared measures.</param>
/// <param name="borders">When the business day begins and ends, UTC.</param>
/// <param name="thorough">Whether enough is declared to tell single receipts.</param>
internal sealed class PossibleCauses(DayFacts facts, DeclaredDay declared, IReadOnlyList<Measure> measures, (DateTimeOffset Begin, DateTimeOffset End) borders, bool thorough)
{
    private const int MostSingles = 6;
    private const int MostAtBorder = 10;

    private readonly List<DayFact> _counted = facts.Counted(declared.BusinessDate, declared.Terminal);

    /// <summary>The families in the order they are preferred: first what is known to be missing here.</summary>
    public List<List<PossibleCause>> Families() => [Quarantined(), Unmapped(), Late(), Voids(), CutOver(), Duplicates()];

    /// <summary>What is held of this very store-day, or register: known to be missing here. Null when there is none.</summary>
    public List<PossibleCause> Known()
    {
        var known = new List<PossibleCause>();
        known.AddRange(Quarantined().Take(1));
        if (declared.Terminal is not null)
        {
            known.AddRange(Unmapped().Take(1));
        }

        return known;
    }

    private List<PossibleCause> Quarantined() => Subsets(
        [.. facts.Held.Where(held => held.Reason != "store_unknown" && held.Store == declared.Store && held.Amount is not null && (declared.Terminal is null || held.IsOf(declared.Terminal))).Select(held => new[] { held })],
        chosen => Held("quarantined", chosen,
            $"Receipts held in the quarantine: {chosen.Count}. The declaration has them, and they do not count here yet. Put right what the quarantine names, or replay them.",
            $"{chosen.Count}件のレシートが保留中です。申告には含まれていますが、まだ集計されていません。保留の理由を直すか、再処理してください。"));

    private List<PossibleCause> Unmapped() => Subsets(
        [.. facts.Held.Where(held => held.Reason == "store_unknown" && held.Amount is not null && (declared.Terminal is null || held.IsOf(declared.Terminal))).GroupBy(held => held.StoreAsSent).Select(group => group.ToArray())],
        chosen => Held("unmapped", chosen,
            $"Receipts of {Codes(chosen)} that wait for the master: {chosen.Count}. Nobody knows their store. Put the code into the master; they come in by themselves.",
            $"{Codes(chosen)} の{chosen.Count}件は店舗が未登録のため保留中です。マスターに登録すると自動的に取り込まれます。"));

    // What counted when the declaration came, instead of what counts now.
    private List<PossibleCause> Late()
    {
        var then = facts.Counted(declared.BusinessDate, declared.Terminal, declared.ReceivedAt);
        var late = _counted.Where(receipt => receipt.IntroducedAt > declared.ReceivedAt).ToList();
        var gone = then.Where(receipt => !_counted.Exists(now => now.EventId == receipt.EventId && now.ContentHash == receipt.ContentHash)).ToList();
        if (late.Count + gone.Count == 0)
        {
            return [];
        }

        return
        [
            Of("late", gone.Select(receipt => (receipt, 1)).Concat(late.Select(receipt => (receipt, -1))), late.Count > 0 ? late : gone,
                string.Create(CultureInfo.InvariantCulture, $"Receipts that came, were corrected or voided after the declaration ({declared.ReceivedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC): {Math.Max(late.Count, gone.Count)}. It is right for what was known then."),
                string.Create(CultureInfo.InvariantCulture, $"申告（{declared.ReceivedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC）の後に届いた、訂正された、または取り消されたレシートが{Math.Max(late.Count, gone.Count)}件あります。申告時点では一致していました。")),
        ];
    }

    private List<PossibleCause> Voids()
    {
        var voided = facts.Current(declared.BusinessDate, declared.Terminal).Where(receipt => receipt.IsTurnover)
            .Select(receipt => (Receipt: receipt, Sign: 1, Void: facts.VoidOf(receipt)!)).Where(one => one.Void is not null);
        var takingBack = facts.Current(declared.BusinessDate, declared.Terminal).Where(one => one is { Kind: TransactionKind.Void, OriginalEventId: not null })
            .Select(one => (Receipt: facts.Newest(one.OriginalEventId!.Value)!, Sign: -1, Void: one))
            .Where(one => one.Receipt is { IsTurnover: true } && one.Receipt.BusinessDate != declared.BusinessDate);
        return Subsets(
            [.. voided.Concat(takingBack).OrderBy(one => one.Void.OccurredAt).Select(one => new[] { one })],
            chosen => Of("void", chosen.Select(one => (one.Receipt, one.Sign)), chosen.ConvertAll(one => one.Receipt),
                $"Voids: {chosen.Count} ({Days(chosen.Select(one => one.Void))}). Here sale and void both do not count, on the day of the sale; the register counts the sale that day, or the void on the day it was made.",
                $"取消が{chosen.Count}件あります（{Days(chosen.Select(one => one.Void))}）。当システムでは元の売上を売上日から除きますが、レジは売上日に売上を、取消日に取消を計上しています。"));
    }

    // The register's day ends at another hour than the store's, or its report was printed before the last receipts.
    private List<PossibleCause> CutOver()
    {
        var before = facts.Counted(declared.BusinessDate.AddDays(-1), declared.Terminal);
        var after = facts.Counted(declared.BusinessDate.AddDays(1), declared.Terminal);
        var found = new List<PossibleCause>();
        for (var halfHours = -24; halfHours <= 24; halfHours++)
        {
            var (begin, end) = (borders.Begin.AddMinutes(30 * halfHours), borders.End.AddMinutes(30 * halfHours));
            AddMoved(
                found,
                [.. before.Where(receipt => halfHours < 0 && receipt.OccurredAt >= begin), .. after.Where(receipt => halfHours > 0 && receipt.OccurredAt < end)],
                [.. _counted.Where(receipt => halfHours < 0 ? receipt.OccurredAt >= end : halfHours > 0 && receipt.OccurredAt < begin)]);
        }

        var most = thorough ? MostAtBorder : 2;
        for (var last = 0; last <= Math.Min(most, _counted.Count); last++)
        {
            for (var earlier = 0; earlier <= Math.Min(most, before.Count); earlier++)
            {
                AddMoved(found, before[^earlier..], _counted[^last..]);
            }
        }

        return found;
    }

    private void AddMoved(List<PossibleCause> found, List<DayFact> declaredOnly, List<DayFact> countedOnly)
    {
        if (declaredOnly.Count + countedOnly.Count == 0)
        {
            return;
        }

        var cause = Of("cut_over", declaredOnly.Select(receipt => (receipt, 1)).Concat(countedOnly.Select(receipt => (receipt, -1))), [.. countedOnly, .. declaredOnly],
            $"Receipts at the border of the day: {declaredOnly.Count + countedOnly.Count}. The register puts {declaredOnly.Count} of a neighbouring day here, and {countedOnly.Count} of this day on another. Compare the register's closing time with the store's cut-over.",
            $"営業日の境目のレシートが{declaredOnly.Count + countedOnly.Count}件あります。レジは隣の営業日の{declaredOnly.Count}件をこの日に、この日の{countedOnly.Count}件を別の日に計上しています。レジの締め時刻と店舗の切替時刻を確認してください。");
        if (!found.Exists(known => known.Parts.AsSpan().SequenceEqual(cause.Parts)))
        {
            found.Add(cause);
        }
    }

    private List<PossibleCause> Duplicates()
    {
        var repeated = _counted.Where(receipt => receipt.Repeats > 0).Select(receipt => (Receipt: receipt, Sign: receipt.Repeats));
        var twins = _counted.GroupBy(receipt => (receipt.Terminal, receipt.OccurredAt, receipt.Gross, receipt.Tax, string.Join(',', receipt.Tenders)))
            .SelectMany(group => group.Skip(1)).Select(receipt => (Receipt: receipt, Sign: -1));
        return Subsets(
            [.. repeated.Concat(twins).Select(one => new[] { one })],
            chosen => Of("duplicate", chosen, chosen.ConvertAll(one => one.Receipt),
                $"Receipts that count otherwise: {chosen.Count}. Sent twice in one payload and once here, or the same under two numbers (same register, time and amounts) and twice here.",
                $"重複の扱いが異なるレシートが{chosen.Count}件あります（同じ送信データ内で2回送られた、または同じレジ・時刻・金額で番号だけが異なる）。"));
    }

    private PossibleCause Of(string code, IEnumerable<(DayFact Receipt, int Times)> moved, List<DayFact> evidence, string english, string japanese)
    {
        var list = moved.ToList();
        return new PossibleCause(
            code,
            [.. measures.Select(measure => (long?)list.Sum(one => checked(one.Times * measure.Of(one.Receipt))))],
            evidence.Count,
            new CauseText(english, japanese),
            [.. evidence.Take(PossibleCause.MostEvidence).Select(PossibleCause.Receipt)]);
    }

    // Of what is held only its total is known.
    private PossibleCause Held(string code, List<HeldFact> held, string english, string japanese) => new(
        code,
        [.. measures.Select((measure, place) => place == 0 ? held.Sum(one => one.Amount!.Value) : measure.Kind == "receipts" ? held.Count : (long?)null)],
        held.Count,
        new CauseText(english, japanese),
        [.. held.Take(PossibleCause.MostEvidence).Select(one => new CauseReceipt(one.BusinessDate, null, one.Key, null, Money.Format(one.Amount!.Value), Id128.FromGuid(one.IngestionId).ToString()))]);

    // All of them first, then each choice of a few.
    private List<PossibleCause> Subsets<T>(List<T[]> groups, Func<List<T>, PossibleCause> of)
    {
        if (groups.Count == 0)
        {
            return [];
        }

        var found = new List<PossibleCause> { of([.. groups.SelectMany(group => group)]) };
        if (thorough && groups.Count is > 1 and <= MostSingles)
        {
            for (var choice = 1; choice < (1 << groups.Count) - 1; choice++)
            {
                found.Add(of([.. groups.Where((_, place) => (choice & (1 << place)) != 0).SelectMany(group => group)]));
            }
        }
        else if (thorough && groups.Count > 1)
        {
            found.AddRange(groups.Select(group => of([.. group])));
        }

        return found;
    }

    private static string Codes(IEnumerable<HeldFact> held) => string.Join(", ", held.Select(one => one.StoreAsSent ?? "?").Distinct(StringComparer.Ordinal).Take(5));

    private static string Days(IEnumerable<DayFact> voids) =>
        string.Join(", ", voids.Select(one => one.BusinessDate).Distinct().Order().Take(5).Select(date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
}
