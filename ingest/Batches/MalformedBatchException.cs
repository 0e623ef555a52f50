namespace RetailInsight.Ingest.Batches;

/// <summary>A message is no valid EventBatch and never will be; the message says which field, which row and what is wrong.</summary>
internal sealed class MalformedBatchException(string message) : Exception(message);
