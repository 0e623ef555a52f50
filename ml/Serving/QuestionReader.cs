using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Onnx;

namespace RetailInsight.Ml.Serving;

/// <summary>A row about something the model has never seen.</summary>
/// <param name="Row">0 for the first.</param>
/// <param name="What">Factors of the model, such as promotion; <c>store</c> for a store it does not know, <c>horizon</c> for a day farther ahead than it was tested.</param>
internal sealed record UnseenRow(int Row, IReadOnlyList<string> What);

/// <summary>Reads the rows of questions as the tensors of one model, and names every field the model cannot take. Several threads may read at once.</summary>
internal sealed class QuestionReader
{
    /// <summary>More than this many faults are not listed: the first ones tell what is wrong.</summary>
    public const int MostFaults = 20;

    private readonly ModelCard _card;
    private readonly Dictionary<string, int>?[] _levels;
    private readonly Dictionary<string, StoreInput> _stores;
    private readonly Dictionary<string, PredictionField> _fields;

    /// <summary>For the model of a card.</summary>
    /// <exception cref="FormatException">The card contradicts itself, or is of a later version of this program.</exception>
    public QuestionReader(ModelCard card)
    {
        _card = card;
        try
        {
            _levels = [.. card.Indices.Select(input => input.LevelNames?.Select((name, place) => (name, place)).ToDictionary(level => level.name, level => level.place, StringComparer.Ordinal))];
            _stores = (card.Days?.Stores ?? []).ToDictionary(store => store.Code, StringComparer.Ordinal);
            _fields = card.Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        }
        catch (ArgumentException twice)
        {
            throw new FormatException($"The model's card says something twice: {twice.Message}", twice);
        }

        if (card.Days is not null)
        {
            if (card.Numbers.Count != 2 || _levels.Any(levels => levels is null))
            {
                throw new FormatException("The model's card takes days, but has no names of levels or other numbers than the two of the growth.");
            }

            foreach (var input in card.Indices)
            {
                _ = DayInputs.LevelOf(input.Name, new DayFacts(new OpenDay("", "", card.Days.Origin, DayTraits.None), false, false));
            }
        }
    }

    /// <summary>The store of a row of a model of days; null where there is none.</summary>
    public StoreInput? StoreOf(PredictionRow row) => row.Fields.GetValueOrDefault(DayInputs.Store).Text is { } code ? _stores.GetValueOrDefault(code) : null;

    /// <summary>Reads rows.</summary>
    /// <param name="rows">At least one.</param>
    /// <param name="inputs">The model's inputs in the order of its file, when there is no fault.</param>
    /// <param name="unseen">Takes the rows of a model of days about something it has never seen; null where nobody asks.</param>
    /// <returns>The faults, <see cref="MostFaults"/> at most.</returns>
    public IReadOnlyList<FieldFault> Read(IReadOnlyList<PredictionRow> rows, out Tensor[] inputs, List<UnseenRow>? unseen = null)
    {
        var faults = new List<FieldFault>();
        var indices = new long[rows.Count * _card.Indices.Count];
        var numbers = new double[rows.Count * _card.Numbers.Count];
        for (var row = 0; row < rows.Count && faults.Count < MostFaults; row++)
        {
            var (fields, number) = (rows[row].Fields, row + 1);
            void Fault(string field, string detail) => faults.Add(new(number, field, detail));
            var levels = indices.AsSpan(row * _card.Indices.Count, _card.Indices.Count);
            var values = numbers.AsSpan(row * _card.Numbers.Count, _card.Numbers.Count);
            if (_card.Days is { } days)
            {
                if (ReadDay(days, fields, levels, values, Fault) is { Count: > 0 } what)
                {
                    unseen?.Add(new(row, [.. what]));
                }
            }
            else
            {
                ReadInputs(fields, levels, values, Fault);
            }

            foreach (var field in fields.Keys.Where(field => !_fields.ContainsKey(field)))
            {
                Fault(field.Length <= 60 ? field : field[..60], $"is no input of model '{_card.Name}'; it has {string.Join(", ", _fields.Keys.Where(name => name != _card.Fallback.Field))}.");
            }
        }

        inputs =
        [
            .. _card.Indices.Count > 0 ? [new Tensor(indices, [rows.Count, _card.Indices.Count])] : Array.Empty<Tensor>(),
            .. _card.Numbers.Count > 0 ? [new Tensor(numbers, [rows.Count, _card.Numbers.Count])] : Array.Empty<Tensor>(),
        ];
        return [.. faults.Take(MostFaults)];
    }

    // What about the day was never seen; null for nothing.
    private HashSet<string>? ReadDay(DayInputs days, IReadOnlyDictionary<string, FieldValue> fields, Span<long> levels, Span<double> numbers, Action<string, string> fault)
    {
        if (days.Read(fields, _stores, fault) is not { } facts)
        {
            return fields.GetValueOrDefault(DayInputs.Store).Text is { } code && !_stores.ContainsKey(code) ? [DayInputs.Store] : null;
        }

        HashSet<string>? unseen = null;
        for (var i = 0; i < levels.Length; i++)
        {
            var level = DayInputs.LevelOf(_card.Indices[i].Name, facts);
            if (_levels[i]!.TryGetValue(level, out var place))
            {
                levels[i] = place;
            }
            else if (level.Length > 0 && DayInputs.MissedOf(_card.Indices[i].Name, facts) is { } factor)
            {
                // It stands at the first place, whose value is 0.
                (unseen ??= []).Add(factor);
            }
        }

        foreach (var trait in DayInputs.TraitsOf(facts.Day.Traits).Where(trait => !_card.Indices.Any(input => input.Name == trait)))
        {
            (unseen ??= []).Add(trait);
        }

        if (facts.Day.Date.DayNumber > days.Origin.DayNumber + DayInputs.Tested)
        {
            (unseen ??= []).Add(DayInputs.Horizon);
        }

        numbers[0] = days.Years(facts.Day.Date);
        numbers[1] = _stores[facts.Day.Store].Slope * numbers[0];
        return unseen;
    }

    private void ReadInputs(IReadOnlyDictionary<string, FieldValue> fields, Span<long> levels, Span<double> numbers, Action<string, string> fault)
    {
        for (var i = 0; i < levels.Length; i++)
        {
            if (ReadIndex(_card.Indices[i], _levels[i], fields, out levels[i]) is { } detail)
            {
                fault(_card.Indices[i].Name, detail);
            }
        }

        for (var i = 0; i < numbers.Length; i++)
        {
            if (ReadNumber(_card.Numbers[i], fields, out numbers[i]) is { } detail)
            {
                fault(_card.Numbers[i].Name, detail);
            }
        }
    }

    private static string? ReadIndex(IndexInput input, Dictionary<string, int>? names, IReadOnlyDictionary<string, FieldValue> fields, out long level)
    {
        level = 0;
        if (!fields.TryGetValue(input.Name, out var value) || value == default)
        {
            return "is missing.";
        }

        if (value.Text is { } name)
        {
            level = names is null ? -1 : names.GetValueOrDefault(name, -1);
            return level >= 0 ? null : names is null ? $"is the number of a level, 0 to {input.Levels - 1}; a name is none." : FieldFault.Unknown(name);
        }

        var number = value.Number!.Value;
        if (!double.IsInteger(number) || number < 0 || number >= input.Levels)
        {
            return string.Create(CultureInfo.InvariantCulture, $"is the number of a level, 0 to {input.Levels - 1}; {number} is none.");
        }

        level = (long)number;
        return null;
    }

    private static string? ReadNumber(NumberInput input, IReadOnlyDictionary<string, FieldValue> fields, out double number)
    {
        number = double.NaN;
        if (!fields.TryGetValue(input.Name, out var value) || value == default)
        {
            return input.MayBeMissing ? null : "is missing.";
        }

        if (value.Number is not { } given || !double.IsFinite(given))
        {
            return $"must be a finite number; '{value.Text ?? "not a number"}' is none.";
        }

        number = given;
        return given < input.Least || given > input.Most
            ? string.Create(CultureInfo.InvariantCulture, $"is {given}; the model was made for {Bound(input.Least, "any")} to {Bound(input.Most, "any")}.")
            : null;
    }

    private static string Bound(double? bound, string without) => bound?.ToString(CultureInfo.InvariantCulture) ?? without;
}
