using System.Globalization;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>How models in use do: what is to be thought of each, its errors by week beside what is usual, and how its inputs moved.</summary>
internal static class ModelDriftPage
{
    /// <summary>Where it lies.</summary>
    public const string Address = "/ops/models/drift";

    private const int Weeks = 13;
    private const int MostFeatures = 20;

    public static Task<IResult> ShowAsync(HttpContext context, SessionUser user, ModelDriftQueries drift, CancellationToken cancellationToken) =>
        OperationsRequest.ShowAsync(context, user, [], async (request, _, token) =>
        {
            var words = ModelWatchWording.Of(request.Common);
            var cards = new List<Markup>();
            foreach (var model in await drift.LatestAsync(user.Tenant, token))
            {
                var (leads, weeks) = await drift.SpansAsync(user.Tenant, model.Model, model.AsOf, Weeks, token);
                cards.Add(Card(request, words, model, leads, weeks, await drift.FeaturesAsync(user.Tenant, model.Model, model.AsOf, token)));
            }

            return request.Page(null, words.DriftTitle, Markup.Of(
                $"""
                <h1>{words.DriftTitle}</h1><p class="lead">{words.DriftLead}</p><p><a class="next" href="{ModelReviewPage.Address}">{words.ReviewTitle}</a></p>
                {(cards.Count == 0 ? [Markup.Of($"""<section class="card"><p class="lead">{words.DriftNone}</p></section>""")] : cards)}
                """));
        }, cancellationToken);

    private static Markup Card(
        OperationsRequest request, ModelWatchWording words, ModelDrift model, IReadOnlyList<DriftSpan> leads, IReadOnlyList<DriftSpan> weeks, IReadOnlyList<DriftFeature> features)
    {
        var reasons = model.Causes.Count == 0 ? Markup.Of($"<li>{words.AllWell}</li>") : Markup.Join(model.Causes.Select(cause => Markup.Of($"<li>{words.Say(cause, model)}</li>")));
        var advice = words.AdviceOf(model) is { Length: > 0 } some ? Markup.Of($"""<p class="effect">{some}</p>""") : Markup.Empty;
        var trained = model.TrainedAsOf is { } day ? FigureText.Say(words.Trained, request.Day(day)) : "";
        return Markup.Of(
            $"""
            <section class="card" id="{model.Model}"><h2>{words.Models[model.Model]} {Badge(words, model.Verdict)} <small>{FigureText.Say(words.AsOf, request.Day(model.AsOf), model.Days, FigureText.Count(model.Forecasts))} {trained}</small></h2>
            <ul class="verdict">{reasons}</ul>{advice}
            {(weeks.Count == 0 ? Markup.Empty : Pictures(request, words, model, weeks))}
            {(leads.Count == 0 ? Markup.Empty : Leads(words, model, leads))}
            {(features.Count == 0 ? Markup.Empty : Features(words, features))}</section>
            """);
    }

    private static Markup Badge(ModelWatchWording words, string verdict) =>
        Markup.Of($"""<span class="state-badge {(verdict == "steady" ? "s-good" : verdict == "watch" ? "s-hold" : "s-bad")}">{words.Verdicts[verdict]}</span>""");

    private static Markup Pictures(OperationsRequest request, ModelWatchWording words, ModelDrift model, IReadOnlyList<DriftSpan> weeks)
    {
        string Label(DriftSpan week) => FigureText.ShortDate(week.Ends);
        var errors = weeks.Select(week => new BandPoint(Label(week), week.Error, week.ErrorReference * model.WeekLow, week.ErrorReference * model.WeekHigh)).ToList();
        var promised = model.Coverage.Reference ?? 0.8;
        var covered = weeks.Select(week => new BandPoint(Label(week), week.Coverage, promised - 0.08, Math.Min(1, promised + 0.08))).ToList();
        var rows = weeks.Reverse().Select(week => Markup.Of(
            $"<tr><th scope=\"row\">{request.Day(week.Ends)}</th><td>{Share(week.Error)}</td><td>{Share(week.ErrorReference) ?? request.Common.Undefined}</td><td>{Share(week.Bias)}</td><td>{Share(week.Coverage)}</td><td>{FigureText.Count(week.Forecasts)}</td></tr>"));
        return Markup.Of(
            $"""
            <div class="watched">
            <figure><figcaption>{words.ErrorByWeek}</figcaption>{BandChart.Draw(errors, Said(words.ErrorByWeek, errors))}</figure>
            <figure><figcaption>{words.CoverageByWeek}</figcaption>{BandChart.Draw(covered, Said(words.CoverageByWeek, covered))}</figure>
            </div>
            <details><summary>{words.AsTable}</summary><div class="scroll" tabindex="0" role="region" aria-label="{FigureText.Say(words.TableOf, words.Models[model.Model])}"><table class="list">
            <thead><tr><th scope="col">{words.WeekTo}</th><th scope="col">{words.Error}</th><th scope="col">{words.Backtest}</th><th scope="col">{words.Bias}</th><th scope="col">{words.Coverage}</th><th scope="col">{words.Forecasts}</th></tr></thead>
            <tbody>{rows}</tbody></table></div></details>
            """);
    }

    private static Markup Leads(ModelWatchWording words, ModelDrift model, IReadOnlyList<DriftSpan> leads) => Markup.Of(
        $"""
        <h3>{words.ByLead}</h3><div class="scroll" tabindex="0" role="region" aria-label="{FigureText.Say(words.LeadsOf, words.Models[model.Model])}"><table class="list">
        <thead><tr><th scope="col">{words.DaysAhead}</th><th scope="col">{words.Error}</th><th scope="col">{words.Bias}</th><th scope="col">{words.Coverage}</th><th scope="col">{words.Pinball}</th></tr></thead>
        <tbody>{leads.Select(lead => Row(lead.Lead, lead.Error, lead.Bias, lead.Coverage, lead.Pinball))}{Row(words.Together, model.Error.Value, model.Bias.Value, model.Coverage.Value, model.Pinball.Value)}{Row(
            words.Backtest, model.Error.Reference, model.Bias.Reference, model.Coverage.Reference, model.Pinball.Reference)}</tbody></table></div>
        """);

    private static Markup Row(string name, double? error, double? bias, double? coverage, double? pinball) => error is null && bias is null ? Markup.Empty : Markup.Of(
        $"""<tr><th scope="row">{name}</th><td>{Share(error)}</td><td>{Share(bias)}</td><td>{Share(coverage)}</td><td>{Share(pinball)}</td></tr>""");

    private static Markup Features(ModelWatchWording words, IReadOnlyList<DriftFeature> features)
    {
        var shown = features.Take(MostFeatures).ToList();
        var most = (decimal)shown.Select(feature => feature.Psi ?? 0).DefaultIfEmpty(0).Max();
        return Markup.Of(
            $"""
            <h3>{words.Inputs}</h3><p class="note">{words.InputsLead}</p><div class="scroll" tabindex="0" role="region" aria-label="{words.Inputs}"><table class="list">
            <thead><tr><th scope="col">{words.Feature}</th><th scope="col">{words.Psi}</th><th scope="col">{words.Limit}</th><th scope="col">{words.Shift}</th><th scope="col">{words.Stores}</th><th scope="col">{words.Picture}</th></tr></thead>
            <tbody>{shown.Select(feature => Markup.Of(
                $"""<tr><th scope="row"><bdi>{words.FeatureName(feature.Feature)}</bdi>{(feature.HasMoved ? Markup.Of($""" <span class="state-badge s-hold">{words.Moved}</span>""") : Markup.Empty)}</th><td>{Number(feature.Psi)}</td><td>{Number(feature.PsiLimit)}</td><td>{Number(feature.Shift)}</td><td>{FigureText.Count(feature.StoresNow)}</td><td>{ShiftBar.Draw((decimal?)feature.Psi, most, FigureText.Say(words.PsiSaid, words.FeatureName(feature.Feature), Number(feature.Psi)))}</td></tr>"""))}</tbody></table></div>
            """);
    }

    private static string Said(string name, IReadOnlyList<BandPoint> points) =>
        $"{name}: {string.Join(", ", points.Where(point => point.Value is not null).Select(point => $"{point.Label} {Share(point.Value)}"))}";

    private static string? Share(double? share) => share is { } known ? FigureText.Percent((decimal)known) : null;

    private static string Number(double? value) => value is { } known ? known.ToString("0.00", CultureInfo.InvariantCulture) : "–";
}
