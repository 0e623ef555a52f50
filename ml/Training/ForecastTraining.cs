using System.Globalization;
using System.Text;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Onnx;
using RetailInsight.Ml.Registry;
using RetailInsight.Ml.Review;

namespace RetailInsight.Ml.Training;

/// <summary>What came of a training.</summary>
/// <param name="DataSet">SHA-256 of the history; null where there was too little of it.</param>
/// <param name="Champion">Recipe of the champion after it; null where there is none.</param>
/// <param name="Challenger">Recipe that was tried beside it and is not champion; null for none.</param>
/// <param name="Promoted">Whether there is another champion now.</param>
/// <param name="Refusals">Why the challenger was not promoted.</param>
public sealed record TrainingReport(string? DataSet, string? Champion, string? Challenger, bool Promoted, IReadOnlyList<GateRefusal> Refusals);

/// <summary>
/// Retrains the forecasts of a company's net sales and visitors, each by itself: the history as it stands becomes a data set, every recipe is tested on its last weeks, the
/// champion is made anew from it, and the recipe that did best, if it is another, becomes challenger. Only what has shown to be better on the same data, for as long as
/// the gate asks, takes the champion's place.
/// </summary>
public sealed class ForecastTraining
{
    /// <summary>Name of the model of net sales in the registry.</summary>
    public const string Sales = "sales";

    /// <summary>Name of the model of visitors.</summary>
    public const string Visitors = "visitors";

    private const string Recipe = "recipe";
    private const int Origins = 3;
    private const int Horizon = 28;
    private const int FewestDays = 28;
    private const double Same = 1e-6;

    // A new file of the recipe that is in use need not be better than the one before, only not worse.
    private static readonly PromotionGate Renewal = new("wape", 0, [], TimeSpan.Zero, 0);

    private readonly ChainHistoryReader _history;
    private readonly ModelRegistry _registry;
    private readonly ModelAliases _aliases;
    private readonly ReviewLabels _labels;
    private readonly IReadOnlyList<ForecastRecipe> _recipes;
    private readonly PromotionGate _gate;

    internal ForecastTraining(ChainHistoryReader history, ModelRegistry registry, ModelAliases aliases, ReviewLabels labels)
        : this(history, registry, aliases, labels, ForecastRecipe.All, Gate)
    {
    }

    internal ForecastTraining(ChainHistoryReader history, ModelRegistry registry, ModelAliases aliases, ReviewLabels labels, IReadOnlyList<ForecastRecipe> recipes, PromotionGate gate) =>
        (_history, _registry, _aliases, _labels, _recipes, _gate) = (history, registry, aliases, labels, recipes, gate);

    /// <summary>Names of the models.</summary>
    public static IReadOnlyList<string> Models { get; } = [Sales, Visitors];

    /// <summary>Names of the recipes that compete, the one to start from first.</summary>
    public static IReadOnlyList<string> Recipes { get; } = [.. ForecastRecipe.All.Select(recipe => recipe.Name)];

    /// <summary>One per cent better, unbiased and as sure as it says, for two weeks or on two data sets beside the champion.</summary>
    internal static PromotionGate Gate { get; } = new(
        "wape", 0.01, [new("bias", -0.1, 0.1), new("coverage", 0.6, 0.95)], TimeSpan.FromDays(14), 2);

    /// <summary>The recipe the champion was made by; the standard one where there is none.</summary>
    internal async Task<(ForecastRecipe Recipe, string? Sha256)> ChampionAsync(string tenant, string model, CancellationToken cancellationToken)
    {
        var standing = await _aliases.CurrentAsync(tenant, model, cancellationToken);
        return (Find(await RecipeOfAsync(tenant, model, standing.Champion.Sha256, cancellationToken)), standing.Champion.Sha256);
    }

    /// <summary>Trains on what is known up to a day. The same day and data again change nothing.</summary>
    /// <param name="tenant">Tenant id.</param>
    /// <param name="model">One of <see cref="Models"/>.</param>
    /// <param name="asOf">The last trading day looked at.</param>
    /// <param name="by">Who or what trains.</param>
    /// <param name="recipe">One of <see cref="Recipes"/> to put up beside the champion, whether it did best or not; null for the one that did best.</param>
    /// <param name="cancellationToken">Stops; to be called again.</param>
    /// <exception cref="ArgumentException">There is no such recipe or model.</exception>
    public async Task<TrainingReport> TrainAsync(string tenant, string model, DateOnly asOf, string by, string? recipe, CancellationToken cancellationToken)
    {
        var named = recipe is null ? null : _recipes.FirstOrDefault(one => one.Name == recipe) ?? throw new ArgumentException($"There is no recipe '{recipe}'.", nameof(recipe));
        var (metric, dataSetName, figure) = model switch
        {
            Sales => (ForecastMetric.NetSales, "store-days", "net_sales"),
            Visitors => (ForecastMetric.Visitors, "store-visitors", "visitors"),
            _ => throw new ArgumentException($"There is no model '{model}'.", nameof(model)),
        };
        var days = (await _history.ReadAsync(tenant, asOf, asOf, cancellationToken)).Of(metric);
        if (days.Count == 0 || days.Max(day => day.Day.Date).DayNumber - days.Min(day => day.Day.Date).DayNumber < FewestDays)
        {
            return new TrainingReport(null, null, null, false, []);
        }

        var cut = new Dictionary<string, string> { ["as_of"] = asOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };
        if (await _labels.RegisterAsync(_registry, tenant, asOf, cancellationToken) is { } labels)
        {
            cut[labels.Name] = labels.Sha256;
        }

        var dataSet = await _registry.RegisterDataSetAsync(tenant, dataSetName, Encoding.UTF8.GetBytes(Lines(days, figure)), days.Count, cut, cancellationToken);
        var metrics = _recipes.ToDictionary(recipe => recipe.Name, recipe => Test(days, asOf, recipe), StringComparer.Ordinal);
        var run = new Training(tenant, model, asOf, by, days, dataSet, metrics);
        var standing = await _aliases.CurrentAsync(tenant, model, cancellationToken);
        var champion = Find(await RecipeOfAsync(tenant, model, standing.Champion.Sha256, cancellationToken));
        // Of a short history several recipes make the same model: then there is nothing to try.
        var best = named ?? _recipes.MinBy(recipe => metrics[recipe.Name]["wape"] * (recipe == champion ? 1 - Same : 1))!;
        if (standing.Champion.Sha256 is { } old)
        {
            await _registry.RecordEvaluationAsync(tenant, model, old, dataSet, metrics[champion.Name], cancellationToken);
        }

        // Of what is tried beside the champion the file stays, so that its time of trial goes on; the champion is renewed when nobody is.
        var tried = await RecipeOfAsync(tenant, model, standing.Challenger.Sha256, cancellationToken);
        if (tried is not null && (tried == best.Name || (named is null && best.Name == champion.Name)) && metrics.TryGetValue(tried, out var figures))
        {
            await _registry.RecordEvaluationAsync(tenant, model, standing.Challenger.Sha256!, dataSet, figures, cancellationToken);
            return await PromoteAsync(run, standing.Challenger.Sha256!, champion, tried, _gate, cancellationToken);
        }

        var made = standing.Champion.Sha256 is null ? named ?? champion : best.Name == champion.Name ? champion : best;
        var sha256 = await MakeAsync(run, made, cancellationToken);
        if (sha256 == standing.Champion.Sha256)
        {
            return new TrainingReport(dataSet.Sha256, champion.Name, null, false, []);
        }

        await _aliases.ChallengeAsync(
            new AliasMove(tenant, model, standing.Challenger.Version, by, made == champion ? $"{made.Name}, renewed as of {asOf:yyyy-MM-dd}" : $"{made.Name} {(named is null ? "did best" : "was put up")} as of {asOf:yyyy-MM-dd}"), sha256, cancellationToken);
        return await PromoteAsync(run, sha256, champion, made.Name, made == champion ? Renewal : _gate, cancellationToken);
    }

    /// <summary>A forecast as a model file that is asked by store and date.</summary>
    /// <param name="model">What was fitted.</param>
    /// <param name="days">To these days.</param>
    /// <param name="version">What people call it.</param>
    /// <param name="name">One of <see cref="Models"/>.</param>
    internal static byte[] Export(LogAdditiveModel model, IReadOnlyList<SalesDay> days, string version, string name = Sales)
    {
        var encoding = new ForecastEncoding(model);
        var card = new ModelCard(
            name, version, ModelKind.LogAdditive, [.. encoding.Tables.Select(table => new IndexInput(table.Name, table.Values.Count, table.Keys))],
            [.. encoding.InputNames.Select(name => new NumberInput(name))], new FallbackRule("same_weekday", Math.Exp(encoding.Bias)), DayInputs.Of(model, days));
        return AdditiveGraph.Write(card, [.. encoding.Tables.Select(table => table.Values.ToArray())], [.. encoding.Coefficients], encoding.Bias);
    }

    private async Task<TrainingReport> PromoteAsync(Training run, string sha256, ForecastRecipe champion, string recipe, PromotionGate gate, CancellationToken cancellationToken)
    {
        var standing = await _aliases.CurrentAsync(run.Tenant, run.Model, cancellationToken);
        var outcome = await _aliases.PromoteAsync(
            new AliasMove(run.Tenant, run.Model, standing.Champion.Version, run.By, $"{recipe} as of {run.AsOf:yyyy-MM-dd}"), sha256, gate, cancellationToken);
        var promoted = outcome.Result == AliasResult.Done;
        if (outcome.Result == AliasResult.Refused && outcome.Reasons.All(reason => reason.Code != "shadow_too_short"))
        {
            // Its time is over: it does not keep the place of what may be better, nor the champion from being renewed.
            var end = new AliasMove(run.Tenant, run.Model, outcome.Standing.Challenger.Version, run.By, $"{recipe} was tried and is no better: {string.Join(" ", outcome.Reasons.Select(reason => reason.Detail))}");
            await _aliases.ChallengeAsync(end, null, cancellationToken);
        }

        return new TrainingReport(run.DataSet.Sha256, promoted ? recipe : standing.Champion.Sha256 is null ? null : champion.Name, promoted ? null : recipe, promoted, outcome.Reasons);
    }

    private async Task<string> MakeAsync(Training run, ForecastRecipe recipe, CancellationToken cancellationToken)
    {
        var forecaster = StoreForecaster.Fit(run.Days, [], recipe.Options);
        var version = $"{recipe.Name} {run.AsOf:yyyy-MM-dd}";
        var content = Export(forecaster.Model, run.Days, version, run.Model);
        var sha256 = await _registry.RegisterModelAsync(
            new NewModel(
                run.Tenant, run.Model, version, content, run.DataSet, ForecastDocument.Format,
                new Dictionary<string, string>
                {
                    [Recipe] = recipe.Name,
                    ["half_life"] = recipe.Options.HalfLife.ToString(CultureInfo.InvariantCulture),
                    ["recent_half_life"] = recipe.Options.RecentHalfLife.ToString(CultureInfo.InvariantCulture),
                    ["trend_spread"] = recipe.Options.TrendSpread.ToString(CultureInfo.InvariantCulture),
                },
                run.By),
            cancellationToken);
        await _registry.RecordEvaluationAsync(run.Tenant, run.Model, sha256, run.DataSet, run.Metrics[recipe.Name], cancellationToken);
        return sha256;
    }

    private ForecastRecipe Find(string? name) => _recipes.FirstOrDefault(recipe => recipe.Name == name) ?? _recipes[0];

    private async Task<string?> RecipeOfAsync(string tenant, string model, string? sha256, CancellationToken cancellationToken) =>
        sha256 is null ? null : (await _registry.FindAsync(tenant, model, sha256, cancellationToken))?.Parameters.GetValueOrDefault(Recipe);

    // The last weeks, as they would have been forecast from before them; of a short history shorter ones.
    private static Dictionary<string, double> Test(IReadOnlyList<SalesDay> days, DateOnly asOf, ForecastRecipe recipe)
    {
        var length = asOf.DayNumber - days.Min(day => day.Day.Date).DayNumber;
        var horizon = Math.Min(Horizon, length / (Origins + 2));
        var scored = RollingOrigin.Run(days, Enumerable.Range(1, Origins).Select(back => asOf.AddDays(-back * horizon)), horizon, RollingOrigin.LogAdditive(recipe.Options));
        var accuracy = ForecastAccuracy.Of(scored);
        return new Dictionary<string, double>
        {
            ["wape"] = accuracy.Wape,
            ["rmspe"] = accuracy.Rmspe,
            ["mape"] = accuracy.Mape,
            ["bias"] = accuracy.Bias,
            ["coverage"] = accuracy.Coverage,
            ["pinball_low"] = accuracy.PinballLow,
            ["pinball_median"] = accuracy.PinballMedian,
            ["pinball_high"] = accuracy.PinballHigh,
            ["total_mape"] = accuracy.TotalMape,
            ["days"] = accuracy.Days,
        };
    }

    private static string Lines(IReadOnlyList<SalesDay> days, string figure)
    {
        var lines = new StringBuilder($"store,group,date,traits,{figure}\n");
        foreach (var day in days.OrderBy(day => day.Day.Date).ThenBy(day => day.Day.Store, StringComparer.Ordinal))
        {
            lines.Append(CultureInfo.InvariantCulture, $"{day.Day.Store},{day.Day.Group},{day.Day.Date:yyyy-MM-dd},{(int)day.Day.Traits},{day.Amount:R}\n");
        }

        return lines.ToString();
    }

    private sealed record Training(
        string Tenant, string Model, DateOnly AsOf, string By, IReadOnlyList<SalesDay> Days, DataSetReference DataSet, IReadOnlyDictionary<string, Dictionary<string, double>> Metrics);
}
