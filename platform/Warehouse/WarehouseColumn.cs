using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Warehouse;

/// <summary>A column as the database has it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type.</param>
/// <param name="Nullable">Whether it may be NULL.</param>
internal sealed record WarehouseColumn(string Name, ColumnType Type, bool Nullable);
