using System.Globalization;
using System.Text.Json;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What several pages say of partitions.</summary>
internal static class PartitionText
{
    /// <summary>The address of a partition, or of what is done to it.</summary>
    /// <param name="asset">The asset.</param>
    /// <param name="date">Trading day.</param>
    /// <param name="store">Store code; empty for what is cut by day alone.</param>
    /// <param name="what"><c>restore</c> or <c>release</c>; null for the partition itself.</param>
    public static string Address(string asset, DateOnly date, string store, string? what = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"/ops/partitions/{Uri.EscapeDataString(asset)}/{date:yyyy-MM-dd}{(what is null ? "" : "/" + what)}{(store.Length == 0 ? "" : "?store=" + Uri.EscapeDataString(store))}");

    /// <summary>What stands of an asset on the days up to one; null for the first asset.</summary>
    public static string DaysAddress(DateOnly last, string? asset = null) => string.Create(
        CultureInfo.InvariantCulture, $"{OperationsPages.PathOf(OperationsSection.Partitions)}?date={last:yyyy-MM-dd}{(asset is null ? "" : "&asset=" + Uri.EscapeDataString(asset))}");

    /// <summary>How a partition stands, as <see cref="StateMark"/> knows it.</summary>
    public static string StateOf(PartitionState partition) => partition switch
    {
        { PinnedBy: not null } => "held",
        { StaleSince: not null } => "stale",
        _ => "current",
    };

    /// <summary>A name people know where it is data that comes in.</summary>
    public static string NameOf(string asset, PartitionWording words) => asset switch
    {
        Datasets.PosTransaction => words.Datasets[0],
        Datasets.PeopleCount => words.Datasets[1],
        Datasets.VisitorEvent => words.Datasets[2],
        _ => asset,
    };

    /// <summary>Because of what it is stale.</summary>
    public static Markup Cause(PartitionState partition, PartitionWording words)
    {
        if (partition.StaleCause is not { } text)
        {
            return Markup.Empty;
        }

        using var json = JsonDocument.Parse(text);
        var cause = json.RootElement;
        if (cause.TryGetProperty("data", out var data))
        {
            return data.ValueKind == JsonValueKind.Array
                ? Markup.Of($"{FigureText.Say(words.DataCame, string.Join(", ", data.EnumerateArray().Select(one => NameOf(one.GetString() ?? "", words))))}") : Markup.Of($"{words.DataMeanwhile}");
        }

        return cause.TryGetProperty("asset", out var asset)
            ? cause.TryGetProperty("run", out var run) && run.ValueKind == JsonValueKind.Number
                ? Markup.Of($"""<a href="{OperationsPages.RunAddress(run.GetInt64())}">{FigureText.Say(words.AssetMoved, asset.GetString())}</a>""") : Markup.Of($"{FigureText.Say(words.AssetMoved, asset.GetString())}")
            : cause.TryGetProperty("released_by", out var by) ? Markup.Of($"{FigureText.Say(words.Released, by.GetString())}") : Markup.Of($"<bdi>{text}</bdi>");
    }

    /// <summary>Everything that is made of an asset, directly or not.</summary>
    public static IReadOnlyList<AssetLineage> Behind(IReadOnlyList<AssetLineage> lineage, string asset)
    {
        var behind = new List<AssetLineage>();
        for (var known = new HashSet<string> { asset }; lineage.Where(one => !known.Contains(one.Asset) && one.Upstreams.Any(known.Contains)).ToList() is { Count: > 0 } more;)
        {
            behind.AddRange(more);
            known.UnionWith(more.Select(one => one.Asset));
        }

        return behind;
    }

    /// <summary>A time of the database.</summary>
    public static DateTimeOffset Utc(DateTime at) => new(at, TimeSpan.Zero);
}

/// <summary>The figures that stand beside a version; null where nobody knows.</summary>
/// <param name="Net">Net sales in the currency.</param>
/// <param name="Receipts">Receipts.</param>
/// <param name="Visitors">Visitors.</param>
internal sealed record PartitionFigures(decimal? Net, long? Receipts, long? Visitors)
{
    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => this is { Net: null, Receipts: null, Visitors: null };

    /// <summary>Reads what the engine keeps.</summary>
    public static PartitionFigures Read(string? kpi)
    {
        if (kpi is null)
        {
            return new PartitionFigures(null, null, null);
        }

        using var json = JsonDocument.Parse(kpi);
        long? Whole(string name) => json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
        return new PartitionFigures(
            json.RootElement.TryGetProperty("net", out var net) && decimal.TryParse(net.GetString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) ? amount : null,
            Whole("receipts"),
            Whole("visitors"));
    }
}
