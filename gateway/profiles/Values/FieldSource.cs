using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Values;

/// <summary>What kind of value a source holds for a field.</summary>
internal enum RawKind
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>Text: a CSV field or a JSON string.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>A JSON truth value; its text is <c>true</c> or <c>false</c>.</summary>
    Truth,

    /// <summary>Something else: a JSON object or array.</summary>
    Other,

    /// <summary>There are bytes, but they are no text. Already reported where the row was decoded.</summary>
    Undecodable,
}

/// <summary>A value as it stands in the payload.</summary>
/// <param name="kind">What kind it is.</param>
/// <param name="text">Its characters; valid until the next value is taken from the same source.</param>
internal readonly ref struct RawValue(RawKind kind, ReadOnlySpan<char> text)
{
    public RawKind Kind { get; } = kind;

    public ReadOnlySpan<char> Text { get; } = text;
}

/// <summary>Fields that come again together, and in most files stand side by side.</summary>
internal enum FieldGroup
{
    /// <summary>Code, name and category of an item.</summary>
    Item,

    /// <summary>Rate and category of the tax.</summary>
    TaxRate,
}

/// <summary>One row or object fields are read from.</summary>
internal abstract class FieldSource
{
    /// <summary>The value bound to a field.</summary>
    public abstract RawValue Get(Binding binding);

    /// <summary>The bytes of a text that alone decide its characters; false where there are none such.</summary>
    /// <param name="binding">The field.</param>
    /// <param name="bytes">Valid as long as the payload.</param>
    /// <param name="ascii">Whether they are known to be ASCII.</param>
    public virtual bool TryGetBytes(Binding binding, out ReadOnlySpan<byte> bytes, out bool ascii)
    {
        bytes = default;
        ascii = false;
        return false;
    }

    /// <summary>What the fields of a group came to when they last stood in a row as they do in this one; null where that is not known.</summary>
    public virtual object? Recall(FieldGroup group) => null;

    /// <summary>Whether what the fields of a group come to can be remembered.</summary>
    public virtual bool CanRemember(FieldGroup group) => false;

    /// <summary>Remembers what the fields of a group came to.</summary>
    public virtual void Remember(FieldGroup group, object value) => throw new InvalidOperationException("Only what CanRemember says can be remembered.");

    /// <summary>The elements of an array below this object; null when there is none.</summary>
    /// <exception cref="InvalidOperationException">The source has no arrays; the linter keeps profiles from asking.</exception>
    public virtual ElementList? Elements(string[] path) => throw new InvalidOperationException("A CSV row has no arrays.");
}

/// <summary>The elements of an array, or the news that the member is no array.</summary>
/// <param name="IsArray">False when the member is something else.</param>
/// <param name="Items">The elements; null stands for one that is no object.</param>
internal sealed record ElementList(bool IsArray, IReadOnlyList<FieldSource?> Items);
