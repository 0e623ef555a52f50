namespace RetailInsight.Core.Outcomes;

/// <summary>The closed list of reasons. New ones are added at the end; none changes its meaning.</summary>
public enum RejectionReason
{
    /// <summary>The payload has no bytes or no data row.</summary>
    PayloadEmpty,

    /// <summary>The payload cannot be decompressed.</summary>
    PayloadCompression,

    /// <summary>The payload is not text in the encoding of the profile, or not the container it should be.</summary>
    PayloadUnreadable,

    /// <summary>The payload unpacks to more than the limit.</summary>
    PayloadTooLarge,

    /// <summary>A column or member the profile binds is missing from the whole payload.</summary>
    SchemaChanged,

    /// <summary>A row has more or fewer fields than the header, or a broken quote.</summary>
    RowShape,

    /// <summary>Bytes that are no character of the encoding.</summary>
    RowEncoding,

    /// <summary>A required field is empty or absent.</summary>
    FieldMissing,

    /// <summary>A field is not of the type the profile states.</summary>
    FieldType,

    /// <summary>A field is of the right type but outside what is possible.</summary>
    FieldRange,

    /// <summary>A code the profile's map does not know.</summary>
    CodeUnknown,

    /// <summary>No store of the tenant answers to what was sent on that date.</summary>
    StoreUnknown,

    /// <summary>A tax rate that is not one of the profile's.</summary>
    TaxRateUnknown,

    /// <summary>The lines do not add up to the total the receipt states.</summary>
    TotalMismatch,

    /// <summary>Rows of one receipt contradict each other in a head field.</summary>
    ReceiptInconsistent,

    /// <summary>A void or correction that does not say what it takes back.</summary>
    OriginalMissing,

    /// <summary>A head without its lines, or lines without their head.</summary>
    ReceiptIncomplete,

    /// <summary>The register of devices has no such device.</summary>
    DeviceUnknown,

    /// <summary>The payload names another device than the one that sent it.</summary>
    DeviceMismatch,

    /// <summary>The device stands in no store with that line on that day.</summary>
    LineUnmapped,

    /// <summary>The device's clock is further off than its profile allows.</summary>
    ClockDrift,

    /// <summary>An hour the wall clock skipped.</summary>
    TimeSkipped,

    /// <summary>A running count fell without a declared reset.</summary>
    CounterFell,

    /// <summary>An interval overlaps another of that line that counts already.</summary>
    IntervalOverlap,

    /// <summary>The network knows the subscriber, but it came with other hardware than it is enrolled with.</summary>
    SubscriberSwapped,

    /// <summary>A picture, a face, or a template or vector of one, came with the record: it was taken out before anything was stored, and the record is not used.</summary>
    FaceData,

    /// <summary>The way of a person begins or ends outside the payload: what it comes to is not known.</summary>
    TrackCut,
}

/// <summary>The codes of <see cref="RejectionReason"/> as they stand in answers and tables.</summary>
public static class RejectionReasonCodes
{
    private static readonly string[] Codes =
    [
        "payload_empty", "payload_compression", "payload_unreadable", "payload_too_large", "schema_changed", "row_shape",
        "row_encoding", "field_missing", "field_type", "field_range", "code_unknown", "store_unknown", "tax_rate_unknown",
        "total_mismatch", "receipt_inconsistent", "original_missing", "receipt_incomplete",
        "device_unknown", "device_mismatch", "line_unmapped", "clock_drift", "time_skipped", "counter_fell", "interval_overlap", "subscriber_swapped",
        "face_data", "track_cut",
    ];

    /// <summary>The code, such as <c>field_type</c>.</summary>
    public static string Code(this RejectionReason reason) => Codes[(int)reason];
}
