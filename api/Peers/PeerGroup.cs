using RetailInsight.Api.Kpis;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Peers;

/// <summary>A store among the stores that resemble it, over some whole days.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Size">Stores in the group, this one included; 0 where there is no group large enough to show.</param>
/// <param name="Standings">By figure.</param>
/// <param name="Named">Stores of the group the reader may see, best sales a day first.</param>
internal sealed record PeerGroup(string Currency, int Size, IReadOnlyList<PeerStanding> Standings, IReadOnlyList<(Store Store, StoreTotal Total)> Named)
{
    /// <summary>Why the store was not compared by what it is when stores were compared last; null where it was.</summary>
    public PeerExclusion? NotCompared { get; init; }

    /// <summary>Where there is nothing to compare with.</summary>
    public static PeerGroup None(string currency) => new(currency, 0, [], []);

    /// <summary>Reads the group a store is in on the last of the days.</summary>
    /// <param name="read">Where to read.</param>
    /// <param name="store">Code.</param>
    /// <param name="visible">The stores the reader may see; others of the group are counted and not named.</param>
    /// <param name="span">Whole days.</param>
    /// <param name="currency">ISO 4217 code; stores that report in another are left out.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<PeerGroup> ReadAsync(
        TenantRead read, string store, IReadOnlyList<Store> visible, DateSpan span, string currency, CancellationToken cancellationToken)
    {
        var group = await read.GroupOfAsync(store, span.To, cancellationToken);
        var totals = await read.StoreTotalsAsync(group, [.. span.Days], currency, cancellationToken);
        var own = totals.Find(total => total.Store == store);
        var excluded = await PeerExclusion.ReadAsync(read, store, span.To, cancellationToken);
        if (own is null || totals.Count < TargetReads.SmallestGroup)
        {
            return None(currency) with { NotCompared = excluded };
        }

        var named = totals.Select(total => (Store: visible.FirstOrDefault(one => one.Code == total.Store), Total: total))
            .Where(peer => peer.Store is not null).Select(peer => (peer.Store!, peer.Total)).OrderByDescending(peer => PeerStanding.Value(PeerFigure.NetPerDay, peer.Total));
        return new PeerGroup(currency, totals.Count, [.. Enum.GetValues<PeerFigure>().Select(figure => PeerStanding.Stand(figure, own, totals)).OfType<PeerStanding>()], [.. named]) { NotCompared = excluded };
    }
}
