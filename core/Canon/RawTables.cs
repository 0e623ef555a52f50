using RetailInsight.Core.Ports;

namespace RetailInsight.Core.Canon;

/// <summary>
/// The warehouse tables the streamer fills and the views every model starts from. Append only: a corrected receipt is a
/// new revision beside the old one. Money columns are INT64 in 1/1,000,000 of <c>currency</c>, quantities in 1/1,000,000.
/// Rows name their batch and their receipt by whole numbers, as text in every row is what loading spends its time on:
/// <c>batch_key</c> is the first half of the batch id, <c>receipt_key</c> that plus the receipt's place in the batch.
/// </summary>
public static class RawTables
{
    /// <summary>Where rows come from.</summary>
    public static readonly TableSpec Batch = new(
        "raw_batch",
        "Batches, and the payload each was converted from. One row per tenant and batch_key.",
        [
            Text("tenant", "Tenant id."),
            Whole("batch_key", "First 64 bits of batch_id."),
            Text("batch_id", "32 hex digits."),
            Text("vendor", "Vendor id."),
            Text("feed", "Feed id."),
            Text("profile", "Profile id."),
            Whole("profile_version", "Profile version."),
            new("received_at", ColumnType.Timestamp, false, "When the gateway had the payload."),
            Text("raw_object", "Lake object of the payload."),
            Whole("raw_offset", "Offset of the payload in the object."),
        ],
        null,
        ["tenant"]);

    /// <summary>Receipts, every revision.</summary>
    public static readonly TableSpec PosTransaction = new(
        "raw_pos_transaction",
        "Receipts as converted, every revision. One row per tenant, event_id and revision.",
        [
            .. Partition(),
            Whole("receipt_key", "What its lines and other parts point at, within store and business date."),
            Whole("batch_key", "Batch that brought the row."),
            Text("event_id", "Identity of the receipt: 32 hex digits."),
            Whole("revision", "1, +1 for each correction."),
            Text("store_as_sent", "What the vendor sent to name store or register."),
            Text("terminal", "Register, as sent."),
            Text("receipt_number", "As sent."),
            Text("kind", "sale, return, void, cancelled, training, no_sale, cash_movement, withdrawn or suspended."),
            Text("business_date_source", "stated or derived."),
            new("occurred_at", ColumnType.Timestamp, false, "When it happened."),
            Whole("utc_offset_minutes", "Offset of the store's wall clock then."),
            Text("clock", "terminal or server."),
            Text("currency", "ISO 4217."),
            Whole("net", "Tax-exclusive, micros."),
            Whole("tax", "Micros."),
            Whole("gross", "Tax-inclusive, micros."),
            Whole("guests", "0 when not stated."),
            Text("customer", "As sent; empty for none."),
            new("original_event_id", ColumnType.String, true, "The receipt this one takes back."),
            Whole("source_row", "First row in the payload, 1-based."),
            Whole("source_offset", "Its byte offset in the payload."),
        ],
        "business_date",
        ["tenant", "store"]);

    /// <summary>Receipt lines, every revision.</summary>
    public static readonly TableSpec PosLine = new(
        "raw_pos_line",
        "Receipt lines, every revision. One row per tenant, store, business_date, receipt_key and line_number.",
        [
            .. Partition(),
            Receipt(),
            Whole("line_number", "1-based."),
            Text("item_code", "As sent."),
            Text("item_name", "As sent."),
            Text("category", "As sent."),
            Whole("quantity", "Micros of a piece; negative on a return."),
            Whole("unit_price", "On tax_basis, micros."),
            Text("tax_basis", "inclusive, exclusive or untaxed."),
            Whole("rate_bp", "Basis points."),
            Text("tax_category", "standard, reduced, exempt or tax_free."),
            Whole("stated_amount", "As stated, before discounts, micros."),
            Whole("discount", "Own and shared discounts, micros."),
            Whole("net", "Micros, after discounts."),
            Whole("tax", "Micros."),
            Whole("gross", "Micros."),
            new("merchandise", ColumnType.Bool, false, "False for bags, postage, fees."),
            Whole("source_row", "Row in the payload, 1-based."),
        ],
        "business_date",
        ["tenant", "store"]);

    /// <summary>Tax buckets, every revision.</summary>
    public static readonly TableSpec PosTax = new(
        "raw_pos_tax",
        "Receipts by tax rate, every revision. One row per tenant, store, business_date, receipt_key, rate_bp and tax_category.",
        [
            .. Partition(),
            Receipt(),
            Whole("rate_bp", "Basis points."),
            Text("tax_category", "standard, reduced, exempt or tax_free."),
            Whole("net", "Micros."),
            Whole("tax", "Micros."),
            Whole("gross", "Micros."),
            new("tax_stated", ColumnType.Bool, false, "Whether tax is the vendor's own figure."),
            Whole("computed_tax", "What the profile's rule gives, micros."),
        ],
        "business_date",
        ["tenant", "store"]);

    /// <summary>Tenders, every revision.</summary>
    public static readonly TableSpec PosTender = new(
        "raw_pos_tender",
        "How receipts were paid, every revision. One row per tenant, store, business_date, receipt_key and tender_number.",
        [
            .. Partition(),
            Receipt(),
            Whole("tender_number", "1-based."),
            Text("method", "As mapped by the profile."),
            Whole("amount", "Micros."),
        ],
        "business_date",
        ["tenant", "store"]);

    /// <summary>Discounts, every revision.</summary>
    public static readonly TableSpec PosDiscount = new(
        "raw_pos_discount",
        "Discounts as stated, every revision. One row per tenant, store, business_date, receipt_key and discount_number.",
        [
            .. Partition(),
            Receipt(),
            Whole("discount_number", "1-based."),
            Whole("line_number", "0 for the whole receipt."),
            Text("kind", "line, receipt, coupon, points or staff."),
            Whole("amount", "Micros, positive lowers a sale."),
            Text("label", "The vendor's word."),
        ],
        "business_date",
        ["tenant", "store"]);

    /// <summary>People counts, every revision.</summary>
    public static readonly TableSpec IotCount = new(
        "raw_iot_count",
        "People counts by interval, every revision. One row per tenant, event_id and revision.",
        [
            .. Partition(),
            Whole("batch_key", "Batch that brought the row."),
            Text("event_id", "Identity of device, line and interval: 32 hex digits."),
            Whole("revision", "1, +1 for each correction."),
            Text("device", "As sent."),
            Text("line", "Counting line or zone, as sent."),
            Text("kind", "interval, occupancy or withdrawn."),
            new("from_at", ColumnType.Timestamp, false, "First instant of the interval."),
            new("to_at", ColumnType.Timestamp, false, "First instant after it."),
            Whole("utc_offset_minutes", "Offset of the store's wall clock."),
            Whole("entered", "Crossings inwards."),
            Whole("exited", "Crossings outwards."),
            Whole("source_row", "Row in the payload, 1-based."),
            Whole("source_offset", "Its byte offset in the payload."),
            new("zone", ColumnType.String, true, "Zone of the line by the device register; empty for none. Null, as all that follow, in rows from before the column: raw counts of an entrance."),
            new("role", ColumnType.String, true, "What the line is for: entrance, passage or interior."),
            new("measure", ColumnType.String, true, "raw or factored."),
            new("sequence", ColumnType.Int64, true, "Number of the device's package, rising by 1; 0 when it does not number them."),
            new("firmware", ColumnType.String, true, "As sent; empty for none."),
            new("staff", ColumnType.Int64, true, "Of those who entered, whom the device takes for staff; never taken off entered."),
            new("occupancy", ColumnType.Int64, true, "People in view; only of kind occupancy."),
            new("partial", ColumnType.Bool, true, "True where people were counted that no report tells of: at least so many crossed."),
        ],
        "business_date",
        ["tenant", "store"]);

    /// <summary>What single persons did, every revision.</summary>
    public static readonly TableSpec VisitorEvent = new(
        "raw_visitor_event",
        "What single persons did before and in shops, every revision. One row per tenant, event_id and revision.",
        [
            .. Partition(),
            Whole("batch_key", "Batch that brought the row."),
            Text("event_id", "Identity of device, line, kind, instant and track: 32 hex digits."),
            Whole("revision", "1, +1 for each correction."),
            Text("device", "As sent."),
            Text("line", "The line crossed, or the zone, as sent."),
            Text("zone", "Zone of the line by the device register; empty for none."),
            Text("kind", "enter, exit, pass_by, stop, zone or withdrawn."),
            new("occurred_at", ColumnType.Timestamp, false, "When; of a stay, when it began or ended, as the device says it."),
            Whole("utc_offset_minutes", "Offset of the store's wall clock."),
            Whole("duration_ms", "How long a stay lasted; 0 when the device does not say."),
            new("person", ColumnType.String, true, "Pseudonym of the person within tenant and epoch, 32 hex digits; null where nobody was recognised."),
            new("staff", ColumnType.Bool, false, "Whether the device takes the person for staff."),
            Text("firmware", "As sent; empty for none."),
            Whole("source_row", "Row in the payload, 1-based."),
            Whole("source_offset", "Its byte offset in the payload."),
        ],
        "business_date",
        ["tenant", "store"]);

    /// <summary>The tenant's store master, one snapshot a load.</summary>
    public static readonly TableSpec StoreSnapshot = new(
        "raw_store",
        "The store master as it was at each snapshot. One row per tenant, store and snapshot_at.",
        [
            Text("tenant", "Tenant id."),
            Text("store", "Store code."),
            new("snapshot_at", ColumnType.Timestamp, false, "When the master was read."),
            Text("name", "Display name."),
            Whole("opens_minute", "Opening time, minutes after local midnight."),
            Whole("closes_minute", "Closing time, minutes after local midnight; may exceed 1440."),
            Whole("door_lines", "Counting lines the store's doors have; 0 = no counter."),
            new("floor_area", ColumnType.Numeric, true, "Sales area, square metres."),
            new("currency", ColumnType.String, true, "ISO 4217: the tenant's."),
        ],
        null,
        ["tenant"]);

    /// <summary>All tables.</summary>
    public static readonly IReadOnlyList<TableSpec> All = [Batch, PosTransaction, PosLine, PosTax, PosTender, PosDiscount, IotCount, VisitorEvent, StoreSnapshot];

    /// <summary>
    /// The current revision of each receipt that is not withdrawn; <c>is_voided</c> when the current revision of a void takes it back. Lines and
    /// buckets join on tenant, store, business_date and receipt_key.
    /// </summary>
    public static readonly ViewSpec CurrentTransaction = new(
        "pos_transaction",
        """
        WITH latest AS (
          SELECT * FROM raw_pos_transaction
          QUALIFY ROW_NUMBER() OVER (PARTITION BY tenant, event_id ORDER BY revision DESC, receipt_key) = 1
        ),
        voids AS (
          SELECT DISTINCT tenant, original_event_id FROM latest WHERE kind = 'void' AND original_event_id IS NOT NULL
        )
        SELECT latest.*, voids.original_event_id IS NOT NULL AS is_voided
        FROM latest
        LEFT JOIN voids ON voids.tenant = latest.tenant AND voids.original_event_id = latest.event_id
        WHERE latest.kind <> 'withdrawn'
        """);

    /// <summary>The current revision of each people count that is not withdrawn.</summary>
    public static readonly ViewSpec CurrentCount = new(
        "iot_count",
        """
        WITH latest AS (
          SELECT * FROM raw_iot_count
          QUALIFY ROW_NUMBER() OVER (PARTITION BY tenant, event_id ORDER BY revision DESC, batch_key) = 1
        )
        SELECT * FROM latest WHERE kind <> 'withdrawn'
        """);

    /// <summary>The current revision of each visitor event that is not withdrawn.</summary>
    public static readonly ViewSpec CurrentVisitorEvent = new(
        "visitor_event",
        """
        WITH latest AS (
          SELECT * FROM raw_visitor_event
          QUALIFY ROW_NUMBER() OVER (PARTITION BY tenant, event_id ORDER BY revision DESC, batch_key) = 1
        )
        SELECT * FROM latest WHERE kind <> 'withdrawn'
        """);

    /// <summary>The newest snapshot of each tenant's store master.</summary>
    public static readonly ViewSpec CurrentStore = new(
        "store",
        """
        SELECT * FROM raw_store
        QUALIFY RANK() OVER (PARTITION BY tenant ORDER BY snapshot_at DESC) = 1
        """);

    /// <summary>All views.</summary>
    public static readonly IReadOnlyList<ViewSpec> Views = [CurrentTransaction, CurrentCount, CurrentVisitorEvent, CurrentStore];

    private static ColumnSpec[] Partition() =>
    [
        Text("tenant", "Tenant id."),
        Text("store", "Store code."),
        new("business_date", ColumnType.Date, false, "Trading day."),
    ];

    private static ColumnSpec Receipt() => Whole("receipt_key", "The row of raw_pos_transaction it belongs to.");

    private static ColumnSpec Text(string name, string description) => new(name, ColumnType.String, false, description);

    private static ColumnSpec Whole(string name, string description) => new(name, ColumnType.Int64, false, description);
}
