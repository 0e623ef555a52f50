namespace RetailInsight.Api.Pages.Operations;

/// <summary>States of runs, tasks and tries as a shape and a colour, so that neither has to say it alone.</summary>
internal static class StateMark
{
    // Each shape fills a square of 16 px; states that mean alike share one.
    private static readonly (string Shape, Markup Drawing)[] Shapes =
    [
        ("check", Markup.Of($"""<path d="M3 8.6 6.4 12 13 4.4"/>""")),
        ("cross", Markup.Of($"""<path d="m4 4 8 8m0-8-8 8"/>""")),
        ("play", Markup.Of($"""<path fill="currentColor" stroke="none" d="M4.5 2.6v10.8L13.4 8z"/>""")),
        ("dots", Markup.Of($"""<g fill="currentColor" stroke="none"><circle cx="3" cy="8" r="1.6"/><circle cx="8" cy="8" r="1.6"/><circle cx="13" cy="8" r="1.6"/></g>""")),
        ("next", Markup.Of($"""<path d="M5 3.4v9.2L12.4 8z"/>""")),
        ("again", Markup.Of($"""<path d="M12.9 8.4a5 5 0 1 1-1.5-4M12.6 1.6v3.2H9.4"/>""")),
        ("stop", Markup.Of($"""<circle cx="8" cy="8" r="5.4"/><path d="m4.3 4.3 7.4 7.4"/>""")),
        ("blocked", Markup.Of($"""<path d="M1.8 8h7.4M6.2 4.8 9.4 8l-3.2 3.2M13 3v10"/>""")),
        ("skip", Markup.Of($"""<path d="m3 3.6 4.4 4.4L3 12.4M8.4 3.6l4.4 4.4-4.4 4.4"/>""")),
        ("pause", Markup.Of($"""<path d="M5.4 3.4v9.2M10.6 3.4v9.2"/>""")),
        ("none", Markup.Of($"""<path d="M3.6 8h8.8"/>""")),
    ];

    /// <summary>The shapes themselves; once a page.</summary>
    public static Markup Sprite { get; } = Markup.Of(
        $"""<svg width="0" height="0" class="sprite" aria-hidden="true">{Shapes.Select(shape => Markup.Of($"""<symbol id="m-{shape.Shape}" viewBox="0 0 16 16">{shape.Drawing}</symbol>"""))}</svg>""");

    /// <summary>The style class of a state's colour.</summary>
    public static string Style(string state) => state switch
    {
        "success" or "done" or "current" or "chosen" => "s-good",
        "failed" or "crashed" => "s-bad",
        "upstream_failed" => "s-hit",
        "running" or "submitted" or "source" => "s-live",
        "retry_wait" or "deferred" or "awaiting_input" or "asked" or "paused" or "stale" or "held" => "s-hold",
        "queued" or "ready" or "waiting" or "planned" or "pending" => "s-wait",
        _ => "s-off",
    };

    /// <summary>The shape alone.</summary>
    public static Markup Icon(string state) => Markup.Of($"""<svg class="m" width="16" height="16" aria-hidden="true"><use href="#m-{Shape(state)}"/></svg>""");

    /// <summary>Shape and word.</summary>
    public static Markup Badge(string state, OperationsWording words) => Markup.Of($"""<span class="state-badge {Style(state)}">{Icon(state)}{Name(state, words)}</span>""");

    /// <summary>What a state is called.</summary>
    public static string Name(string state, OperationsWording words) => words.States.TryGetValue(state, out var name) ? name : state;

    /// <summary>Which shape of the sprite stands for a state.</summary>
    public static string Shape(string state) => state switch
    {
        "success" or "done" or "current" or "chosen" => "check",
        "failed" or "crashed" => "cross",
        "running" or "submitted" => "play",
        "queued" or "waiting" => "dots",
        "ready" or "source" => "next",
        "retry_wait" or "cleared" or "released" or "stale" => "again",
        "upstream_failed" => "blocked",
        "skipped" => "skip",
        "deferred" or "awaiting_input" or "asked" or "paused" or "held" => "pause",
        "canceled" => "stop",
        _ => "none",
    };
}
