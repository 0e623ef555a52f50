namespace RetailInsight.Api.Alerts;

/// <summary>What happens to an incident.</summary>
internal enum IncidentStep
{
    /// <summary>Nothing but that its figures are brought up to date.</summary>
    Stay,

    /// <summary>It is put on hold, and nobody is told.</summary>
    Hold,

    /// <summary>It is opened, and people are told.</summary>
    Open,

    /// <summary>It closes by itself, and those who were told of it are told so.</summary>
    Close,
}

/// <summary>The life of an incident.</summary>
internal static class IncidentLife
{
    /// <summary>How often one incident may be opened: a figure that goes to and fro must not tell people each time.</summary>
    public const int MostEpisodes = 3;

    /// <summary>The step a verdict asks for.</summary>
    /// <param name="state">held, open, acknowledged or closed; null where there is no incident.</param>
    /// <param name="episode">How often it was opened.</param>
    /// <param name="verdict">What the rule says now.</param>
    public static IncidentStep Next(string? state, int episode, AlertVerdict verdict) => (state, verdict) switch
    {
        (null, AlertVerdict.Fires) or ("held", AlertVerdict.Fires) => IncidentStep.Open,
        (null, AlertVerdict.Held) => IncidentStep.Hold,
        ("closed", AlertVerdict.Fires) when episode < MostEpisodes => IncidentStep.Open,
        ("held", AlertVerdict.Quiet or AlertVerdict.Neutral) => IncidentStep.Close,
        ("open" or "acknowledged", AlertVerdict.Quiet) => IncidentStep.Close,
        _ => IncidentStep.Stay,
    };
}
