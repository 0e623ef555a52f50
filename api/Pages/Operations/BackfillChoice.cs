using System.Globalization;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Dags.Engine.Backfills;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What was chosen of a backfill so far.</summary>
/// <param name="Dag">Null before anything was chosen.</param>
/// <param name="From">First trading day.</param>
/// <param name="To">Last trading day.</param>
/// <param name="Stores">As they were written.</param>
/// <param name="Selector">Its place among <see cref="BackfillText.Selectors"/>; null before it was chosen.</param>
/// <param name="Order">Its place among <see cref="BackfillText.Orders"/>.</param>
/// <param name="AtOnce">Runs at once.</param>
internal sealed record BackfillChoice(string? Dag, DateOnly From, DateOnly To, string Stores, int? Selector, int Order, int AtOnce)
{
    /// <summary>What was sent; null when the form says something it does not offer.</summary>
    public static BackfillChoice? Read(IFormCollection form)
    {
        var (selector, order) = (BackfillText.Selectors.IndexOf(form["selector"].ToString()), BackfillText.Orders.IndexOf(form["order"].ToString()));
        return selector >= 0 && order >= 0 && Date(form["from"]) is { } from && Date(form["to"]) is { } to && int.TryParse(form["at_once"], NumberStyles.None, CultureInfo.InvariantCulture, out var atOnce)
            ? new BackfillChoice(form["dag"].ToString(), from, to, AuditEntry.Storable(form["stores"].ToString()), selector, order, atOnce) : null;
    }

    /// <summary>What is wrong, in words; null where nothing is.</summary>
    public async Task<string?> FaultAsync(OperationsRequest request, IReadOnlyList<string> dags, TenantScope scope, CancellationToken cancellationToken)
    {
        var (words, run) = (BackfillWording.Of(request.Common), RunWording.Of(request.Common));
        if (Dag is null || !dags.Contains(Dag))
        {
            return run.WrongDag;
        }

        if (From is not { Year: >= 1900 and <= 9990 } || To is not { Year: >= 1900 and <= 9990 })
        {
            return run.WrongDate;
        }

        if (To < From || To.DayNumber - From.DayNumber >= BackfillPlans.MostDays)
        {
            return words.WrongSpan;
        }

        if (AtOnce is < 1 or > BackfillPlans.MostActiveRuns)
        {
            return FigureText.Say(words.WrongNumber, BackfillPlans.MostActiveRuns);
        }

        var known = await KnownAsync(request, scope, cancellationToken);
        var unknown = Codes().Where(code => !known.Contains(code)).ToList();
        return unknown.Count > 0 ? FigureText.Say(run.WrongStores, string.Join(", ", unknown)) : null;
    }

    /// <summary>What is asked of the engine; null where something is wrong.</summary>
    public async Task<BackfillRequest?> ReadAsync(OperationsRequest request, IReadOnlyList<string> dags, TenantScope scope, CancellationToken cancellationToken)
    {
        if (await FaultAsync(request, dags, scope, cancellationToken) is not null)
        {
            return null;
        }

        // Whoever sees some stores only may also have only those computed.
        IReadOnlyList<string>? stores = Codes() is { Count: > 0 } codes ? codes : request.User.Stores is null ? null : [.. await KnownAsync(request, scope, cancellationToken)];
        return new BackfillRequest(request.User.Tenant, Dag!, From, To, (BackfillSelector)(Selector ?? 0), (BackfillOrder)Order, AtOnce, stores);
    }

    private List<string> Codes() => [.. Stores.Split([' ', ',', '、', '　'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];

    private static async Task<HashSet<string>> KnownAsync(OperationsRequest request, TenantScope scope, CancellationToken cancellationToken) =>
        [.. (await scope.ReadAsync(request.User.Tenant, (read, token) => read.StoresAsync(request.User, token), cancellationToken)).Select(store => store.Code)];

    private static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
