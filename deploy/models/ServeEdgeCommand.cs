using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Edge;
using RetailInsight.Ml.Serving;

namespace RetailInsight.Models;

/// <summary>
/// <c>serve-edge</c>: answers <c>POST /v1/predict/MODEL</c> on this device alone, from its active slot, in the words of the service; <c>GET /healthz</c> names slot and
/// model. It opens no connection to anywhere.
/// </summary>
internal static class ServeEdgeCommand
{
    private const long LargestBody = 1 << 20;

    /// <summary>The command.</summary>
    public static Command Create(IModelRuntime runtime, TimeProvider clock, TextWriter output, TextWriter error)
    {
        var (root, key) = (BundleCommands.Root(), BundleCommands.Trusted());
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1. Default 8090; 0 for any.", DefaultValueFactory = _ => 8090 };
        var command = new Command("serve-edge", "Answer questions on this device from its active slot, with no network.") { root, key, port };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var keys = BundleCommands.Trust(parsed.GetRequiredValue(key));
                await using var app = Build(new ModelSlots(parsed.GetRequiredValue(root).FullName, keys, runtime, clock), clock, parsed.GetValue(port));
                await app.StartAsync(cancellationToken);
                await output.WriteLineAsync(app.Urls.Single());
                await app.WaitForShutdownAsync(cancellationToken);
                return BundleCommands.Done;
            }
            catch (BundleRefusedException refused)
            {
                await error.WriteLineAsync(refused.Message);
                return BundleCommands.Refused;
            }
            catch (Exception problem) when (problem is FormatException or ModelRuntimeException or IOException or UnauthorizedAccessException)
            {
                await error.WriteLineAsync(problem.Message);
                return BundleCommands.Usage;
            }
        });
        return command;
    }

    /// <summary>The service of a device.</summary>
    /// <exception cref="BundleRefusedException">No slot holds a model that works.</exception>
    internal static WebApplication Build(ModelSlots slots, TimeProvider clock, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddSimpleConsole();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = LargestBody);
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        builder.Services.AddSingleton(provider => EdgeModel.Open(slots, new ServingOptions(), clock, provider.GetRequiredService<ILoggerFactory>()));
        var app = builder.Build();
        _ = app.Services.GetRequiredService<EdgeModel>();
        app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = failure => failure is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError });
        app.UseStatusCodePages();
        app.MapGet("/healthz", (EdgeModel edge) => TypedResults.Ok(new { edge.Current.Slot, edge.Current.Manifest.Name, edge.Current.Manifest.Version, edge.Current.IsOnProbation }));
        app.MapPost("/v1/predict/{model}", AskAsync);
        return app;
    }

    private static async Task<IResult> AskAsync(string model, EdgeQuestion question, EdgeModel edge, CancellationToken cancellationToken)
    {
        if (edge.Find(model) is not { } found)
        {
            return Results.Problem($"No model '{(model.Length <= 60 ? model : model[..60])}' answers on this device.", statusCode: StatusCodes.Status404NotFound);
        }

        if (question.Rows.Contains(null!) || question.DeadlineMs is < 1 || question.DeadlineMs > found.LongestDeadline.TotalMilliseconds)
        {
            return Results.Problem(string.Create(CultureInfo.InvariantCulture, $"rows are objects, not null; deadline_ms is 1 to {found.LongestDeadline.TotalMilliseconds:0}."), statusCode: StatusCodes.Status400BadRequest);
        }

        var answer = await edge.PredictAsync(model, [.. question.Rows.Select(PredictionRow.Of)], question.DeadlineMs is { } within ? TimeSpan.FromMilliseconds(within) : null, cancellationToken);
        return answer is null ? Results.NotFound()
            : answer.Faults.Count > 0 ? Results.Problem(string.Join(" ", answer.Faults.Select(fault => $"Row {fault.Row}, {fault.Field}: {fault.Detail}")), statusCode: StatusCodes.Status422UnprocessableEntity)
            : TypedResults.Ok(new
            {
                Model = model,
                answer.Version,
                answer.Sha256,
                answer.Fallback,
                Predictions = answer.Predictions.Select(one => new { one.Value, Source = JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Source.ToString()), one.Distance }),
            });
    }
}

/// <summary>A question to a device.</summary>
internal sealed record EdgeQuestion(IReadOnlyList<IReadOnlyDictionary<string, FieldValue>> Rows, int? DeadlineMs = null);
