using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Serving;
using RetailInsight.Ml.Training;
using RetailInsight.Platform.OnnxRuntime;
using RetailInsight.Tests.Ml.Forecasting;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Ml.Serving;

/// <summary>A forecast exported to ONNX and asked by store and date answers what the forecaster itself says.</summary>
public sealed class QuestionsByDay(ITestOutputHelper output)
{
    private const int Rows = 100_000;
    private const int RowsOfQuestion = 1_000;

    [Fact]
    public async Task A_hundred_thousand_days_are_answered_as_the_forecaster_answers_them()
    {
        // Two years and more of stores of two kinds, with promotions, two sorts of holidays and days on which a store was closed.
        var history = new SyntheticChain(60, 800, Growth: 0.05).History().Where(day => (day.Day.Date.DayNumber * 7 + day.Day.Store[^1]) % 61 != 0)
            .Select(day => day with { Day = day.Day with { Group = day.Day.Store[^1] % 2 == 0 ? "mall" : "街", Traits = day.Day.Traits | Traits(day.Day.Date.DayNumber) } }).ToList();
        await CompareAsync(history);
    }

    [Fact]
    public async Task So_are_days_of_real_stores()
    {
        if (ForecastsOfRealStores.Read("Sales") is { } days)
        {
            await CompareAsync([.. days.Where(day => day.Day.Date <= new DateOnly(2014, 11, 19))]);
        }
    }

    [Fact]
    public async Task What_a_day_cannot_be_is_named_and_what_is_usual_of_a_store_stands_in_for_its_forecast()
    {
        var history = new SyntheticChain(3, 400).History();
        using var server = Server(history, out var forecaster, runtime: new NoRuntime());
        static Dictionary<string, FieldValue> Row(params (string Name, FieldValue Value)[] fields) => fields.ToDictionary(field => field.Name, field => field.Value);
        var faults = (await server.PredictAsync(
            new("acme", "sales",
            [
                PredictionRow.Of(Row(("store", "s001"), ("date", "2025-01-05"))),
                PredictionRow.Of(Row(("date", "2025-02-30"))),
                PredictionRow.Of(Row(("store", 1.0), ("date", "2031-01-01"))),
                PredictionRow.Of(Row(("store", "s009"), ("date", 5.0), ("promotion", 2.0), ("colour", "red"))),
            ]), CancellationToken.None))!.Faults;
        Assert.Equal(
            [
                (2, "store", "is missing."), (2, "date", "must be an existing date, a text of the form YYYY-MM-DD."),
                (3, "store", "is the code of a store, a text."), (3, "date", "is 2031-01-01; the model was made for 2023-11-27 to 2026-02-04."),
                (4, "store", "'s009' is not known to the model."), (4, "date", "must be an existing date, a text of the form YYYY-MM-DD."), (4, "promotion", "is 0 or 1, false or true."),
                (4, "colour", "is no input of model 'sales'; it has store, date, promotion, public_holiday, school_holiday, closed_before, closed_after."),
            ],
            faults.Select(fault => (fault.Row, fault.Field, fault.Detail)));

        var answer = await server.PredictAsync(
            new("acme", "sales", [PredictionRow.Of(Row(("store", "s001"), ("date", "2025-01-05"))), PredictionRow.Of(Row(("store", "s001"), ("date", "2025-01-05"), ("same_weekday", 8.0)))]), CancellationToken.None);
        Assert.Equal("no_runtime", answer!.Fallback);
        Assert.All(answer.Predictions, one => Assert.Equal(PredictionSource.Rule, one.Source));
        Assert.InRange(answer.Predictions[0].Value / Math.Exp(SyntheticChain.Level(1)), 0.9, 1.2);
        Assert.Equal(8, answer.Predictions[1].Value);
        Assert.Equal(3, forecaster.Model.Stores.Count);
    }

    private static DayTraits Traits(int day) => (day % 11 == 0 ? DayTraits.Promotion : DayTraits.None) | (day % 90 < 14 ? DayTraits.SchoolHoliday : DayTraits.None);

    private static ModelServer Server(List<SalesDay> history, out StoreForecaster forecaster, IModelRuntime? runtime = null)
    {
        forecaster = StoreForecaster.Fit(history, []);
        var file = ForecastTraining.Export(forecaster.Model, history, "1");
        var server = new ModelServer(runtime ?? new OnnxModelRuntime(), null, new ServingOptions { DeadlineMilliseconds = 5000 }, TimeProvider.System, NullLogger<ModelServer>.Instance);
        server.Install(new("acme", "sales", Convert.ToHexStringLower(SHA256.HashData(file)), 1, file));
        return server;
    }

    private async Task CompareAsync(List<SalesDay> history)
    {
        using var server = Server(history, out var forecaster);
        var stores = history.GroupBy(day => day.Day.Store, StringComparer.Ordinal).Select(days => days.OrderBy(day => day.Day.Date).Last().Day).ToList();
        var random = new Random(1);
        var facts = Enumerable.Range(0, Rows).Select(row => new DayFacts(
            stores[row % stores.Count] with { Date = forecaster.Model.Origin.AddDays(1 + (row / stores.Count % 400)), Traits = (DayTraits)random.Next(8) }, random.Next(4) == 0, random.Next(4) == 0)).ToList();
        var (largest, watch, asking) = (0.0, new Stopwatch(), 0);
        foreach (var part in facts.Chunk(RowsOfQuestion))
        {
            watch.Start();
            var answer = await server.PredictAsync(new("acme", "sales", [.. part.Select(Row)]), CancellationToken.None);
            watch.Stop();
            asking++;
            Assert.Empty(answer!.Faults);
            Assert.Null(answer.Fallback);
            largest = Math.Max(largest, part.Zip(answer.Predictions).Max(pair => Math.Abs((pair.Second.Value / forecaster.Forecast(pair.First).Expected) - 1)));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{facts.Count} rows of {stores.Count} stores: largest relative difference {largest:0.0e0}; {watch.Elapsed.TotalMilliseconds / asking:0.0} ms a question of {RowsOfQuestion} rows"));
        Assert.InRange(largest, 0, 1e-6);
    }

    private static PredictionRow Row(DayFacts facts)
    {
        var fields = new Dictionary<string, FieldValue> { ["store"] = facts.Day.Store, ["date"] = facts.Day.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };
        foreach (var (name, given) in new (string, bool)[]
        {
            ("promotion", facts.Promotion == 1), ("public_holiday", facts.PublicHoliday == 1), ("school_holiday", facts.SchoolHoliday == 1), ("closed_before", facts.ClosedBefore), ("closed_after", facts.ClosedAfter),
        })
        {
            if (given)
            {
                fields[name] = 1.0;
            }
        }

        return PredictionRow.Of(fields);
    }

    private sealed class NoRuntime : IModelRuntime
    {
        public Version Version => throw new ModelRuntimeException("It is not there.") { IsAbsent = true };

        public IModelSession Load(ReadOnlyMemory<byte> model) => throw new ModelRuntimeException("It is not there.") { IsAbsent = true };
    }
}
