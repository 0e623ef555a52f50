using System.Globalization;

namespace RetailInsight.Api.Pages.Breakdowns;

/// <summary>
/// What sales were made of, folded: each part says its headline while closed and shows its table when opened, so that it is there for who
/// looks for it and in nobody's way.
/// </summary>
internal sealed class BreakdownView(BreakdownModel model, Wording words, FigureText text)
{
    private readonly BreakdownWording _breakdown = BreakdownWording.Of(words);

    public Markup Render()
    {
        Markup[] parts = [Tenders(), Discounts(), Taxes(), Efficiency()];
        return parts.All(part => part.ToString().Length == 0) ? Markup.Empty : Markup.Of($"""<section class="card breakdown"><h2>{_breakdown.Title}</h2>{parts}</section>""");
    }

    private Markup Tenders()
    {
        var all = model.Tenders.Sum(row => row.Values[0] ?? 0);
        if (all <= 0)
        {
            return Markup.Empty;
        }

        var headline = Markup.Join(model.Tenders.Take(3).Select((row, place) => Markup.Of($"{(place == 0 ? "" : _breakdown.Separator)}<bdi>{Tender(row.Keys[0])}</bdi> {FigureText.Percent((row.Values[0] ?? 0) / all)}")));
        return Folded(_breakdown.Tenders, headline, _breakdown.TendersNote, [_breakdown.Tender, _breakdown.Amount, _breakdown.Share, _breakdown.Receipts], model.Tenders.Select(row => (string[])
        [
            Tender(row.Keys[0]), text.Amount(row.Values[0] ?? 0), FigureText.Percent((row.Values[0] ?? 0) / all), FigureText.Count(row.Values[1] ?? 0),
        ]));
    }

    private Markup Discounts()
    {
        if (model["discount"] is not { } all || all == 0)
        {
            return Markup.Empty;
        }

        var rate = model["discount_rate"] is { } known ? FigureText.Percent(known) : words.Undefined;
        return Folded(_breakdown.Discounts, Markup.Of($"{FigureText.Say(_breakdown.DiscountHeadline, rate, text.Amount(all))}"), _breakdown.DiscountsNote, [_breakdown.Kind, _breakdown.Amount, _breakdown.Share], model.Discounts.Select(row => (string[])
        [
            Named(_breakdown.DiscountKinds, row.Keys[0]), text.Amount(row.Values[0] ?? 0), FigureText.Percent((row.Values[0] ?? 0) / all),
        ]));
    }

    private Markup Taxes()
    {
        if (model.Taxes.Count == 0)
        {
            return Markup.Empty;
        }

        return Folded(_breakdown.Taxes, Markup.Of($"{text.Amount(model.Taxes.Sum(row => row.Values[1] ?? 0))}"), "", [_breakdown.Rate, words.NetSales, _breakdown.Tax], model.Taxes.Select(row => (string[])
        [
            FigureText.Percent(decimal.Parse(row.Keys[0], CultureInfo.InvariantCulture) / 10_000), text.Amount(row.Values[0] ?? 0), text.Amount(row.Values[1] ?? 0),
        ]));
    }

    private Markup Efficiency()
    {
        (string Name, string? Value)[] figures =
        [
            (words.MetricName("sales_per_labour_hour"), Amount("sales_per_labour_hour")), (words.MetricName("sales_per_square_metre"), Amount("sales_per_square_metre")),
            (words.MetricName("guests"), model["guests"] is > 0 and { } guests ? FigureText.Count(guests) : null), (words.MetricName("sales_per_guest"), Amount("sales_per_guest")),
            (words.MetricName("identified_share"), model["identified_share"] is > 0 and { } share ? FigureText.Percent(share) : null),
            (words.MetricName("returns"), model["returns"] is > 0 and { } returns ? FigureText.Count(returns) : null),
        ];
        var known = figures.Where(figure => figure.Value is not null).ToList();
        return known.Count == 0 ? Markup.Empty
            : Folded(_breakdown.Efficiency, Markup.Of($"{known[0].Name} {known[0].Value}"), _breakdown.EfficiencyNote, [_breakdown.Figure, _breakdown.Value], known.Select(figure => (string[])[figure.Name, figure.Value!]));
    }

    private string? Amount(string metric) => model[metric] is { } value ? text.Amount(value) : null;

    private string Tender(string method) => Named(_breakdown.TenderNames, method);

    // What a vendor's profile does not map keeps the vendor's own word.
    private string Named(IReadOnlyList<(string Code, string Name)> names, string code) =>
        names.FirstOrDefault(name => name.Code == code).Name ?? (code.Length == 0 ? _breakdown.Unnamed : code);

    private static Markup Folded(string title, Markup headline, string note, string[] columns, IEnumerable<string[]> rows) => Markup.Of(
        $"""
        <details><summary><b>{title}</b> <span class="versus">{headline}</span></summary><div class="scroll" tabindex="0" role="region" aria-label="{title}"><table>
        <thead><tr>{columns.Select(column => Markup.Of($"""<th scope="col">{column}</th>"""))}</tr></thead>
        <tbody>{rows.Select(row => Markup.Of($"""<tr><th scope="row"><bdi>{row[0]}</bdi></th>{row.Skip(1).Select(cell => Markup.Of($"<td>{cell}</td>"))}</tr>"""))}</tbody></table></div>{(note.Length == 0 ? Markup.Empty : Markup.Of($"""<p class="note">{note}</p>"""))}</details>

        """);
}
