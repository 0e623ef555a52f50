using RetailInsight.Api.Health;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Health;

/// <summary>The registers' own reports beside what is published, as a section of the page and as a file.</summary>
internal sealed class DeclaredTable(PageRequest request, HealthModel model)
{
    private readonly HealthWording _health = HealthWording.Of(request.Words);
    private readonly Dictionary<(string Store, DateOnly Date), int> _reporting = model.Days.ToDictionary(day => (day.Store, day.Date), day => day.RegistersReported);

    /// <summary>Published less declared in currency units, by what <see cref="DeclaredSales.Difference"/> says.</summary>
    public decimal? Difference(DeclaredSales day) => Amount(day.Difference(_reporting.GetValueOrDefault((day.Store, day.Date))));

    /// <summary>The section; empty where no register has declared anything in the time shown.</summary>
    public Markup Render() => model.Declared.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <section class="card stores"><h2>{_health.Reports}</h2><p class="note">{_health.ReportsNote}</p><div class="scroll" tabindex="0" role="region" aria-label="{_health.Reports}"><table>
        <thead><tr><th scope="col">{request.Words.Date}</th><th scope="col">{request.Words.Store}</th><th scope="col">{_health.ReportSays}</th><th scope="col">{_health.Published}</th><th scope="col">{_health.Difference}</th></tr></thead>
        <tbody>{model.Declared.Select(Row)}</tbody>
        </table></div></section>
        """);

    /// <summary>The section as a file.</summary>
    public SheetTable Sheet() => SheetTable.Of("register_reports", _health.Reports, model.Declared,
    [
        new("business_date", day => day.Date), new("store", day => day.Store), new("store_name", day => Name(day.Store)), new("currency", day => day.Currency),
        new("tax_included", day => day.IsGross ? "yes" : "no"), new("declared", day => Amount(day.Declared)), new("published", day => Amount(day.Published)),
        new("difference", day => Difference(day)), new("registers_declared", day => day.Registers), new("declared_at", day => SheetCell.At(day.DeclaredAt, request.TimeZone)),
    ]);

    private Markup Row(DeclaredSales day)
    {
        var text = new FigureText(request.Words, day.Currency);
        string Said(long? micros) => Amount(micros) is { } amount ? text.Amount(amount) : request.Words.NoData;
        var difference = Difference(day) switch
        {
            0 => Markup.Of($"""<span class="good">{_health.Agrees}</span>"""),
            { } apart => Markup.Of($"""<span class="down">{text.MoneyChange(apart)}</span>"""),
            null => Markup.Of($"{(day.Registers > 0 && day.Published is not null ? FigureText.Say(_health.SomeRegisters, day.Registers) : request.Words.Undefined)}"),
        };
        return Markup.Of(
            $"""
            <tr><th scope="row"><time datetime="{day.Date:yyyy-MM-dd}">{FigureText.ShortDate(day.Date)}</time></th><td><bdi>{Name(day.Store)}</bdi></td><td>{Said(day.Declared)}{(day.IsGross ? "" : " " + _health.WithoutTax)}</td><td>{Said(day.Published)}</td><td>{difference}</td></tr>
            """);
    }

    private string Name(string code) => request.Stores.FirstOrDefault(store => store.Code == code)?.Name ?? code;

    private static decimal? Amount(long? micros) => micros is { } known ? Money.ToDecimal(known) : null;
}
