using System.Globalization;
using System.Text;

namespace RetailInsight.Bench.Landing;

/// <summary>Reports of door counters, about 300 bytes each as a device sends them: a minute of one line. One a payload, or many that a vendor's server has gathered.</summary>
internal sealed class DevicePayload : LoadPayload
{
    /// <summary>Devices that take turns; with so many each is a minute further after its turn.</summary>
    public const int Devices = 1_000;

    private static readonly DateTime First = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    private readonly byte[] _template;
    private readonly List<(int Device, int Sequence, int From, int To)> _places = [];

    public DevicePayload(int reports)
    {
        Reports = reports;
        var text = new StringBuilder(reports > 1 ? "[" : "");
        for (var report = 0; report < reports; report++)
        {
            text.Append(report > 0 ? "," : "").Append("{\"logics_data\":{\"package_info\":{\"version\":\"5.0\",\"id\":");
            var sequence = text.Length;
            text.Append("10000000,\"agent_id\":2},\"sensor_info\":{\"serial_number\":\"");
            var device = text.Length;
            text.Append("door-0000\",\"type\":\"SINGLE_SENSOR\",\"name\":\"north\"},\"logics\":[{\"id\":1,\"name\":\"door\",\"records\":[{\"from\":\"");
            var from = text.Length;
            text.Append("2024-01-01T00:00:00+09:00\",\"to\":\"");
            var to = text.Length;
            text.Append("2024-01-01T00:00:00+09:00\",\"counts\":[{\"name\":\"fw\",\"value\":4},{\"name\":\"bw\",\"value\":3}]}]}]}}");
            _places.Add((device + 5, sequence, from, to));
        }

        _template = Encoding.ASCII.GetBytes(text.Append(reports > 1 ? "]" : "").ToString());
    }

    /// <summary>Reports of a payload.</summary>
    public int Reports { get; }

    /// <inheritdoc/>
    public override int Length => _template.Length;

    /// <inheritdoc/>
    public override string Path => "/v1/ingest/doors";

    /// <inheritdoc/>
    public override string ContentType => "application/json";

    /// <inheritdoc/>
    public override void Write(int number, Span<byte> target)
    {
        _template.CopyTo(target);
        for (var report = 0; report < Reports; report++)
        {
            var count = ((long)number * Reports) + report;
            var (device, sequence, from, to) = _places[report];
            ((int)(count % Devices)).TryFormat(target[device..], out _, "D4", CultureInfo.InvariantCulture);
            (10_000_000 + (count / Devices)).TryFormat(target[sequence..], out _, "D8", CultureInfo.InvariantCulture);
            var minute = First.AddMinutes(count / Devices);
            minute.TryFormat(target[from..], out _, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
            minute.AddMinutes(1).TryFormat(target[to..], out _, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
        }
    }
}
