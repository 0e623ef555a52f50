namespace RetailInsight.Profiles;

/// <summary>A place between two receipts of a file.</summary>
/// <param name="Offset">Bytes before it, after decompression.</param>
/// <param name="Row">Data rows before it.</param>
public readonly record struct FilePosition(long Offset, int Row);
