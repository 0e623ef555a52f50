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

    /// <summary>What <c>format</c> and <c>encoding</c> say, else what Accept does; null when there is a fault.</summary>
    public static AnswerForm? Read(HttpContext context, QueryParameters parameters)
    {
        var format = parameters.Text("format");
        var encoding = parameters.Text("encoding");
        if (format is not (null or "json" or "csv" or "parquet"))
        {
            parameters.Fault("format", "must be one of json, csv, parquet.");
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
            Parquet => "parquet",
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
            _ => CsvAnswer.Of(context, query, result, Name == "csv-cp932"),
        };
}
