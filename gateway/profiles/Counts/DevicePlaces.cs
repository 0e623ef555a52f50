using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Counts;

/// <summary>Finds the device and the store of what a device sends.</summary>
internal sealed class DevicePlaces(ProfileDefinition definition, ConversionContext context, FieldReader fields)
{
    /// <summary>Reads when it was.</summary>
    public CountTimes Times { get; } = new(definition, fields);

    /// <summary>The device a record is of; one that does not say is of the device that sent it.</summary>
    public string DeviceOf(FieldSource source)
    {
        var binding = definition.Head.GetValueOrDefault(CanonicalFields.Device);
        var named = fields.Text(source, binding);
        if (named.Length == 0)
        {
            if (context.Device is null && !fields.Rejected)
            {
                fields.Reject(RejectionReason.FieldMissing, binding?.VendorName ?? CanonicalFields.Device, "The payload does not name the device, and none has sent it with a key of its own.");
            }

            return context.Device ?? "";
        }

        if (context.Device is { } sender && sender != named)
        {
            fields.Reject(RejectionReason.DeviceMismatch, binding!.VendorName, $"The payload is of '{FieldReader.Shown(named)}' and was sent by '{FieldReader.Shown(sender)}'.");
        }

        return named;
    }

    /// <summary>Where it was, with what the register of devices says of its line where that is what tells the store; and what was sent to name the place.</summary>
    public (StoreEntry? Store, DeviceLine? Line, string AsSent) Of(FieldSource source, string device, string line, CountTimes.Sent sent)
    {
        var rule = definition.Store!;
        if (rule.Rule == StoreRule.Device)
        {
            return PlaceOfDevice(device, line, sent);
        }

        var asSent = rule.Code ?? fields.Text(source, definition.Head.GetValueOrDefault(CanonicalFields.Store));
        var store = !rule.ByMaster ? context.Stores.ByCode(asSent)
            : sent.From is null ? null : context.Stores.ByTerminal(asSent, one => one.Calendar.BusinessDateOf(Times.Begin(sent, one.Calendar)));
        if (store is null && asSent.Length > 0 && (!rule.ByMaster || sent.From is not null))
        {
            fields.Reject(RejectionReason.StoreUnknown, rule.FieldOf(definition.Head)?.VendorName, rule.Unknown(asSent, null));
        }

        return (store, null, asSent);
    }

    private (StoreEntry? Store, DeviceLine? Line, string AsSent) PlaceOfDevice(string device, string line, CountTimes.Sent sent)
    {
        if (device.Length == 0 || line.Length == 0 || sent.From is null)
        {
            return (null, null, device);
        }

        var name = definition.Head.GetValueOrDefault(CanonicalFields.Device)?.VendorName;
        if (!context.Devices.Knows(device))
        {
            fields.Reject(RejectionReason.DeviceUnknown, name, $"There is no device '{FieldReader.Shown(device)}'.");
            return (null, null, device);
        }

        if (context.Devices.Find(device, line, context.Stores, store => store.Calendar.BusinessDateOf(Times.Begin(sent, store.Calendar))) is { } found)
        {
            return (found.Store, found.Line, device);
        }

        fields.Reject(RejectionReason.LineUnmapped, name, FormattableString.Invariant($"Line '{FieldReader.Shown(line)}' of '{FieldReader.Shown(device)}' is in no store at {sent.From.Value.Wall:yyyy-MM-dd HH:mm}."));
        return (null, null, device);
    }
}
