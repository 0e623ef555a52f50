using RetailInsight.Core.Ports;
using RetailInsight.Platform.GoogleSql;
using RetailInsight.Platform.Native.DuckDb;
using RetailInsight.Platform.Warehouse;
using static RetailInsight.Platform.Local.DuckDb.WarehouseTypes;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>The statements that bring the database to what the code wants: only ever more tables and nullable columns.</summary>
internal static class DuckDbSchema
{
    /// <summary>
    /// The adapter's own ledger, written in the transaction of the rows. The tenant belongs to the key: two tenants may send the same bytes.
    /// </summary>
    public const string Ledger =
        "CREATE TABLE IF NOT EXISTS _loaded_batch (batch_id VARCHAR NOT NULL, tenant VARCHAR NOT NULL, loaded_at TIMESTAMP WITH TIME ZONE NOT NULL)";

    /// <summary>Columns of a table in order; empty when there is no such table.</summary>
    /// <exception cref="WarehouseDataException">The table was not made from a <see cref="TableSpec"/>.</exception>
    public static IReadOnlyList<WarehouseColumn> Columns(DuckDbConnection connection, string table) =>
    [
        .. connection.Rows(
            """
            SELECT column_name, data_type, is_nullable FROM duckdb_columns()
            WHERE database_name = current_database() AND schema_name = 'main' AND table_name = $table ORDER BY column_index
            """,
            ("table", table)).Select(row => new WarehouseColumn(
                (string)row[0]!,
                FromDdl((string)row[1]!) ?? throw new WarehouseDataException($"{table}.{row[0]} has the foreign type {row[1]}."),
                (bool)row[2]!)),
    ];

    /// <summary>Creates or replaces a view.</summary>
    /// <exception cref="WarehouseDataException">Its SQL is not understood, or reads what does not exist.</exception>
    public static void Create(DuckDbConnection connection, ViewSpec view)
    {
        try
        {
            connection.Execute($"CREATE OR REPLACE VIEW {Quote(view.Name)} AS {GoogleSqlRewriter.Rewrite(view.Sql)}");
        }
        catch (Exception exception) when (exception is DuckDbException or GoogleSqlException)
        {
            throw new WarehouseDataException($"View {view.Name}: {exception.Message}");
        }
    }

    /// <summary>What is to be done to a table.</summary>
    /// <param name="wanted">As it shall be.</param>
    /// <param name="present">Its columns; none when it does not exist.</param>
    /// <exception cref="WarehouseDataException">A column would change its type, or a new one is not nullable.</exception>
    public static IEnumerable<string> Changes(TableSpec wanted, IReadOnlyList<WarehouseColumn> present)
    {
        if (present.Count == 0)
        {
            return [$"CREATE TABLE {Quote(wanted.Name)} ({string.Join(", ", wanted.Columns.Select(column => Define(column, column.Nullable)))})"];
        }

        TableGrowth growth = TableGrowth.Of(wanted, present);
        return
        [
            .. growth.Added.Select(column => $"ALTER TABLE {Quote(wanted.Name)} ADD COLUMN {Define(column, nullable: true)}"),
            .. growth.Relaxed.Select(column => $"ALTER TABLE {Quote(wanted.Name)} ALTER COLUMN {Quote(column.Name)} DROP NOT NULL"),
        ];
    }

    private static string Define(ColumnSpec column, bool nullable) => $"{Quote(column.Name)} {column.Type.Ddl()}{(nullable ? "" : " NOT NULL")}";
}
