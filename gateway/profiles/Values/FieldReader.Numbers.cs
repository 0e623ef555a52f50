using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Values;

/// <content>Numbers and amounts.</content>
internal sealed partial class FieldReader
{
    private const long Million = Money.MicrosPerUnit;

    /// <summary>The kind of the receipt being read, by which a figure may be negated.</summary>
    public TransactionKind Kind { get; set; }

    /// <summary>The largest number or amount that is read, in millionths; what is beyond is rejected.</summary>
    public long Largest { get; init; } = long.MaxValue;

    /// <summary>A number or amount in millionths, negated where the profile says so; null when it is empty or cannot be read.</summary>
    public long? Micros(FieldSource source, Binding? binding)
    {
        if (binding is null)
        {
            return null;
        }

        if ((binding.Each is null ? Read(source, binding) : Sum(source, binding)) is not { } micros)
        {
            return null;
        }

        if (micros > Largest || micros < -Largest)
        {
            Reject(RejectionReason.FieldRange, binding.VendorName, $"{Money.Format(micros)} is larger than any figure of a receipt can be: up to {Money.Format(Largest)} is read.");
            return null;
        }

        // The parts of a sum are negated one by one.
        return binding.Each is null && binding.IsNegated(Kind) ? -micros : micros;
    }

    private long? Read(FieldSource source, Binding binding)
    {
        // Nearly every number of a till is a few plain digits: these need not become text first.
        if (binding.IsPlain && source.TryGetBytes(binding, out var digits, out var ascii) && ascii)
        {
            if (digits.IsEmpty && binding.MayBeEmpty)
            {
                return null;
            }

            if (NumberText.TryParsePlain(digits, out var plain))
            {
                return binding.Type == Definition.ValueType.Money && numbers.MinorUnits ? InUnits(binding, plain) : plain;
            }
        }

        if (!TryTake(source, binding, out var text, out var kind))
        {
            return null;
        }

        if (binding.Map is not null)
        {
            if (MeaningOf(binding, text) is not { } meaning)
            {
                return null;
            }

            text = meaning;
            kind = RawKind.Text;
        }

        var problem = NumberText.TryParse(text, numbers, kind == RawKind.Number, out var micros);
        if (problem == NumberText.Problem.None)
        {
            return binding.Type == Definition.ValueType.Money && numbers.MinorUnits ? InUnits(binding, micros) : micros;
        }

        var (reason, expected) = problem switch
        {
            NumberText.Problem.TooFine => (RejectionReason.FieldRange, "at most six decimals are kept exactly"),
            NumberText.Problem.TooLarge => (RejectionReason.FieldRange, "it is larger than any amount can be"),
            _ => (RejectionReason.FieldType, "a number is expected"),
        };
        Reject(reason, binding.VendorName, $"'{Shown(text)}': {expected}.");
        return null;
    }

    /// <summary>A whole number that is not negative; null when it is empty or cannot be read.</summary>
    /// <param name="source">The row.</param>
    /// <param name="binding">The field; null for none.</param>
    /// <param name="most">What is beyond is rejected.</param>
    public uint? Count(FieldSource source, Binding? binding, long most = int.MaxValue)
    {
        if (Micros(source, binding) is not { } micros)
        {
            return null;
        }

        if (micros % Million == 0 && micros / Million is >= 0 and var count && count <= most)
        {
            return (uint)count;
        }

        Reject(RejectionReason.FieldRange, binding!.VendorName, "A whole number from 0 is expected.");
        return null;
    }

    /// <summary>A measured number, whose last decimals say nothing; null when it is empty or cannot be read.</summary>
    /// <param name="source">The record.</param>
    /// <param name="binding">The field; null for none.</param>
    /// <param name="least">What is below is rejected.</param>
    /// <param name="most">What is beyond is rejected.</param>
    public double? Measure(FieldSource source, Binding? binding, double least, double most)
    {
        if (binding is null || !TryTake(source, binding, out var text, out _))
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var measured) && measured >= least && measured <= most)
        {
            return measured;
        }

        Reject(RejectionReason.FieldRange, binding.VendorName, FormattableString.Invariant($"'{Shown(text)}': a number from {least} to {most} is expected."));
        return null;
    }

    // Amounts of the array's elements; null where the array is absent or empty.
    private long? Sum(FieldSource source, Binding binding)
    {
        if (source.Elements(binding.Each!) is not { } list)
        {
            return null;
        }

        var part = binding with { Each = null };
        long? sum = null;
        foreach (var element in list.Items)
        {
            if (element is null || !list.IsArray)
            {
                Reject(RejectionReason.FieldType, binding.VendorName, "Each element must be an object with an amount.");
            }
            else if (Micros(element, part) is { } micros)
            {
                var total = (Int128)(sum ?? 0) + micros;
                if (Int128.Abs(total) > long.MaxValue)
                {
                    Reject(RejectionReason.FieldRange, binding.VendorName, "The amounts add up to more than money can be.");
                    return null;
                }

                sum = (long)total;
            }
        }

        return sum;
    }

    // An amount in the currency's smallest unit: 1050 is $10.50 and ¥1050.
    private long? InUnits(Binding binding, long micros)
    {
        if (micros % Million == 0)
        {
            return micros / Million * numbers.AmountUnit;
        }

        Reject(RejectionReason.FieldRange, binding.VendorName, "The feed's amounts are whole numbers of the currency's smallest unit.");
        return null;
    }
}
