using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using RetailInsight.Api.Idempotency;
using RetailInsight.Dags.Engine.Backfills;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What several pages say of a backfill.</summary>
internal static class BackfillText
{
    /// <summary>Selectors as forms name them, in the order of <see cref="BackfillSelector"/>.</summary>
    public static ImmutableArray<string> Selectors { get; } = [.. Enum.GetNames<BackfillSelector>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>Orders as forms name them, in the order of <see cref="BackfillOrder"/>.</summary>
    public static ImmutableArray<string> Orders { get; } = [.. Enum.GetNames<BackfillOrder>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>Where backfills are listed.</summary>
    public static string List => OperationsPages.PathOf(OperationsSection.Backfills);

    /// <summary>Where one is planned.</summary>
    public const string New = "/ops/backfills/new";

    /// <summary>Where plans are made.</summary>
    public const string Plans = "/ops/backfills/plans";

    /// <summary>The address of a backfill.</summary>
    public static string Address(long backfill) => string.Create(CultureInfo.InvariantCulture, $"/ops/backfills/{backfill}");

    /// <summary>The address of a plan.</summary>
    public static string PlanAddress(long plan) => string.Create(CultureInfo.InvariantCulture, $"{Plans}/{plan}");

    /// <summary>First and last day.</summary>
    public static string Span(DateOnly from, DateOnly to, BackfillWording words) => from == to ? Day(from) : FigureText.Say(words.Span, Day(from), Day(to));

    /// <summary>Year, month and day: a backfill may reach over years.</summary>
    public static string Day(DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"{date.Year}/{date.Month}/{date.Day}");

    /// <summary>The stores of a day.</summary>
    public static string Stores(IReadOnlyList<string>? stores, OperationsRequest request) =>
        stores is null ? RunWording.Of(request.Common).AllStores : stores.Count == 0 ? BackfillWording.Of(request.Common).WholeDay : string.Join(", ", stores);

    /// <summary>The state of a backfill as a badge.</summary>
    public static Markup Badge(BackfillState backfill, OperationsRequest request) => StateMark.Badge(backfill.State, request.Words);

    /// <summary>How many days stand how: a bar, and beside it the same in words.</summary>
    public static Markup Progress(BackfillState backfill, OperationsRequest request)
    {
        var words = BackfillWording.Of(request.Common);
        (string Style, long Days)[] parts = [("done", backfill.Success), ("lost", backfill.Failed), ("live", backfill.Submitted), ("due", backfill.Pending), ("off", backfill.Canceled)];
        var all = Math.Max(1, parts.Sum(part => part.Days));
        var said = parts.Select((part, index) => (part.Style, part.Days, Said: FigureText.Say(words.CountSaid, words.Counts[index], FigureText.Count(part.Days)))).Where(part => part.Days > 0).ToList();
        var x = 0d;
        Markup Part((string Style, long Days, string Said) part)
        {
            var (from, width) = (x, 1000d * part.Days / all);
            x += width;
            return Markup.Of($"""<rect class="{part.Style}" x="{from}" width="{width}" height="10"/>""");
        }

        return Markup.Of(
            $"""
            <p class="note">{FigureText.Say(words.Progress, FigureText.Count(backfill.Success + backfill.Failed + backfill.Canceled), FigureText.Count(all))}</p>
            <svg class="days-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="{string.Join(", ", said.Select(part => part.Said))}">{said.Select(Part)}</svg>
            <ul class="legend">{said.Select(part => Markup.Of($"""<li><svg class="days-key" width="12" height="12" aria-hidden="true"><rect class="{part.Style}" width="12" height="12" rx="3"/></svg>{part.Said}</li>"""))}</ul>
            """);
    }

    /// <summary>The form that pauses, resumes and cancels; empty where nothing can be done any more.</summary>
    public static Markup Form(BackfillState backfill, OperationsRequest request)
    {
        var (words, run) = (BackfillWording.Of(request.Common), RunWording.Of(request.Common));
        IReadOnlyList<(string Do, string Label)> can = backfill.State switch
        {
            "running" => [("pause", words.Pause), ("cancel", words.Cancel)],
            "paused" when backfill.Failed > 0 => [("resume", words.Resume), ("resume_failed", words.ResumeFailed), ("cancel", words.Cancel)],
            "paused" => [("resume", words.Resume), ("cancel", words.Cancel)],
            "done" when backfill.Failed > 0 => [("resume_failed", words.ResumeFailed)],
            _ => [],
        };
        return can.Count == 0 || !request.MayOperate ? Markup.Empty : Markup.Of(
            $"""
            <form method="post" action="{Address(backfill.BackfillId)}" class="act">{Layout.FormToken(request.Context)}{FormEffect.Key()}
            <label>{run.Reason}<input name="reason" maxlength="{PlanChoice.LongestReason}" autocomplete="off" required></label>
            {can.Select(one => Markup.Of($"""<button name="do" value="{one.Do}"{(one.Do == "cancel" ? Markup.Of($""" class="danger" """) : Markup.Empty)}>{one.Label}</button>"""))}</form>
            """);
    }
}
