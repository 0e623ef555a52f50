using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Makes the event id of a receipt from the parts the profile names.</summary>
internal sealed class EventKey(string tenant, string vendor, IReadOnlyList<string> identity)
{
    private readonly byte[] _first = Id128.Parts(tenant, vendor, "transaction");
    private readonly string[] _identity = [.. identity];
    private readonly string[] _parts = new string[identity.Count];
    private DateOnly _date;
    private string _dateText = "0001-01-01";

    /// <summary>The id of a receipt, or of another one of the same register and day when <paramref name="receiptNumber"/> is that one's.</summary>
    public Id128 Of(string storeAsSent, string terminal, DateOnly businessDate, string receiptNumber)
    {
        for (var i = 0; i < _identity.Length; i++)
        {
            _parts[i] = _identity[i] switch
            {
                CanonicalFields.Store => storeAsSent,
                CanonicalFields.Terminal => terminal,
                CanonicalFields.BusinessDate => TextOf(businessDate),
                CanonicalFields.ReceiptNumber => receiptNumber,
                _ => throw new InvalidOperationException($"'{_identity[i]}' cannot be part of a receipt's identity."),
            };
        }

        return Id128.FromParts(_first, _parts);
    }

    // Receipts of one day follow each other.
    private string TextOf(DateOnly date)
    {
        if (date != _date)
        {
            (_date, _dateText) = (date, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        return _dateText;
    }
}
