using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Ml.Forecasting;

/// <summary>A <see cref="StoreForecaster"/> as a JSON document. The same forecaster always gives the same bytes; what is read forecasts to the last bit as what was written.</summary>
internal static class ForecastDocument
{
    /// <summary>Names the shape of the document and, with it, the meaning of the effects.</summary>
    public const string Format = "log-additive-forecast/1";

    private static readonly Dictionary<string, Effect> Effects = Effect.OfStores.Append(Effect.OfRecentWeeks).ToDictionary(effect => effect.Name, StringComparer.Ordinal);

    /// <summary>Writes a forecaster.</summary>
    /// <exception cref="ArgumentException">It has effects that are not those of <see cref="Effect.OfStores"/>: no document can carry them.</exception>
    public static byte[] Write(StoreForecaster forecaster)
    {
        var model = forecaster.Model;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("origin", model.Origin.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteNumber("mean", model.Mean);
            json.WriteNumber("variance", model.Variance);
            json.WriteNumber("slope", model.Trend.Slope);
            json.WriteNumber("damping", model.Trend.Damping);
            json.WriteStartArray("stores");
            foreach (var (store, record) in model.Stores.OrderBy(store => store.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("store", store);
                json.WriteNumber("slope", record.Slope);
                json.WriteNumber("scale", record.Scale);
                json.WriteNumber("days", record.Days);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("effects");
            foreach (var table in model.Tables)
            {
                Write(json, table);
            }

            json.WriteEndArray();
            json.WriteStartArray("dayErrors");
            foreach (var errors in forecaster.Errors.Days)
            {
                Write(json, errors);
            }

            json.WriteEndArray();
            json.WriteStartObject("totalErrors");
            foreach (var (days, errors) in forecaster.Errors.Totals.OrderBy(total => total.Key))
            {
                json.WritePropertyName(days.ToString(CultureInfo.InvariantCulture));
                Write(json, errors);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a forecaster.</summary>
    /// <exception cref="FormatException">It is no such document.</exception>
    public static StoreForecaster Read(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            return Read(json.RootElement);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"No document of the format {Format}: {broken.Message}", broken);
        }
    }

    private static StoreForecaster Read(JsonElement root)
    {
        if (root.GetProperty("format").GetString() != Format)
        {
            throw new FormatException($"The document is of the format {root.GetProperty("format")}, not {Format}.");
        }

        var stores = root.GetProperty("stores").EnumerateArray().ToDictionary(
            store => store.GetProperty("store").GetString()!,
            store => new StoreRecord(store.GetProperty("slope").GetDouble(), store.GetProperty("scale").GetDouble(), store.GetProperty("days").GetInt32()),
            StringComparer.Ordinal);
        var model = new LogAdditiveModel(
            DateOnly.ParseExact(root.GetProperty("origin").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            root.GetProperty("mean").GetDouble(),
            root.GetProperty("variance").GetDouble(),
            new ModelTrend(root.GetProperty("slope").GetDouble(), root.GetProperty("damping").GetDouble()),
            [.. root.GetProperty("effects").EnumerateArray().Select(ReadTable)],
            stores);
        return new StoreForecaster(model, new ForecastErrors(
            [.. root.GetProperty("dayErrors").EnumerateArray().Select(Numbers)],
            root.GetProperty("totalErrors").EnumerateObject().ToDictionary(total => int.Parse(total.Name, CultureInfo.InvariantCulture), total => Numbers(total.Value))));
    }

    private static void Write(Utf8JsonWriter json, EffectTable table)
    {
        if (!Effects.TryGetValue(table.Effect.Name, out var known) || known.Key != table.Effect.Key)
        {
            throw new ArgumentException($"The effect {table.Effect.Name} is of the caller's own making.", nameof(table));
        }

        json.WriteStartObject();
        json.WriteString("name", table.Effect.Name);
        json.WriteStartArray("of");
        foreach (var key in table.Keys)
        {
            json.WriteStringValue(key.Of);
        }

        json.WriteEndArray();
        json.WriteStartArray("at");
        foreach (var key in table.Keys)
        {
            json.WriteNumberValue(key.At);
        }

        json.WriteEndArray();
        json.WritePropertyName("values");
        Write(json, table.Values.Skip(1));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<double> numbers)
    {
        json.WriteStartArray();
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static EffectTable ReadTable(JsonElement table)
    {
        var effect = Effects[table.GetProperty("name").GetString()!];
        var of = table.GetProperty("of").EnumerateArray().Select(store => store.GetString()!).ToList();
        var at = table.GetProperty("at").EnumerateArray().Select(number => number.GetInt32()).ToList();
        var values = Numbers(table.GetProperty("values"));
        if (of.Count != values.Length || at.Count != values.Length)
        {
            throw new FormatException($"The effect {effect.Name} has {of.Count} and {at.Count} keys for {values.Length} values.");
        }

        return new EffectTable(effect, values.Select((value, i) => KeyValuePair.Create(new EffectKey(of[i], at[i]), value)));
    }

    private static double[] Numbers(JsonElement numbers) => [.. numbers.EnumerateArray().Select(number => number.GetDouble())];
}
