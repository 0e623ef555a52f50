namespace RetailInsight.Ml.Edge;

/// <summary>A bundle or a slot is not taken; the message says why and what to do.</summary>
/// <param name="code">
/// One of <c>unreadable</c>, <c>signature_wrong</c>, <c>part_tampered</c>, <c>runtime_too_old</c>, <c>older</c>, <c>no_space</c>, <c>unhealthy</c>, <c>on_probation</c>, <c>other_model</c>, <c>busy</c>, <c>no_model</c>.
/// </param>
/// <param name="message">A sentence for people.</param>
/// <param name="cause">What it came from; null for nothing.</param>
public sealed class BundleRefusedException(string code, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>For programs.</summary>
    public string Code { get; } = code;
}
