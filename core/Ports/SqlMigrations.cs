using System.Reflection;

namespace RetailInsight.Core.Ports;

/// <summary>
/// The dated, idempotent PostgreSQL migrations of one service: embedded resources <c>…Migrations.YYYY-MM-DD_NN_what.sql</c>.
/// Services register theirs; the platform applies all sets in order of <see cref="Order"/>, each file once.
/// </summary>
/// <param name="Name">The set, as recorded in the database: <c>gateway</c>.</param>
/// <param name="Order">Sets a later one builds on come first: platform 0, gateway 10, ingest 20, etl 30, ml 40, dags 50, api 60.</param>
/// <param name="Assembly">Where the files are embedded.</param>
public sealed record SqlMigrations(string Name, int Order, Assembly Assembly);
