namespace RetailInsight.Core.Canon;

/// <summary>
/// What a line says it sold, as sent. Lines of one item share one object as far as the reader knows them for the same, so that what
/// is made of its texts is made once.
/// </summary>
/// <param name="code">The item's code.</param>
/// <param name="name">Empty when the feed has none.</param>
/// <param name="category">Empty when the feed has none.</param>
public sealed class Item(string code, string name, string category) : IEquatable<Item>
{
    /// <summary>The item's code.</summary>
    public string Code { get; } = code;

    /// <summary>Its name; empty when the feed has none.</summary>
    public string Name { get; } = name;

    /// <summary>Its category; empty when the feed has none.</summary>
    public string Category { get; } = category;

    /// <summary>What stands for its texts in a <see cref="ContentHash"/>: 16 bytes of their hash, once it was asked for. Whoever writes it writes the same.</summary>
    internal byte[]? Digest { get; set; }

    /// <inheritdoc/>
    public bool Equals(Item? other) => other is not null && Code == other.Code && Name == other.Name && Category == other.Category;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Item);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Code, Name, Category);

    /// <inheritdoc/>
    public override string ToString() => $"{Code} '{Name}' [{Category}]";
}
