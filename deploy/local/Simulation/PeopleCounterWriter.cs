using System.Text.Json;

namespace RetailInsight.Local.Simulation;

/// <summary>Writes people-counter pushes: one device, several intervals.</summary>
internal static class PeopleCounterWriter
{
    public const string ContentType = "application/json";

    /// <summary>The device at a store's door.</summary>
    public static string Device(SimulatedStore store, int door) => $"PC-{store.Code}-{door}";

    public static byte[] Write(SimulatedStore store, DateOnly date, int door, int sequence, IEnumerable<DoorInterval> intervals)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("device", Device(store, door));
            json.WriteString("store", store.Code);
            json.WriteString("firmware", "2.4.1");
            json.WriteNumber("sequence", sequence);
            json.WriteStartArray("intervals");
            foreach (var interval in intervals)
            {
                json.WriteStartObject();
                json.WriteString("line", $"entrance-{door}");
                json.WriteString("from", JapanTime.Text(date, interval.FromMinute * 60));
                json.WriteString("to", JapanTime.Text(date, (interval.FromMinute + DoorCounter.IntervalMinutes) * 60));
                json.WriteNumber("in", interval.Entered);
                json.WriteNumber("out", interval.Left);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
