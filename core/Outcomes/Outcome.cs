using System.Diagnostics.CodeAnalysis;

namespace RetailInsight.Core.Outcomes;

/// <summary>
/// A value or the reason there is none: the one result type of the house. Expected failure is a value; a broken promise
/// is an exception.
/// </summary>
/// <typeparam name="T">What success carries.</typeparam>
public readonly record struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, Rejection? rejection)
    {
        _value = value;
        Rejection = rejection;
    }

    /// <summary>The reason, or null on success.</summary>
    public Rejection? Rejection { get; }

    /// <summary>Both doors at once: true with a value, false with a rejection.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Rejection? rejection)
    {
        value = _value;
        rejection = Rejection;
        return rejection is null;
    }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T GetValueOrThrow() => Rejection is null ? _value! : throw new InvalidOperationException(Rejection.Detail);

    /// <summary>Success.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Failure.</summary>
    public static implicit operator Outcome<T>(Rejection rejection) => new(default, rejection);
}
