using System.Globalization;
using System.Text.Json;
using RetailInsight.Api.Health;
using RetailInsight.Api.Stores;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>The page of a partition as HTML.</summary>
internal sealed class PartitionView(
    OperationsRequest request, FoundPartition found, IReadOnlySet<string> ofTheDay, IReadOnlyList<AssetLineage> lineage, IReadOnlyList<Store> stores, IReadOnlyList<Delivery> deliveries, bool isKept)
{
    private const int NamedDeliveries = 3;

    private readonly PartitionWording _words = PartitionWording.Of(request.Common);
    private readonly FigureText _figures = new(request.Common, request.Company.Currency);
    private readonly AssetLineage? _asset = lineage.FirstOrDefault(one => one.Asset == found.Partition.Asset);

    /// <summary>Names the page.</summary>
    public string Title => $"{PartitionText.NameOf(found.Partition.Asset, _words)} {request.Day(found.Partition.BusinessDate)}";

    private string Store => found.Partition.Store.Length == 0 ? _words.WholeDay : stores.FirstOrDefault(one => one.Code == found.Partition.Store)?.Name ?? found.Partition.Store;

    public Markup Render(string? done)
    {
        var state = found.State;
        var notice = done is null ? Markup.Empty : Markup.Of($"""<p class="good-news" role="status">{(done == "restored" ? _words.Restored : _words.ReleasedNow)}</p>""");
        return Markup.Of(
            $"""
            {notice}
            <div class="headline"><p class="crumb"><a class="next" href="{PartitionText.DaysAddress(found.Partition.BusinessDate, found.Partition.Asset)}">{_words.Title}</a></p>
            <h1><bdi>{PartitionText.NameOf(found.Partition.Asset, _words)}</bdi> <span class="of">{request.Day(found.Partition.BusinessDate)} <bdi>{Store}</bdi></span> {StateMark.Badge(PartitionText.StateOf(state), request.Words)}</h1>
            {(state.StaleSince is { } since ? Markup.Of($"""<p class="lead">{FigureText.Say(_words.StaleNow, request.Moment(PartitionText.Utc(since)), "")}{PartitionText.Cause(state, _words)}</p>""") : Markup.Empty)}
            {Held()}
            <dl class="parts">{Fact(FigureText.Say(_words.VersionOf, state.Version), _words.Stands)}{Fact(_words.Published, request.Moment(PartitionText.Utc(state.PublishedAt)))}{Fact(_words.Checked, request.Moment(PartitionText.Utc(state.CheckedAt)))}{Fact(_words.MadeBy, _asset?.DagId is { } dag ? $"{dag} / {_asset.TaskId}" : _words.ComesIn)}</dl>
            <p><a class="next" href="{OperationsPages.DayAddress(found.Partition.BusinessDate, _asset?.DagId)}">{RunWording.Of(request.Common).SamePartition}</a></p></div>
            <section class="card"><h2>{_words.Versions}</h2>{Versions()}</section>
            {Late()}{Inputs()}{Behind()}
            """);
    }

    private Markup Held() => found.State.PinnedBy is not { } holder ? Markup.Empty : Markup.Of(
        $"""
        <p class="lead">{FigureText.Say(_words.HeldBy, holder)}{(request.MayOperate ? Markup.Of($""" <a class="next" href="{PartitionText.Address(found.Partition.Asset, found.Partition.BusinessDate, found.Partition.Store, "release")}">{_words.Release}</a>""") : Markup.Empty)}</p>
        """);

    private Markup Versions() => found.Versions.Count == 0 ? Markup.Of($"""<p class="lead">{_words.VersionsNone}</p>""") : Markup.Of(
        $"""
        <div class="scroll" tabindex="0" role="region" aria-label="{_words.Versions}"><table class="list versions">
        <thead><tr><th scope="col">{FigureText.Say(_words.VersionOf, "")}</th><th scope="col" class="left">{request.Words.Cause}</th><th scope="col">{_words.Net}</th><th scope="col">{_words.Receipts}</th><th scope="col">{_words.Visitors}</th><th scope="col" class="left">{_words.MadeOf}</th></tr></thead>
        <tbody>{found.Versions.Select((version, index) => Version(version, index + 1 < found.Versions.Count ? found.Versions[index + 1] : null))}</tbody></table></div>
        """);

    private Markup Version(PartitionVersion version, PartitionVersion? before)
    {
        var (is_, was) = (PartitionFigures.Read(version.Kpi), before is null ? null : PartitionFigures.Read(before.Kpi));
        var stands = version.Version == found.State.Version;
        var restore = stands || !isKept || !request.MayOperate ? Markup.Empty : Markup.Of(
            $"""<a class="next" href="{PartitionText.Address(found.Partition.Asset, found.Partition.BusinessDate, found.Partition.Store, "restore")}{(found.Partition.Store.Length == 0 ? "?" : "&")}version={version.Version.ToString(CultureInfo.InvariantCulture)}">{_words.Restore}</a>""");
        return Markup.Of(
            $"""
            <tr{(stands ? Markup.Of($""" class="own" """) : Markup.Empty)}><th scope="row">{version.Version.ToString(CultureInfo.InvariantCulture)} {(stands ? Markup.Of($"<small>{_words.Stands}</small>") : restore)}</th><td class="left text"><p>{Cause(version)}</p><p class="note">{request.Moment(PartitionText.Utc(version.PublishedAt))}</p>{Brought(version, before)}</td><td>{Amount(is_.Net, was?.Net, _figures.Amount, _figures.MoneyChange, was is not null)}</td><td>{Amount(is_.Receipts, was?.Receipts, FigureText.Count, Change, was is not null)}</td><td>{Amount(is_.Visitors, was?.Visitors, FigureText.Count, Change, was is not null)}</td><td class="left text">{MadeOf(version, before)}</td></tr>
            """);
    }

    private static string Change(decimal by) => (by > 0 ? "+" : "") + FigureText.Count(by);

    private Markup Amount(decimal? now, decimal? was, Func<decimal, string> said, Func<decimal, string> changed, bool hasBefore)
    {
        var by = now is { } a && was is { } b && a != b ? Markup.Of($"""<br><small class="{(a > b ? "up" : "down")}">{changed(a - b)}{(b == 0 ? "" : $" ({(a > b ? "+" : "")}{FigureText.Percent((a - b) / Math.Abs(b))})")}</small>""")
            : hasBefore && now is null != was is null ? Markup.Of($"""<br><small class="down">{(was is { } gone ? said(gone) : request.Common.Undefined)} → {(now is { } come ? said(come) : request.Common.Undefined)}</small>""") : Markup.Empty;
        return Markup.Of($"{(now is { } known ? said(known) : request.Common.Undefined)}{by}");
    }

    // What made it: a kind in a word, how much or who, and the run.
    private Markup Cause(PartitionVersion version)
    {
        var kind = version.Reason switch { "asset" => 0, "scheduled" => 1, "manual" => 2, "backfill" => 3, "restored" => 4, "received" => 5, _ => -1 };
        var details = Markup.Empty;
        if (version.Cause is { } text)
        {
            using var json = JsonDocument.Parse(text);
            var cause = json.RootElement;
            string? Text(string name) => cause.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            var backfill = cause.TryGetProperty("backfill", out var number) && number.ValueKind == JsonValueKind.Number ? Markup.Of($""" <a href="{BackfillText.Address(number.GetInt64())}">{FigureText.Say(BackfillWording.Of(request.Common).Name, number.GetInt64())}</a>""") : Markup.Empty;
            var changes = cause.TryGetProperty("partition_changes", out var many) && many.ValueKind == JsonValueKind.Number ? $" · {FigureText.Say(_words.Changes, FigureText.Count(many.GetInt64()))}" : "";
            details = Markup.Of($"{changes}{backfill}{(Text("actor") is { } actor ? Markup.Of($" · <bdi>{actor}</bdi>") : Markup.Empty)}{(Text("reason") is { } why ? Markup.Of($" · <bdi>{why}</bdi>") : Markup.Empty)}");
        }

        var run = version.RunId is { } id ? Markup.Of($""" · <a href="{OperationsPages.RunAddress(id)}">{FigureText.Say(RunWording.Of(request.Common).Title, id)}</a>""") : Markup.Empty;
        return Markup.Of($"<b>{(kind < 0 ? version.Reason : _words.Reasons[kind])}</b>{details}{run}");
    }

    // What came in between the version before and this one: that is what made it different, as far as anybody can tell.
    private Markup Brought(PartitionVersion version, PartitionVersion? before) => version.Reason == "restored" ? Markup.Empty : Brought(
        [.. deliveries.Where(one => one.LandedAt <= PartitionText.Utc(version.PublishedAt) && (before is null || one.LandedAt > PartitionText.Utc(before.PublishedAt)))]);

    private Markup Brought(List<Delivery> some) => some.Count == 0 ? Markup.Empty : Markup.Of(
        $"""
        <ul class="brought" aria-label="{_words.Deliveries}">{some.Take(NamedDeliveries).Select(one => Markup.Of(
            $"""<li>{FigureText.Say(_words.Delivery, one.Feed ?? "", one.File ?? "", FigureText.Count(one.Receipts), request.Moment(one.LandedAt))}</li>"""))}{(some.Count > NamedDeliveries ? Markup.Of($"<li>{FigureText.Say(_words.DeliveriesMore, some.Count - NamedDeliveries)}</li>") : Markup.Empty)}</ul>
        """);

    private Markup Late()
    {
        var later = found.Versions.Count == 0 ? [] : deliveries.Where(one => one.LandedAt > PartitionText.Utc(found.Versions[0].PublishedAt)).ToList();
        return later.Count == 0 ? Markup.Empty : Markup.Of($"""<section class="card"><h2>{_words.DeliveriesLater}</h2>{Brought(later)}</section>""");
    }

    // By input the sum of the versions of its partitions; what has grown since the version before is marked.
    private Markup MadeOf(PartitionVersion version, PartitionVersion? before)
    {
        var (now, was) = (Inputs(version), before is null ? null : Inputs(before));
        return Markup.Of(
            $"""<ul class="made-of">{now.Select(input => Markup.Of(
                $"""<li>{(was is not null && was.GetValueOrDefault(input.Key) != input.Value ? Markup.Of($"<b>{Input(input)}</b>") : Markup.Of($"{Input(input)}"))}</li>"""))}</ul>""");
    }

    private string Input(KeyValuePair<string, long> input) => FigureText.Say(_words.InputVersion, PartitionText.NameOf(input.Key, _words), input.Value);

    private static SortedDictionary<string, long> Inputs(PartitionVersion version)
    {
        using var json = JsonDocument.Parse(version.Inputs);
        return new SortedDictionary<string, long>(
            json.RootElement.EnumerateObject().Where(one => one.Value.ValueKind == JsonValueKind.Number).ToDictionary(one => one.Name, one => one.Value.GetInt64()), StringComparer.Ordinal);
    }

    private Markup Inputs() => _asset is not { Upstreams.Count: > 0 } ? Markup.Empty : Markup.Of(
        $"""
        <section class="card"><h2>{_words.MadeOf}</h2><ul class="links">{_asset.Upstreams.Zip(_asset.DaysBefore).Select(input => Markup.Of(
            $"""<li>{Leads(input.First, input.Second == 0 ? PartitionText.NameOf(input.First, _words) : FigureText.Say(_words.InputDays, PartitionText.NameOf(input.First, _words), input.Second))}</li>"""))}</ul></section>
        """);

    private Markup Behind()
    {
        var behind = PartitionText.Behind(lineage, found.Partition.Asset);
        return behind.Count == 0 ? Markup.Empty : Markup.Of(
            $"""<section class="card"><h2>{_words.Behind}</h2><ul class="links">{behind.Select(one => Markup.Of($"<li>{Leads(one.Asset, PartitionText.NameOf(one.Asset, _words))}</li>"))}</ul></section>""");
    }

    // The same day of another asset: of the same store, of the day as a whole, or of all stores. What does not stand leads nowhere.
    private Markup Leads(string asset, string said)
    {
        var isWhole = lineage.FirstOrDefault(one => one.Asset == asset) is { Grain: "day" };
        var isOfAll = !isWhole && found.Partition.Store.Length == 0;
        return !isOfAll && !ofTheDay.Contains(asset) ? Markup.Of($"{said}") : Markup.Of(
            $"""<a href="{(isOfAll ? PartitionText.DaysAddress(found.Partition.BusinessDate, asset) : PartitionText.Address(asset, found.Partition.BusinessDate, isWhole ? "" : found.Partition.Store))}">{said}</a>""");
    }

    private static Markup Fact(string name, string value) => Markup.Of($"<div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>");
}
