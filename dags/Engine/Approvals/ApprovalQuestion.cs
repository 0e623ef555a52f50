namespace RetailInsight.Dags.Engine.Approvals;

/// <summary>Asks a person before something is published. The task waits without a slot; after a yes it runs again and publishes if its question is still the same.</summary>
/// <param name="Question">One sentence.</param>
/// <param name="Detail">What would change: a JSON object.</param>
/// <param name="Digest">Names what would be published: the same content, the same digest. A yes holds for it alone.</param>
internal sealed record ApprovalQuestion(string Question, string Detail, string Digest);
