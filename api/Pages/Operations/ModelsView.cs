using System.Globalization;
using RetailInsight.Api.Idempotency;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The models of one name as HTML.</summary>
internal sealed class ModelsView(OperationsRequest request, ModelHistoryView history)
{
    private const int ShortHash = 8;

    private readonly ModelsWording _words = ModelsWording.Of(request.Common);

    public Markup Render() => Markup.Of(
        $"""
        <section class="card model"><h2><bdi>{history.Name}</bdi> <small>{FigureText.Say(_words.Registered, FigureText.Count(history.Registered))}</small></h2>
        {Standing()}{Comparison()}{RollBack()}{Models()}{Moves()}</section>
        """);

    private Markup Standing() => Markup.Of(
        $"""
        <dl class="facts">{Role(_words.Champion, history.Champion)}{Role(_words.Challenger, history.Challenger)}</dl>
        """);

    private Markup Role(string role, AliasView alias) => history.Find(alias.Sha256) is { } model
        ? Markup.Of(
            $"""
            <dt>{role}</dt><dd><b><bdi>{model.Label}</bdi></b> {Hash(model.Sha256)} <span class="of">{FigureText.Say(_words.Since, request.Moment(alias.Since))}</span><br>
            {FigureText.Say(_words.TrainedOn, model.DataSet, Short(model.DataSetSha256), FigureText.Count(model.DataSetRows))} · {FigureText.Say(_words.Code, model.CodeVersion)}<br>
            <span class="of">{string.Join(" · ", model.Parameters.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}"))}</span></dd>
            """)
        : Markup.Of($"<dt>{role}</dt><dd>{_words.NoModel}</dd>");

    // Both on the newest data set they were both evaluated on; the champion alone where there is no challenger.
    private Markup Comparison()
    {
        if (history.Find(history.Champion.Sha256) is not { Evaluations.Count: > 0 } champion)
        {
            return Markup.Empty;
        }

        var challenger = history.Find(history.Challenger.Sha256);
        var shared = challenger is null ? champion.Evaluations[0] : champion.Evaluations.FirstOrDefault(one => On(challenger, one) is not null);
        if (shared is null)
        {
            return Markup.Of($"""<p class="note">{_words.NotCompared}</p>""");
        }

        var other = challenger is null ? null : On(challenger, shared);
        var rows = shared.Metrics.Keys.Union(other?.Metrics.Keys ?? []).OrderBy(Place).Select(metric => Markup.Of(
            $"""<tr><th scope="row"><code>{metric}</code></th><td>{Figure(shared, metric)}</td>{(other is null ? Markup.Empty : Markup.Of($"<td>{Figure(other, metric)}</td>"))}<td class="left text">{_words.Metrics.GetValueOrDefault(metric, "")}</td></tr>"""));
        return Markup.Of(
            $"""
            <h3>{_words.Metric}</h3><p class="note">{FigureText.Say(_words.EvaluatedOn, shared.DataSet, Short(shared.DataSetSha256), request.Moment(shared.EvaluatedAt))}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="{FigureText.Say(_words.MetricsOf, history.Name)}"><table class="list">
            <thead><tr><th scope="col">{_words.Figure}</th><th scope="col">{_words.Champion}</th>{(other is null ? Markup.Empty : Markup.Of($"""<th scope="col">{_words.Challenger}</th>"""))}<th scope="col" class="left">{_words.Meaning}</th></tr></thead>
            <tbody>{rows}</tbody></table></div>
            """);
    }

    private Markup RollBack()
    {
        if (!request.MayOperate)
        {
            return Markup.Of($"""<p class="note">{_words.OnlyOperators}</p>""");
        }

        if (history.Find(history.RollsBackTo) is not { } before)
        {
            return Markup.Of($"""<p class="note">{_words.NoWayBack}</p>""");
        }

        return Markup.Of(
            $"""
            <form method="post" action="/ops/models/{Uri.EscapeDataString(history.Name)}/rollback" class="act">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <input type="hidden" name="version" value="{history.Champion.Version.ToString(CultureInfo.InvariantCulture)}">
            <label>{FigureText.Say(_words.RollBackReason, before.Label)}<input name="reason" maxlength="{PlanChoice.LongestReason}" autocomplete="off" required></label>
            <button class="danger">{_words.RollBack}</button></form><p class="note">{_words.RollBackNote}</p>
            """);
    }

    private Markup Models() => Markup.Of(
        $"""
        <h3>{_words.Models}</h3>
        <div class="scroll" tabindex="0" role="region" aria-label="{FigureText.Say(_words.ModelsOf, history.Name)}"><table class="list">
        <thead><tr><th scope="col">{_words.Model}</th><th scope="col" class="left">{_words.File}</th><th scope="col" class="left">{_words.Role}</th><th scope="col">{_words.RegisteredAt}</th><th scope="col" class="left">{_words.DataSet}</th><th scope="col" class="left">{_words.CodeVersion}</th><th scope="col">{_words.Error}</th></tr></thead>
        <tbody>{history.Models.Select(model => Markup.Of(
            $"""<tr><th scope="row"><bdi>{model.Label}</bdi></th><td class="left">{Hash(model.Sha256)}</td><td class="left">{RoleOf(model)}</td><td>{request.Moment(model.RegisteredAt)}</td><td class="left"><bdi>{model.DataSet}</bdi> {Hash(model.DataSetSha256)}</td><td class="left"><bdi>{model.CodeVersion}</bdi></td><td>{(model.Evaluations.Count == 0 ? request.Common.Undefined : Figure(model.Evaluations[0], "wape"))}</td></tr>"""))}</tbody></table></div>
        <p class="note">{_words.ErrorNote}</p>
        """);

    private Markup Moves() => history.Moves.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <h3>{_words.Moves}</h3>
        <div class="scroll" tabindex="0" role="region" aria-label="{FigureText.Say(_words.MovesOf, history.Name)}"><table class="list">
        <thead><tr><th scope="col">{request.Words.At}</th><th scope="col" class="left">{_words.What}</th><th scope="col" class="left">{_words.FromTo}</th><th scope="col" class="left">{request.Words.Actor}</th><th scope="col" class="left">{request.Words.Reason}</th></tr></thead>
        <tbody>{history.Moves.Select(Move)}</tbody></table></div>
        """);

    private Markup Move(AliasMoveView move)
    {
        var isDone = move.Outcome == "done";
        var reasons = move.Reasons.Count == 0 ? Markup.Empty
            : Markup.Of($"""<ul class="refusals">{move.Reasons.Select(why => Markup.Of($"""<li>{Because(why)}</li>"""))}</ul>""");
        return Markup.Of(
            $"""
            <tr><th scope="row">{request.Moment(move.At)}</th><td class="left{(isDone ? "" : " error")}">{_words.Actions.GetValueOrDefault(move.Action, move.Action)}{(isDone ? "" : _words.Refused)}</td><td class="left text">{NameOf(move.From)} → {NameOf(move.To)}</td><td class="left"><bdi>{move.Actor}</bdi></td><td class="left text"><bdi>{move.Why}</bdi>{reasons}</td></tr>

            """);
    }

    private string Because(MoveRefusalView why) => _words.Refusals.TryGetValue(why.Code, out var said)
        ? FigureText.Say(said, why.Metric, Plain(why.Found), Plain(why.Wanted)) : why.Detail;

    private string RoleOf(ModelView model) => model.Sha256 == history.Champion.Sha256 ? _words.Champion : model.Sha256 == history.Challenger.Sha256 ? _words.Challenger
        : model.Sha256 == history.RollsBackTo ? _words.Before : request.Common.Undefined;

    private Markup NameOf(string? sha256) => sha256 is null ? Markup.Of($"{request.Common.Undefined}")
        : history.Find(sha256) is { } model ? Markup.Of($"""<bdi title="{sha256}">{model.Label}</bdi>""") : Hash(sha256);

    // In the order in which they are explained, others after them.
    private int Place(string metric) => _words.Metrics.Keys.Index().Where(one => one.Item == metric).Select(one => one.Index).DefaultIfEmpty(int.MaxValue).First();

    private static EvaluationView? On(ModelView model, EvaluationView evaluation) =>
        model.Evaluations.FirstOrDefault(one => (one.DataSet, one.DataSetSha256) == (evaluation.DataSet, evaluation.DataSetSha256));

    private string Figure(EvaluationView evaluation, string metric) => evaluation.Metrics.TryGetValue(metric, out var value) ? Plain(value) : request.Common.Undefined;

    // Four significant places say what there is to say of an error, and a count of days stays whole.
    private static string Plain(double? value) => value is not { } known ? "" : known.ToString(Math.Abs(known) >= 100 ? "#,0.#" : "0.####", CultureInfo.InvariantCulture).Replace('-', '−');

    private static Markup Hash(string sha256) => Markup.Of($"""<code title="{sha256}">{Short(sha256)}</code>""");

    private static string Short(string sha256) => sha256[..ShortHash];
}
