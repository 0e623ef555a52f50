using System.Globalization;
using System.Text;
using RetailInsight.Local.Simulation;

namespace RetailInsight.Bench.Landing;

/// <summary>A small vendor-a file, about 2 KB of whole receipts, whose receipt numbers are new each time.</summary>
internal sealed class RegisterPayload : LoadPayload
{
    private const int Digits = 8;
    private readonly byte[] _template;
    private readonly List<(int Offset, int Receipt)> _numbers = [];

    private RegisterPayload(byte[] template) => _template = template;

    /// <inheritdoc/>
    public override int Length => _template.Length;

    /// <inheritdoc/>
    public override string Path => "/v1/ingest/vendor-a";

    /// <inheritdoc/>
    public override string ContentType => "text/csv";

    /// <summary>Data rows in it.</summary>
    public int Lines => _numbers.Count;

    /// <summary>Receipts in it.</summary>
    public int Receipts { get; private set; }

    /// <summary>Cuts whole receipts off a simulated day file.</summary>
    public static RegisterPayload Create(RetailSimulation simulation, int bytes)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(932)!;
        var rows = encoding.GetString(simulation.CleanDay(simulation.Stores[0], simulation.Dates[0], "vendor-a").Content).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var text = new StringBuilder(rows[0]).Append("\r\n");
        var places = new List<(int Offset, int Receipt)>();
        var receipts = 0;
        var total = encoding.GetByteCount(text.ToString());
        foreach (var receipt in rows.Skip(1).Select(row => row.Split(',')).GroupBy(fields => (fields[0], fields[3])))
        {
            var lines = receipt.Select(fields => (Head: string.Join(',', fields[..3]) + ",", Tail: "," + string.Join(',', fields[4..]) + "\r\n")).ToList();
            var length = lines.Sum(line => encoding.GetByteCount(line.Head + line.Tail) + Digits);
            if (total + length > bytes)
            {
                break;
            }

            foreach (var (head, tail) in lines)
            {
                places.Add((total + encoding.GetByteCount(head), receipts));
                total += encoding.GetByteCount(head + tail) + Digits;
                text.Append(head).Append('0', Digits).Append(tail);
            }

            receipts++;
        }

        var payload = new RegisterPayload(encoding.GetBytes(text.ToString())) { Receipts = receipts };
        payload._numbers.AddRange(places);
        return payload;
    }

    /// <inheritdoc/>
    public override void Write(int number, Span<byte> target)
    {
        _template.CopyTo(target);
        foreach (var (offset, receipt) in _numbers)
        {
            ((number * Receipts) + receipt).TryFormat(target[offset..], out _, "D8", CultureInfo.InvariantCulture);
        }
    }
}
