using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml.Registry;

namespace RetailInsight.Ml.Review;

/// <summary>
/// What people said of cases, as a data set for training. Days that are labelled a fault of the data are left out of every history; the data set says which those
/// were when a model was trained.
/// </summary>
internal sealed class ReviewLabels([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    /// <summary>Name of the data set.</summary>
    public const string DataSet = "review-labels";

    private const string Select = """
        SELECT case_id, reason, store, subject, business_date, label, chance FROM ml.review_case
        WHERE tenant = $1 AND state = 'decided' AND business_date <= $2 ORDER BY case_id
        """;

    /// <summary>Registers the labels of days up to one.</summary>
    /// <returns>The data set; null where nothing was labelled.</returns>
    public async Task<DataSetReference?> RegisterAsync(ModelRegistry registry, string tenant, DateOnly asOf, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder("case,reason,store,subject,date,label,chance\n");
        var count = 0;
        await using (var command = database.CreateCommand(Select))
        {
            command.Parameters.With(tenant, asOf);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            for (; await row.ReadAsync(cancellationToken); count++)
            {
                lines.Append(
                    CultureInfo.InvariantCulture,
                    $"{row.GetInt64(0)},{row.GetString(1)},{row.GetString(2)},{row.GetString(3)},{row.GetFieldValue<DateOnly>(4):yyyy-MM-dd},{row.GetString(5)},{row.GetDouble(6):R}\n");
            }
        }

        return count == 0 ? null : await registry.RegisterDataSetAsync(
            tenant, DataSet, Encoding.UTF8.GetBytes(lines.ToString()), count, new Dictionary<string, string> { ["as_of"] = asOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) }, cancellationToken);
    }
}
