using System.Reflection;
using Google.Protobuf.Reflection;

namespace RetailInsight.Ingest.Batches;

/// <summary>
/// The warehouse's words for a protobuf enum, from the names in the schema: <c>TRANSACTION_KIND_CASH_MOVEMENT</c> is
/// <c>cash_movement</c>. The unspecified value has none.
/// </summary>
internal static class EnumText<T>
    where T : struct, Enum
{
    private static readonly string?[] Words = Read();

    /// <summary>Whether the value is a known one and not the unspecified one.</summary>
    public static bool Has(T value) => Number(value) >= 0 && Number(value) < Words.Length && Words[Number(value)] is not null;

    /// <summary>The word of a value that <see cref="Has"/> accepts.</summary>
    public static string Of(T value) => Words[Number(value)]!;

    private static int Number(T value) => System.Runtime.CompilerServices.Unsafe.As<T, int>(ref value);

    private static string?[] Read()
    {
        var values = Enum.GetValues<T>();
        var words = new string?[values.Max(Number) + 1];
        var unspecified = NameInSchema(default);
        var prefix = unspecified[..^"UNSPECIFIED".Length];
        foreach (var value in values.Where(value => Number(value) != 0))
        {
#pragma warning disable CA1308 // The warehouse's words are lower case.
            words[Number(value)] = NameInSchema(value)[prefix.Length..].ToLowerInvariant();
#pragma warning restore CA1308
        }

        return words;
    }

    private static string NameInSchema(T value) =>
        typeof(T).GetField(value.ToString())!.GetCustomAttribute<OriginalNameAttribute>()!.Name;
}
