namespace RetailInsight.Api.Alerts;

/// <summary>The configuration section <c>Api:Alerts</c>.</summary>
public sealed class AlertOptions
{
    /// <summary>How often it is looked whether rules must be evaluated. Default 5 s.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The shortest pause between two evaluations of one tenant, however often its data changes. Default 10 s.</summary>
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often rules are evaluated though no data came, because an hour or a day may be over. Default 5 min.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(5);
}
