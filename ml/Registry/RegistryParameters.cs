using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace RetailInsight.Ml.Registry;

/// <summary>Values for the $1, $2, … of a statement.</summary>
internal static class RegistryParameters
{
    /// <summary>Adds the values in order; null is a text that is absent, a ready parameter is taken as it is.</summary>
    public static void With(this NpgsqlParameterCollection parameters, params ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            parameters.Add(value as NpgsqlParameter ?? (value is null ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } : new() { Value = value }));
        }
    }

    /// <summary>A <c>jsonb</c> object.</summary>
    public static NpgsqlParameter Json<T>(IReadOnlyDictionary<string, T> value) => Json(JsonSerializer.Serialize(value));

    /// <summary>A <c>jsonb</c> value.</summary>
    public static NpgsqlParameter Json(string json) => new() { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb };
}
