using System.Text.Json;
using Npgsql;
using RetailInsight.Ml.Clustering;
using RetailInsight.Ml.Features;

namespace RetailInsight.Ml.Similarity;

/// <summary>The groups of the time before, as they were published.</summary>
/// <param name="Stores">Store → group.</param>
/// <param name="Pending">Store → group it would go to.</param>
/// <param name="Centres">Group → feature → robust standard deviations, weighted as points are.</param>
/// <param name="Next">The number the next new group gets.</param>
internal sealed record EarlierLabels(
    IReadOnlyDictionary<string, int> Stores, IReadOnlyDictionary<string, int> Pending, IReadOnlyDictionary<int, IReadOnlyDictionary<string, double>> Centres, int Next)
{
    private const string Select = """
        SELECT s.store, s.segment, s.candidate, NULL::text, m.next_segment
        FROM (SELECT max(as_of) AS as_of FROM mart.segmentation WHERE tenant = $1 AND as_of < $2 AND currency = $3) last
        JOIN mart.segmentation m ON m.tenant = $1 AND m.as_of = last.as_of AND m.currency = $3
        JOIN mart.store_profile p ON p.tenant = $1 AND p.as_of = last.as_of AND p.currency = $3
        JOIN mart.store_segment s ON s.tenant = $1 AND s.as_of = last.as_of AND s.store = p.store
        UNION ALL
        SELECT NULL, g.segment, NULL, g.centre::text, m.next_segment
        FROM (SELECT max(as_of) AS as_of FROM mart.segmentation WHERE tenant = $1 AND as_of < $2 AND currency = $3) last
        JOIN mart.segmentation m ON m.tenant = $1 AND m.as_of = last.as_of AND m.currency = $3
        JOIN mart.segment g ON g.tenant = $1 AND g.as_of = last.as_of AND g.currency = $3
        """;

    /// <summary>Reads those published last before a day; none where there are none.</summary>
    public static async Task<EarlierLabels> ReadAsync(NpgsqlDataSource database, string tenant, DateOnly asOf, string currency, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = asOf });
        command.Parameters.Add(new() { Value = currency });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var (stores, pending, centres, next) = (new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<int, IReadOnlyDictionary<string, double>>(), 0);
        while (await row.ReadAsync(cancellationToken))
        {
            next = row.GetInt32(4);
            if (await row.IsDBNullAsync(0, cancellationToken))
            {
                centres.Add(row.GetInt32(1), JsonSerializer.Deserialize<Dictionary<string, double>>(row.GetString(3))!);
                continue;
            }

            stores.Add(row.GetString(0), row.GetInt32(1));
            if (!await row.IsDBNullAsync(2, cancellationToken))
            {
                pending.Add(row.GetString(0), row.GetInt32(2));
            }
        }

        return new EarlierLabels(stores, pending, centres, next);
    }

    /// <summary>The same with the centres in today's features: one that was not there then is at the middle.</summary>
    public ClusterLabels In(IReadOnlyList<Feature> features) => new(
        Stores, Pending, Centres.Where(centre => centre.Value.Count > 0).ToDictionary(centre => centre.Key, centre => features.Select(feature => centre.Value.GetValueOrDefault(feature.Name)).ToArray()), Next);
}
