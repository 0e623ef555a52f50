using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Forecasting;

namespace RetailInsight.Ml.Onnx;

/// <summary>What a forecast needs to know of a store beyond its levels.</summary>
/// <param name="Code">Store code.</param>
/// <param name="Group">Its kind.</param>
/// <param name="Slope">Growth beyond the chain's, of logarithms a year.</param>
/// <param name="Usual">Its ordinary day, in the unit of the model: the answer in the model's place when nothing closer is known.</param>
internal sealed record StoreInput(string Code, string Group, double Slope, double Usual);

/// <summary>
/// How a question about a store's day becomes the numbers of a log-additive forecast: questions name a store and a date, not the places of thirty effects.
/// It is part of the card, so that the file alone answers, also where there is no database.
/// </summary>
/// <param name="Origin">The last day of the history.</param>
/// <param name="Damping">Of the trend ahead.</param>
/// <param name="Stores">Those of the history.</param>
internal sealed record DayInputs(DateOnly Origin, double Damping, IReadOnlyList<StoreInput> Stores)
{
    /// <summary>The field that names the store.</summary>
    public const string Store = "store";

    /// <summary>The field that names the day.</summary>
    public const string Date = "date";

    /// <summary>Days beyond which, on both sides of the origin, nothing is said.</summary>
    public const int Reach = 400;

    /// <summary>Days ahead of the origin that forecasts are tested on at most.</summary>
    public const int Tested = ForecastErrors.Horizon;

    /// <summary>What a day farther ahead is outside of.</summary>
    public const string Horizon = "horizon";

    private static readonly (string Name, DayTraits Trait)[] Traits =
        [("promotion", DayTraits.Promotion), ("public_holiday", DayTraits.PublicHoliday), ("school_holiday", DayTraits.SchoolHoliday)];

    private static readonly string[] Beside = ["closed_before", "closed_after"];

    private static readonly Dictionary<string, Effect> Effects = Effect.OfStores.Append(Effect.OfRecentWeeks).ToDictionary(effect => effect.Name, StringComparer.Ordinal);

    /// <summary>What a row may say.</summary>
    public static IReadOnlyList<PredictionField> Fields { get; } =
        [new(Store, PredictionField.Store, true), new(Date, "date", true), .. Traits.Select(trait => new PredictionField(trait.Name, "flag", false)), .. Beside.Select(name => new PredictionField(name, "flag", false))];

    /// <summary>The inputs of a model, for its card.</summary>
    public static DayInputs Of(LogAdditiveModel model, IEnumerable<SalesDay> history)
    {
        var groups = history.OrderBy(day => day.Day.Date).GroupBy(day => day.Day.Store, StringComparer.Ordinal).ToDictionary(days => days.Key, days => days.Last().Day.Group, StringComparer.Ordinal);
        return new DayInputs(
            model.Origin, model.Trend.Damping,
            [.. model.Stores.OrderBy(store => store.Key, StringComparer.Ordinal).Select(store => new StoreInput(store.Key, groups[store.Key], store.Value.Slope, Usual(model, store.Key, groups[store.Key])))]);
    }

    /// <summary>The years of growth a day lies ahead of the origin.</summary>
    public double Years(DateOnly date) => LogAdditiveModel.DampedYears(Damping, date.DayNumber - Origin.DayNumber);

    /// <summary>The key of a day in the table of an effect, as the card names its levels; the first level where the effect does not act.</summary>
    /// <exception cref="FormatException">The card names an effect this program does not know.</exception>
    public static string LevelOf(string effect, DayFacts facts) =>
        Effects.TryGetValue(effect, out var known) ? known.Key(facts) is { } key ? Name(key) : ""
        : throw new FormatException($"The model has an effect '{effect}' this program does not know: it is of a later version.");

    /// <summary>What a model of days forecasts, as figures are called; null for another model.</summary>
    public static string? SubjectOf(string model) => model switch { "sales" => "net_sales", "visitors" => "visitors", _ => null };

    /// <summary>The store and the day of a row; null where it names none.</summary>
    public static (string Store, DateOnly Date)? DayOf(IReadOnlyDictionary<string, FieldValue> fields) =>
        fields.GetValueOrDefault(Store).Text is { } store && DateOnly.TryParseExact(fields.GetValueOrDefault(Date).Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? (store, date) : null;

    /// <summary>
    /// What a model misses that has never seen an effect as it is on a day, as forecasts are explained; null for nothing: a day without promotion is no news, nor is a season in a
    /// model's first year.
    /// </summary>
    /// <exception cref="FormatException">The card names an effect this program does not know.</exception>
    public static string? MissedOf(string effect, DayFacts facts) =>
        !Effects.TryGetValue(effect, out var known) ? throw new FormatException($"The model has an effect '{effect}' this program does not know: it is of a later version.")
        : known.Factor == Effect.Season || !facts.Day.Traits.HasFlag(known.Trait) ? null
        : known.Factor;

    /// <summary>What a day's traits are called as effects; a model whose history had none of such days, or only such days, has no effect of that name.</summary>
    public static IEnumerable<string> TraitsOf(DayTraits traits) => Traits.Where(trait => traits.HasFlag(trait.Trait)).Select(trait => trait.Name.Replace('_', ' '));

    /// <summary>A key as the card writes it.</summary>
    public static string Name(EffectKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.Of}|{key.At}");

    /// <summary>Reads a row.</summary>
    /// <param name="fields">Of the row.</param>
    /// <param name="stores">Those of <see cref="Stores"/>, by code.</param>
    /// <param name="fault">Told of each field the model cannot take.</param>
    /// <returns>The day; null where there was a fault.</returns>
    public DayFacts? Read(IReadOnlyDictionary<string, FieldValue> fields, IReadOnlyDictionary<string, StoreInput> stores, Action<string, string> fault)
    {
        var faults = 0;
        void Fault(string field, string detail)
        {
            faults++;
            fault(field, detail);
        }

        var code = fields.GetValueOrDefault(Store).Text;
        var store = code is null ? null : stores.GetValueOrDefault(code);
        if (store is null)
        {
            Fault(Store, !fields.TryGetValue(Store, out var given) || given == default ? "is missing." : code is null ? "is the code of a store, a text." : FieldFault.Unknown(code));
        }

        var date = ReadDate(fields, Fault);
        var traits = Traits.Where(trait => Flag(fields, trait.Name, Fault)).Aggregate(DayTraits.None, (sum, trait) => sum | trait.Trait);
        var (before, after) = (Flag(fields, Beside[0], Fault), Flag(fields, Beside[1], Fault));
        return faults > 0 ? null : new DayFacts(new OpenDay(store!.Code, store.Group, date, traits), before, after);
    }

    private DateOnly ReadDate(IReadOnlyDictionary<string, FieldValue> fields, Action<string, string> fault)
    {
        if (!fields.TryGetValue(Date, out var value) || value == default)
        {
            fault(Date, "is missing.");
            return default;
        }

        if (!DateOnly.TryParseExact(value.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            fault(Date, "must be an existing date, a text of the form YYYY-MM-DD.");
        }
        else if (Math.Abs(date.DayNumber - Origin.DayNumber) > Reach)
        {
            fault(Date, string.Create(CultureInfo.InvariantCulture, $"is {date:yyyy-MM-dd}; the model was made for {Origin.AddDays(-Reach):yyyy-MM-dd} to {Origin.AddDays(Reach):yyyy-MM-dd}."));
        }

        return date;
    }

    private static bool Flag(IReadOnlyDictionary<string, FieldValue> fields, string name, Action<string, string> fault)
    {
        var value = fields.GetValueOrDefault(name);
        if (value != default && value.Number is not (0 or 1))
        {
            fault(name, "is 0 or 1, false or true.");
        }

        return value.Number == 1;
    }

    private static double Usual(LogAdditiveModel model, string store, string group)
    {
        var facts = new DayFacts(new OpenDay(store, group, model.Origin, DayTraits.None), false, false);
        return Math.Exp(model.Mean + (model.Variance / 2) + model.Tables.Where(table => table.Effect.Factor is Effect.Level or Effect.RecentWeeks).Sum(table => table.Values[table.IndexOf(facts)]));
    }
}
