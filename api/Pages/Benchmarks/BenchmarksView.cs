using RetailInsight.Api.Access;
using RetailInsight.Api.Benchmarks;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Pages.MonthTargets;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Core.Benchmarks;

namespace RetailInsight.Api.Pages.Benchmarks;

/// <summary>The company beside others as HTML.</summary>
internal sealed class BenchmarksView(HttpContext context, SessionUser user, Wording words, IReadOnlyList<Store> stores, BenchmarkMonth found, DateOnly month)
{
    private readonly BenchmarksWording _said = BenchmarksWording.Of(words);
    private readonly MonthTargetSentences _months = new(words, new FigureText(words, ""));

    /// <summary>For the head of the document.</summary>
    public string Title => _said.Title;

    public Markup Render(TargetMessage? message) => Markup.Of(
        $"""
        {Choice()}
        <div class="headline"><h1>{Title}</h1><p class="lead">{Lead()}</p></div>
        {message?.Render() ?? Markup.Empty}
        {found.Cells.Select(Figure)}
        {Rules()}
        {Form()}
        """);

    private Markup Choice() => found.Months.Count < 2 ? Markup.Empty : Markup.Of(
        $"""
        <form class="choice" method="get" action="{BenchmarksPage.Path}"><label>{_said.MonthLabel}<select name="month">{found.Months.Select(one => Markup.Of($"""<option value="{one:yyyy-MM}"{PageFrame.Selected(one == month)}>{Month(one)}</option>"""))}</select></label><button>{_said.Show}</button></form>
        """);

    private string Lead() => found switch
    {
        { Cells.Count: > 0 } => FigureText.Say(_said.Shown, Month(month)),
        { Consent: { IsInForce: true } consent } => FigureText.Say(_said.Waiting, Month(consent.FirstMonth), Month(consent.FirstMonth.AddMonths(1))),
        _ => _said.NotSharing,
    };

    private Markup Figure(BenchmarkCell cell)
    {
        var name = _said.Figures[cell.Figure];
        if (cell.Suppression is { } reason)
        {
            return Markup.Of($"""<section class="card part"><h2>{name}</h2><p>{_said.Suppressions[reason]}</p></section>""");
        }

        var own = found.Own[cell.Figure].OrderByDescending(share => share.Value).ToList();
        string Write(decimal value) => cell.Figure == BenchmarkFigure.ItemsPerReceipt.Code ? FigureText.Number(value, 2) : FigureText.Percent(value);
        string NameOf(string code) => stores.FirstOrDefault(store => store.Code == code)?.Name ?? code;
        var (lower, median, upper) = (cell.Lower!.Value, cell.Median!.Value, cell.Upper!.Value);
        var points = own.ConvertAll(share => new QuartilePoint(share.Value, FigureText.Say(_said.PointSaid, NameOf(share.Store), Write(share.Value))));
        var description = FigureText.Say(_said.PictureSaid, Write(lower), Write(upper), Write(median), own.Count);
        return Markup.Of(
            $"""
            <figure class="card part"><figcaption><h2>{name}</h2><p class="lead">{FigureText.Say(_said.Quartiles, Write(lower), Write(upper), Write(median))}</p></figcaption>
            {QuartileChart.Draw(Canvas.Desk, cell.Figure, lower, median, upper, points, Write, name, description)}
            {QuartileChart.Draw(Canvas.Phone, cell.Figure, lower, median, upper, points, Write, name, description)}
            <p class="note">{FigureText.Say(_said.Taken, cell.Companies, cell.Stores)}</p>
            {(own.Count == 0 ? Markup.Of($"""<p class="note">{_said.NoneOfYours}</p>""") : Markup.Of(
                $"""
                <details><summary>{FigureText.Say(_said.OwnStores, own.Count)}</summary><div class="scroll" tabindex="0" role="region" aria-label="{name}"><table>
                <thead><tr><th scope="col">{words.Store}</th><th scope="col">{_said.Value}</th><th scope="col" class="left">{_said.Place}</th></tr></thead>
                <tbody>{own.Select(share => Markup.Of($"""<tr><th scope="row"><bdi>{NameOf(share.Store)}</bdi></th><td>{Write(share.Value)}</td><td class="left">{_said.Places[BenchmarkFigureView.PlaceOf(share.Value, cell)]}</td></tr>"""))}</tbody></table></div>
                <p class="note">{_said.Proof}</p></details>
                """))}
            </figure>
            """);
    }

    private Markup Rules() => Markup.Of($"""<section class="card part"><h2>{_said.RulesTitle}</h2><ul class="plain">{_said.Rules.Select(rule => Markup.Of($"<li>{rule}</li>"))}</ul></section>""");

    private Markup Form()
    {
        var consent = found.Consent is { IsInForce: true } now ? now : null;
        if (!Permissions.Allows(Permissions.ShareBenchmarks, user.Role))
        {
            return consent is null ? Markup.Of($"""<p class="note">{_said.OfHeadOffice}</p>""") : Markup.Empty;
        }

        return consent is not null
            ? Markup.Of(
                $"""
                <section class="card part"><h2>{_said.Sharing}</h2><p class="lead">{FigureText.Say(_said.SharingSince, _said.Industries[consent.Industry], Month(consent.FirstMonth), consent.AgreedBy)}</p>
                <form method="post" action="{BenchmarksPage.Path}" class="fields">{Layout.FormToken(context)}<input type="hidden" name="do" value="withdraw">
                <p class="note wide">{_said.WithdrawNote}</p><div class="acts"><button>{_said.Withdraw}</button></div></form></section>
                """)
            : Markup.Of(
                $"""
                <section class="card part"><h2>{_said.Agree}</h2><p class="lead">{_said.AgreeLead}</p>
                <form method="post" action="{BenchmarksPage.Path}" class="fields">{Layout.FormToken(context)}<input type="hidden" name="do" value="agree">
                <label>{_said.IndustryLabel}<select name="industry" required>{Industry.Codes.Select(code => Markup.Of($"""<option value="{code}">{_said.Industries[code]}</option>"""))}</select></label>
                <label class="check wide"><input type="checkbox" name="understood" required> <span>{_said.Understood}</span></label>
                <div class="acts"><button>{_said.AgreeButton}</button></div></form></section>
                """);
    }

    private string Month(DateOnly one) => _months.Month(one);
}
