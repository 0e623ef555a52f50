using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Outlook;
using RetailInsight.Ml.Registry;
using RetailInsight.Ml.Review;
using RetailInsight.Ml.Serving;
using RetailInsight.Ml.Training;
using RetailInsight.Platform.Local.DirectoryLake;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.IntegrationTests.Ml;

public sealed class TrainingOfForecasts(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 11, 22);

    // It knows nothing but the level of a store: whoever has weekdays does better.
    private static readonly ForecastRecipe Level = new("level", LogAdditiveOptions.Champion with { Effects = [.. Effect.OfStores.Where(effect => effect.Factor == Effect.Level)] });

    private static readonly PromotionGate Gate = new("wape", 0.01, [], TimeSpan.FromDays(14), 2);

    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;
    private string _lake = "";

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _lake = Directory.CreateTempSubdirectory("retailinsight-").FullName;
        _services = new ServiceCollection().AddKeyedSingleton(DatabaseRole.Job, (_, _) => _database.Job).AddSingleton(TimeProvider.System).AddSingleton<ILake>(DirectoryLake.Open(new DirectoryLakeOptions { Root = _lake }, TimeProvider.System, NullLogger<DirectoryLake>.Instance))
            .AddMl(new ConfigurationBuilder().Build()).BuildServiceProvider();
        await using var connection = await _database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant (tenant, name, currency, time_zone) VALUES ('acme', 'Acme', 'JPY', 'Asia/Tokyo');
            INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, visitors, observed_minutes, expected_minutes)
            SELECT 'acme', 's' || i, day::date, 'JPY',
              (100000 * i * CASE WHEN extract(isodow FROM day) >= 6 THEN 2 ELSE 1 END * (0.95 + abs(hashtext(i || '/' || day)) % 100 / 1000.0))::bigint * 1000000, 0, 0, 100, 100, 0, 0, NULL, 0, 0
            FROM generate_series(1, 8) i, generate_series(date '2026-06-01', date '2026-11-22', interval '1 day') day
            """);
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_lake, recursive: true);
    }

    [Fact]
    public async Task A_better_recipe_takes_the_place_of_the_champion_once_it_was_tried_beside_it_and_can_be_taken_back_at_once()
    {
        // Only the level is known at first; then another recipe comes along.
        var first = await TrainAsync([Level], Day.AddDays(-14));
        Assert.Equal(("level", null, true), (first.Champion, first.Challenger, first.Promoted));
        foreach (var day in new[] { Day.AddDays(-9), Day.AddDays(-5) })
        {
            var tried = await TrainAsync([Level, ForecastRecipe.Standard], day);
            Assert.Equal(("level", "standard", false), (tried.Champion, tried.Challenger, tried.Promoted));
            Assert.Equal(["shadow_too_short"], tried.Refusals.Select(refusal => refusal.Code));
        }

        var promoted = await TrainAsync([Level, ForecastRecipe.Standard], Day);
        Assert.Equal(("standard", null, true), (promoted.Champion, promoted.Challenger, promoted.Promoted));

        var aliases = _services.GetRequiredService<ModelAliases>();
        var standing = await aliases.CurrentAsync("acme", ForecastTraining.Sales, CancellationToken.None);
        var back = await aliases.RollBackAsync(new AliasMove("acme", ForecastTraining.Sales, standing.Champion.Version, "data team", "figures look odd"), null, CancellationToken.None);
        Assert.Equal(AliasResult.Done, back.Result);
        Assert.Equal("level", (await _services.GetRequiredService<ModelRegistry>().FindAsync("acme", ForecastTraining.Sales, back.Standing.Champion.Sha256!, CancellationToken.None))!.Parameters["recipe"]);
        Assert.Equal(
            ["challenge done", "promote done", "withdraw done", "challenge done", "promote refused", "promote refused", "promote done", "withdraw done", "roll_back done"],
            (await aliases.HistoryAsync("acme", ForecastTraining.Sales, CancellationToken.None)).Select(change => $"{change.Action} {(change.IsDone ? "done" : "refused")}"));
    }

    [Fact]
    public async Task Visitors_have_a_champion_of_their_own_by_the_same_gate_and_a_company_without_counters_has_none()
    {
        Assert.Null((await TrainAsync(ForecastRecipe.All, Day, model: ForecastTraining.Visitors)).DataSet);
        await using (var connection = await _database.Owner.OpenConnectionAsync())
        {
            // Counters see twice as many on Wednesdays, when the shop sells no more than else.
            await connection.ExecuteAsync(
                """
                UPDATE mart.kpi_store_day SET observed_minutes = 600, expected_minutes = 600,
                  visitors = (100 * (ascii(right(store, 1)) - 47) * CASE WHEN extract(isodow FROM business_date) = 3 THEN 2 ELSE 1 END * (0.95 + abs(hashtext(store || business_date)) % 100 / 1000.0))::bigint
                """);
        }

        Assert.Equal(("level", null, true), await TrainAsync([Level], Day.AddDays(-14), model: ForecastTraining.Visitors) is var first ? (first.Champion, first.Challenger, first.Promoted) : default);
        foreach (var day in new[] { Day.AddDays(-9), Day.AddDays(-5) })
        {
            Assert.Equal(["shadow_too_short"], (await TrainAsync([Level, ForecastRecipe.Standard], day, model: ForecastTraining.Visitors)).Refusals.Select(refusal => refusal.Code));
        }

        Assert.Equal(
            ("standard", null, true), await TrainAsync([Level, ForecastRecipe.Standard], Day, model: ForecastTraining.Visitors) is var promoted ? (promoted.Champion, promoted.Challenger, promoted.Promoted) : default);

        // Sales are another matter, and what is published tells which model made it.
        var (aliases, registry) = (_services.GetRequiredService<ModelAliases>(), _services.GetRequiredService<ModelRegistry>());
        Assert.Null((await aliases.CurrentAsync("acme", ForecastTraining.Sales, CancellationToken.None)).Champion.Sha256);
        await TrainAsync([Level], Day);
        var champions = (await aliases.ChampionsAsync(CancellationToken.None)).ToDictionary(one => one.Name, one => one.Champion);
        var outlook = await _services.GetRequiredService<SalesOutlook>().ComputeAsync("acme", Day, CancellationToken.None);
        Assert.Equal(champions[ForecastTraining.Sales].Sha256, outlook.Models[ForecastMetric.NetSales]);
        Assert.Equal(champions[ForecastTraining.Visitors].Sha256, outlook.Models[ForecastMetric.Visitors]);

        // Asked like the other, it answers visitors: of a Wednesday twice as many.
        using var server = new ModelServer(new OnnxModelRuntime(), null, new ServingOptions { DeadlineMilliseconds = 5000 }, TimeProvider.System, NullLogger<ModelServer>.Instance);
        var champion = champions[ForecastTraining.Visitors];
        server.Install(new("acme", ForecastTraining.Visitors, champion.Sha256!, champion.Version, await registry.ReadModelAsync("acme", ForecastTraining.Visitors, champion.Sha256!, CancellationToken.None)));
        var answer = await server.PredictAsync(
            new("acme", ForecastTraining.Visitors, [.. new[] { "2026-11-25", "2026-11-26" }.Select(date => PredictionRow.Of(new Dictionary<string, FieldValue> { ["store"] = "s3", ["date"] = date }))]), CancellationToken.None);
        Assert.Null(answer!.Fallback);
        Assert.InRange(answer.Predictions[0].Value / answer.Predictions[1].Value, 1.7, 2.2);
        Assert.InRange(answer.Predictions[1].Value, 350, 450);
        await Assert.ThrowsAsync<ArgumentException>(() => TrainAsync([Level], Day, model: "weather"));
    }

    [Fact]
    public async Task The_champion_as_ONNX_answers_a_hundred_thousand_days_as_the_model_it_was_made_from()
    {
        await TrainAsync(ForecastRecipe.All, Day);
        var (registry, aliases) = (_services.GetRequiredService<ModelRegistry>(), _services.GetRequiredService<ModelAliases>());
        var champion = (await aliases.CurrentAsync("acme", ForecastTraining.Sales, CancellationToken.None)).Champion;
        var recipe = (await registry.FindAsync("acme", ForecastTraining.Sales, champion.Sha256!, CancellationToken.None))!.Parameters["recipe"];
        using var server = new ModelServer(new OnnxModelRuntime(), null, new ServingOptions { DeadlineMilliseconds = 5000 }, TimeProvider.System, NullLogger<ModelServer>.Instance);
        server.Install(new("acme", "sales", champion.Sha256!, champion.Version, await registry.ReadModelAsync("acme", ForecastTraining.Sales, champion.Sha256!, CancellationToken.None)));

        var history = (await _services.GetRequiredService<ChainHistoryReader>().ReadAsync("acme", Day, Day, CancellationToken.None)).NetSales;
        var forecaster = StoreForecaster.Fit(history, [], ForecastRecipe.All.Single(one => one.Name == recipe).Options);
        var (asked, largest) = (0, 0.0);
        foreach (var part in (from turn in Enumerable.Range(0, 32) from store in Enumerable.Range(1, 8) from ahead in Enumerable.Range(1, 400) select (turn, store, ahead)).Chunk(1000))
        {
            var facts = part.Select(one => new DayFacts(new OpenDay($"s{one.store}", "", Day.AddDays(one.ahead), (DayTraits)(one.turn % 8)), one.turn / 8 % 2 == 1, one.turn / 16 == 1)).ToList();
            var answer = await server.PredictAsync(
                new("acme", "sales", [.. facts.Select(one => PredictionRow.Of(new Dictionary<string, FieldValue>
                {
                    ["store"] = one.Day.Store, ["date"] = one.Day.Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), ["promotion"] = one.Promotion, ["public_holiday"] = one.PublicHoliday,
                    ["school_holiday"] = one.SchoolHoliday, ["closed_before"] = one.ClosedBefore ? 1 : 0, ["closed_after"] = one.ClosedAfter ? 1 : 0,
                }))]), CancellationToken.None);
            Assert.Equal((null, 0, champion.Version), (answer!.Fallback, answer.Faults.Count, answer.AliasVersion));
            largest = Math.Max(largest, facts.Zip(answer.Predictions).Max(pair => Math.Abs((pair.Second.Value / forecaster.Forecast(pair.First).Expected) - 1)));
            asked += part.Length;
        }

        Assert.Equal(102_400, asked);
        Assert.InRange(largest, 0, 1e-6);
    }

    [Fact]
    public async Task A_worse_challenger_put_up_by_hand_is_refused()
    {
        var first = await TrainAsync([ForecastRecipe.Standard], Day.AddDays(-7));
        var (registry, aliases) = (_services.GetRequiredService<ModelRegistry>(), _services.GetRequiredService<ModelAliases>());
        var worse = await registry.RegisterModelAsync(
            new NewModel("acme", ForecastTraining.Sales, "by hand", new byte[] { 1 }, new DataSetReference("store-days", first.DataSet!), "test", new Dictionary<string, string> { ["recipe"] = "level" }, "data team"),
            CancellationToken.None);
        var standing = await aliases.CurrentAsync("acme", ForecastTraining.Sales, CancellationToken.None);
        await aliases.ChallengeAsync(new AliasMove("acme", ForecastTraining.Sales, standing.Challenger.Version, "data team", "a try"), worse, CancellationToken.None);

        foreach (var day in new[] { Day.AddDays(-7), Day.AddDays(-1) })
        {
            var refused = await TrainAsync([ForecastRecipe.Standard, Level], day);
            Assert.Equal(("standard", "level", false), (refused.Champion, refused.Challenger, refused.Promoted));
            Assert.Contains("worse", refused.Refusals.Select(refusal => refusal.Code));
        }

        // Its trial is over: the place is free, and the champion is renewed.
        Assert.Null((await aliases.CurrentAsync("acme", ForecastTraining.Sales, CancellationToken.None)).Challenger.Sha256);
        Assert.Equal(("standard", null, true), await TrainAsync([ForecastRecipe.Standard, Level], Day) is var renewed ? (renewed.Champion, renewed.Challenger, renewed.Promoted) : default);
    }

    [Fact]
    public async Task A_recipe_somebody_names_is_put_up_though_another_did_best()
    {
        await TrainAsync([ForecastRecipe.Standard, Level], Day.AddDays(-7));
        var tried = await TrainAsync([ForecastRecipe.Standard, Level], Day.AddDays(-1), recipe: "level");
        Assert.Equal(("standard", "level", false), (tried.Champion, tried.Challenger, tried.Promoted));
        Assert.Equal(["worse", "shadow_too_short"], tried.Refusals.Select(refusal => refusal.Code));
        await Assert.ThrowsAsync<ArgumentException>(() => TrainAsync([ForecastRecipe.Standard], Day, recipe: "none such"));
    }

    [Fact]
    public async Task The_same_day_trained_twice_changes_nothing_and_a_new_day_renews_the_champion()
    {
        var one = await TrainAsync(ForecastRecipe.All, Day.AddDays(-7));
        Assert.True(one.Promoted);
        var again = await TrainAsync(ForecastRecipe.All, Day.AddDays(-7));
        Assert.Equal((one.DataSet, one.Champion, false), (again.DataSet, again.Champion, again.Promoted));
        await using var connection = await _database.Job.OpenConnectionAsync();
        Assert.Equal("1 1", await connection.ExecuteScalarAsync<string>("SELECT (SELECT count(*) FROM ml.data_set) || ' ' || (SELECT count(*) FROM ml.model WHERE parameters ->> 'recipe' = 'standard')"));
    }

    [Fact]
    public async Task A_recipe_that_makes_the_same_model_is_not_tried()
    {
        var twin = ForecastRecipe.Standard with { Name = "another name" };
        await TrainAsync([ForecastRecipe.Standard, twin], Day.AddDays(-7));
        var renewed = await TrainAsync([twin, ForecastRecipe.Standard], Day);
        Assert.Equal(("standard", null, true), (renewed.Champion, renewed.Challenger, renewed.Promoted));
    }

    [Fact]
    public async Task Too_short_a_history_trains_nothing()
    {
        Assert.Null((await TrainAsync(ForecastRecipe.All, new DateOnly(2026, 6, 20))).DataSet);
        await using var connection = await _database.Job.OpenConnectionAsync();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM ml.data_set"));
    }

    private Task<TrainingReport> TrainAsync(IReadOnlyList<ForecastRecipe> recipes, DateOnly asOf, string tenantOf = "acme", string? recipe = null, string model = ForecastTraining.Sales) => new ForecastTraining(
        _services.GetRequiredService<ChainHistoryReader>(), _services.GetRequiredService<ModelRegistry>(), _services.GetRequiredService<ModelAliases>(), _services.GetRequiredService<ReviewLabels>(), recipes, Gate)
        .TrainAsync(tenantOf, model, asOf, "test", recipe, CancellationToken.None);
}
