using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The pages of operations in the order of their bar.</summary>
internal enum OperationsSection
{
    /// <summary>Runs by day.</summary>
    Grid,

    /// <summary>Runs one below the other.</summary>
    Runs,

    /// <summary>What has arrived by store and day.</summary>
    Health,

    /// <summary>What stands of every store and day, and of what it is made.</summary>
    Partitions,

    /// <summary>What is made of what.</summary>
    Lineage,

    /// <summary>Many days computed again.</summary>
    Backfills,

    /// <summary>What waits for somebody to say yes.</summary>
    Approvals,

    /// <summary>Which models there are, and which is used.</summary>
    Models,

    /// <summary>Who did what.</summary>
    Actions,

    /// <summary>Starts a run.</summary>
    Start,
}

/// <summary>A request for a page of operations: who asks, whose runs there are to see, and how times are told.</summary>
internal sealed class OperationsRequest
{
    private readonly TimeZoneInfo _zone;

    private OperationsRequest(HttpContext context, SessionUser user, Tenant company)
    {
        (Context, User, Company, Common) = (context, user, company, Language.Choose(context));
        Words = OperationsWording.Of(Common);
        _zone = TimeZoneInfo.FindSystemTimeZoneById(company.TimeZone);
        Today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), _zone).DateTime);
    }

    public HttpContext Context { get; }

    public SessionUser User { get; }

    public Tenant Company { get; }

    /// <summary>The texts every page shares.</summary>
    public Wording Common { get; }

    public OperationsWording Words { get; }

    /// <summary>Where the company is.</summary>
    public DateOnly Today { get; }

    /// <summary>Whether the person may do something to runs, and not only look.</summary>
    public bool MayOperate => Permissions.Allows(DagsPolicies.Operate, User.Role);

    /// <summary>Whether the person may answer what tasks ask before they publish.</summary>
    public bool MayApprove => Permissions.Allows(DagsPolicies.Approve, User.Role);

    public static async Task<OperationsRequest> ReadAsync(HttpContext context, SessionUser user, CancellationToken cancellationToken) => new(
        context, user, await context.RequestServices.GetRequiredService<TenantScope>().ReadAsync(user.Tenant, (read, token) => read.CompanyAsync(token), cancellationToken));

    /// <summary>Shows a page whose address is right; else a bad request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="parameters">What the address takes besides the language.</param>
    /// <param name="show">Makes the answer; null when a parameter has no meaning.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<IResult> ShowAsync(
        HttpContext context, SessionUser user, string[] parameters, Func<OperationsRequest, QueryParameters, CancellationToken, Task<IResult?>> show, CancellationToken cancellationToken)
    {
        var query = new QueryParameters(context, [.. parameters, "lang"]);
        return query.Problem is null && await show(await ReadAsync(context, user, cancellationToken), query, cancellationToken) is { } answer && query.Problem is null
            ? answer : ErrorPage.Show(context, StatusCodes.Status400BadRequest);
    }

    /// <summary>A page of operations.</summary>
    /// <param name="section">Which of the bar it is; null for one below them.</param>
    /// <param name="title">Names the page.</param>
    /// <param name="main">Its content.</param>
    /// <param name="status">HTTP status.</param>
    public IResult Page(OperationsSection? section, string title, Markup main, int status = StatusCodes.Status200OK) => Layout.Page(
        Context, Common, $"{title} · {Words.Title}",
        Markup.Of($"""{StateMark.Sprite}{Sections(section)}<div class="ops">{main}<p class="note">{FigureText.Say(Words.Times, Company.TimeZone)}</p></div>"""),
        status, Navigation.Bar(Common, User, isOperations: true),
        inHead: Markup.Of($"""<link rel="stylesheet" href="{Assets.OperationsStyleSheetPath}"><script src="{Assets.OperationsScriptPath}" defer></script>"""));

    /// <summary>Date and time of day where the company is.</summary>
    public string Moment(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, _zone);
        return string.Create(CultureInfo.InvariantCulture, $"{local.Month}/{local.Day} {local:HH:mm:ss}");
    }

    /// <summary>Likewise, or a word where there is none.</summary>
    public string Moment(DateTimeOffset? instant) => instant is { } at ? Moment(at) : Common.Undefined;

    /// <summary>Time of day where the company is.</summary>
    public string Clock(DateTimeOffset instant, string format) => TimeZoneInfo.ConvertTime(instant, _zone).ToString(format, CultureInfo.InvariantCulture);

    /// <summary>How long something took.</summary>
    public string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => FigureText.Say(Words.Milliseconds, (int)span.TotalMilliseconds),
        { TotalSeconds: < 60 } => FigureText.Say(Words.Seconds, FigureText.Number((decimal)span.TotalSeconds, 1)),
        { TotalHours: < 1 } => FigureText.Say(Words.Minutes, span.Minutes, span.Seconds),
        _ => FigureText.Say(Words.Hours, (int)span.TotalHours, span.Minutes),
    };

    /// <summary>Likewise, or a word where it has not begun or not ended.</summary>
    public string Duration(DateTimeOffset? from, DateTimeOffset? to) => from is { } start && to is { } end ? Duration(end - start) : Common.Undefined;

    /// <summary>Month, day and weekday.</summary>
    public string Day(DateOnly date) => $"{FigureText.ShortDate(date)} ({Common.Weekdays[(int)date.DayOfWeek]})";

    /// <summary>What a run works on: the day of its partition, or what its key says where that is no day.</summary>
    public string Partition(string key) => DayOf(key) is { } day ? Day(day) : key.Length == 0 ? Common.Undefined : key;

    /// <summary>The day of a partition; null where it has none.</summary>
    public static DateOnly? DayOf(string key) =>
        key.LastIndexOf('/') is > 0 and var slash && DateOnly.TryParseExact(key.AsSpan(slash + 1), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>What something waits for, in a sentence.</summary>
    public string Say(Blocker blocker)
    {
        var facts = blocker.Facts;
        return (blocker.Kind, facts) switch
        {
            (BlockerKind.Paused, [_]) => FigureText.Say(Words.Paused, facts[0]),
            (BlockerKind.Settling, _) when blocker.Until is { } until => FigureText.Say(Words.Settling, Moment(until)),
            (BlockerKind.PartitionBusy, [var dag, var key]) => FigureText.Say(key.Length == 0 ? Words.DagBusy : Words.PartitionBusy, blocker.Run, key.Length == 0 ? dag : Partition(key)),
            (BlockerKind.RunLimit, [_, _, _]) => FigureText.Say(Words.RunLimit, [.. facts]),
            (BlockerKind.Scheduler, _) => Words.SchedulerNext,
            (BlockerKind.Upstream, [var names, var more]) => FigureText.Say(more == "0" ? Words.Upstream : Words.UpstreamMore, names, more),
            (BlockerKind.Retry, [_, _, _]) when blocker.Until is { } until => FigureText.Say(Words.Retry, facts[0], facts[1], facts[2], Moment(until)),
            (BlockerKind.Retry, [var why]) when blocker.Until is { } until => FigureText.Say(Words.LooksAgain, why, Moment(until)),
            (BlockerKind.Approval, [var what]) => FigureText.Say(Words.Approval, what),
            (BlockerKind.Past, _) => FigureText.Say(Words.Past, blocker.Run),
            (BlockerKind.Pool, [_, _, _]) => FigureText.Say(Words.PoolSmall, [.. facts]),
            (BlockerKind.Pool, [_, _, _, var holder]) => FigureText.Say(holder.Length == 0 ? Words.PoolClosed : Words.PoolFull, facts[0], facts[1], facts[2], holder),
            (BlockerKind.NoWorker, [_]) => Words.NoWarehouse,
            (BlockerKind.NoWorker, _) => Words.NoWorker,
            (BlockerKind.Workers, [var before, _]) => FigureText.Say(before == "0" ? Words.WorkersNext : Words.WorkersBefore, facts[0], facts[1]),
            _ => blocker.Sentence,
        };
    }

    /// <summary>What is wrong; nothing for null.</summary>
    public static Markup Alert(string? text) => text is null ? Markup.Empty : Markup.Of($"""<p class="alert" role="alert">{text}</p>""");

    /// <summary>The option of a choice.</summary>
    public static Markup Option(string value, string label, bool isChosen) => Markup.Of($"""<option value="{value}"{PageFrame.Selected(isChosen)}>{label}</option>""");

    private Markup Sections(OperationsSection? here) => Markup.Of(
        $"""
        <nav class="sections" aria-label="{Words.Title}"><ul>{Enum.GetValues<OperationsSection>().Where(section => section != OperationsSection.Start || MayOperate).Select(section => Markup.Of(
            $"""<li><a href="{OperationsPages.PathOf(section)}"{(section == here ? Markup.Of($""" aria-current="page" """) : Markup.Empty)}>{Words.Sections[(int)section]}</a></li>"""))}</ul></nav>
        """);
}
