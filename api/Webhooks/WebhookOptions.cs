namespace RetailInsight.Api.Webhooks;

/// <summary>The configuration section <c>Api:Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// Lets endpoints lie on this machine, over plain HTTP, for trying the embedded mode out. Never set it where others may register endpoints. Default false.
    /// </summary>
    public bool AllowLoopback { get; set; }

    /// <summary>How often due messages are looked for. Default 2 s.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The first pause after a failure; each further one doubles, up to six hours. Default 5 s.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(5);
}
