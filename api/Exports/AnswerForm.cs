using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Exports;

/// <summary>The form an answer is written in: JSON a page at a time, or a file with every row.</summary>
/// <param name="Name">json, csv, csv-cp932 or parquet.</param>
internal sealed record AnswerForm(string Name)
{
    private const string Csv = "text/csv";
    private const string Parquet = "application/vnd.apache.parquet";

    /// <summary>Whether it is a file with every row.</summary>
    public bool IsFile => Name != "json";

    /// <summary>Whether a CSV file is written in CP932.</summary>
    public bool IsCp932 => Name == "csv-cp932";

    /// <summary>What <c>format</c> and <c>encoding</c> say, else what Accept does; null when there is a fault.</summary>
    /// <param name="context">The request.</param>
    /// <param name="parameters">Its parameters; takes the faults.</param>
    /// <param name="parquet">Whether there is a Parquet file of the answer as well.</param>
    public static AnswerForm? Read(HttpContext context, QueryParameters parameters, bool parquet = true)
    {
        var format = parameters.Text("format");
        var encoding = parameters.Text("encoding");
        if (format is not (null or "json" or "csv") && !(format == "parquet" && parquet))
        {
            parameters.Fault("format", $"must be one of json, csv{(parquet ? ", parquet" : "")}.");
            return null;
        }

        if (encoding is not (null or "utf-8" or "cp932"))
        {
            parameters.Fault("encoding", "must be one of utf-8, cp932.");
            return null;
        }

        format ??= context.Request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1).FirstOrDefault()?.MediaType.Value switch
        {
            Csv => "csv",
            Parquet when parquet => "parquet",
            _ => "json",
        };
        if (encoding is not null && format != "csv")
        {
            parameters.Fault("encoding", "belongs to CSV; ask for format=csv too.");
        }

        return new AnswerForm(encoding == "cp932" ? "csv-cp932" : format);
    }

    /// <summary>Writes the answer.</summary>
    public async Task<IResult> WriteAsync(
        HttpContext context, MetricQuery query, MetricResult result, IParquetWriter parquet, Func<MetricAnswer> view, CancellationToken cancellationToken) => Name switch
        {
            "json" => TypedResults.Ok(view()),
            "parquet" => Results.File(await ParquetAnswer.OfAsync(query, result, parquet, cancellationToken), Parquet, $"metrics-{query.From:yyyyMMdd}-{query.To:yyyyMMdd}.parquet"),
            _ => CsvAnswer.Of(context, query, result, IsCp932),
        };
}
