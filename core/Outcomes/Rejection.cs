namespace RetailInsight.Core.Outcomes;

/// <summary>Where in a payload something stands.</summary>
/// <param name="Row">1-based data row (a header is not counted); 0 when the whole payload is meant.</param>
/// <param name="ByteOffset">Offset of the row's first byte in the payload after decompression, before character decoding.</param>
/// <param name="ByteLength">Length of the row in bytes; 0 when unknown.</param>
public readonly record struct SourceLocation(int Row, long ByteOffset, int ByteLength);

/// <summary>Why something the vendor sent cannot be used as it is. A value: it is counted, stored, shown and replayed.</summary>
/// <param name="Reason">The closed code a program can act on.</param>
/// <param name="Detail">One English sentence a person can act on: what was found and what was expected.</param>
/// <param name="Field">The vendor's own name of the field, or null when none is at fault.</param>
/// <param name="At">Where it stands.</param>
public sealed record Rejection(RejectionReason Reason, string Detail, string? Field, SourceLocation At);
