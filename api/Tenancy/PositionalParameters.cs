using Npgsql;
using NpgsqlTypes;

namespace RetailInsight.Api.Tenancy;

/// <summary>
/// Short statements of the registers, with positional parameters ($1, $2, …). They end after <see cref="TimeoutSeconds"/>: a person waits for most of
/// them, and the others are tried again.
/// </summary>
internal static class PositionalParameters
{
    private const int TimeoutSeconds = 5;

    /// <summary>A statement on an open connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="values">Its parameters in order; a parameter that may be null is given by <see cref="OrNull"/>, a null text as DBNull.</param>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<object> values) => new NpgsqlCommand(sql, connection).With(values);

    /// <inheritdoc cref="Command(NpgsqlConnection, string, ReadOnlySpan{object})"/>
    /// <summary>A statement that takes a connection of its own.</summary>
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params ReadOnlySpan<object> values) => database.CreateCommand(sql).With(values);

    /// <summary>A parameter of a type that its value cannot tell when it is missing.</summary>
    /// <param name="type">The type of the column.</param>
    /// <param name="value">The value, or null.</param>
    public static NpgsqlParameter OrNull(NpgsqlDbType type, object? value) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private static NpgsqlCommand With(this NpgsqlCommand command, ReadOnlySpan<object> values)
    {
        command.CommandTimeout = TimeoutSeconds;
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? (value is DBNull ? OrNull(NpgsqlDbType.Text, null) : new NpgsqlParameter { Value = value }));
        }

        return command;
    }
}
