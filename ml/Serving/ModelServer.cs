using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx;
using RetailInsight.Ml.Review;

namespace RetailInsight.Ml.Serving;

/// <summary>
/// Holds the champions in memory and answers from there. A start reads them from the local cache; later ones are put in by
/// <see cref="ModelRefresh"/>, apart from any question. When a model does not answer in time, or cannot, the answer is what it last said of the same
/// key, else what its own rule says, and is marked so.
/// </summary>
internal sealed class ModelServer : IPredictions, IDisposable
{
    private const int KeysRemembered = 100_000;

    // Rows of one question that are kept for review: a night picks few.
    private const int MostCases = 20;

    private readonly ConcurrentDictionary<(string Tenant, string Name), ServedModel> _models = new();
    private readonly LastAnswers _last = new(KeysRemembered);
    private readonly IModelRuntime _runtime;
    private readonly ModelCache? _cache;
    private readonly ServingOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ServingThreads _threads;
    private readonly ServedCases? _cases;

    /// <summary>
    /// Reads the cache; a model in it that cannot be used is left out and said in the log. Without a cache it holds what is put in; without <paramref name="cases"/> nobody
    /// is asked about what models were unsure of.
    /// </summary>
    public ModelServer(IModelRuntime runtime, ModelCache? cache, ServingOptions options, TimeProvider clock, ILogger<ModelServer> logger, ServedCases? cases = null)
    {
        _runtime = runtime;
        _cache = cache;
        _options = options;
        _clock = clock;
        _logger = logger;
        _cases = cases;
        _threads = new(options.Threads, options.Waiting);
        var (models, damaged) = cache?.ReadAll() ?? ([], []);
        foreach (var folder in damaged)
        {
            Log.CacheDamaged(logger, folder);
        }

        foreach (var model in models)
        {
            try
            {
                Put(model.Tenant, model.Name, ServedModel.Load(runtime, model.Sha256, model.AliasVersion, model.Content));
            }
            catch (Exception refused) when (refused is FormatException or ModelRuntimeException)
            {
                Log.ModelRefused(logger, refused, model.Tenant, model.Name, model.Sha256);
            }
        }
    }

    /// <summary>The model that answers now; null for none.</summary>
    public ServedModel? Held(string tenant, string name) => _models.GetValueOrDefault((tenant, name));

    /// <summary>Puts a champion in: first it must answer, then it is kept in the cache, then it answers everybody.</summary>
    /// <exception cref="FormatException">The file has no card; the model before stays.</exception>
    /// <exception cref="ModelRuntimeException">It cannot be run; the model before stays.</exception>
    /// <exception cref="IOException">The cache does not take it; the model before stays.</exception>
    public void Install(CachedModel champion)
    {
        var model = ServedModel.Load(_runtime, champion.Sha256, champion.AliasVersion, champion.Content);
        try
        {
            _cache?.Keep(champion);
        }
        catch (Exception)
        {
            model.Dispose();
            throw;
        }

        Put(champion.Tenant, champion.Name, model);
        Log.ModelInstalled(_logger, champion.Tenant, champion.Name, champion.Sha256, model.Card.Version);
    }

    /// <inheritdoc/>
    public PredictionModel? Find(string tenant, string model) => Held(tenant, model) is { } held
        ? new(held.Sha256, held.Card.Version, held.AliasVersion, held.Card.Fields, _options.MostRows, TimeSpan.FromMilliseconds(_options.LongestDeadlineMilliseconds))
        : null;

    /// <inheritdoc/>
    /// <remarks>More rows than <see cref="ServingOptions.MostRows"/>, or none, are a fault of the field <c>rows</c>.</remarks>
    public async Task<PredictionAnswer?> PredictAsync(PredictionQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (Held(question.Tenant, question.Model) is not { } model)
        {
            return null;
        }

        if (question.Rows.Count == 0 || question.Rows.Count > _options.MostRows)
        {
            return new(model.Sha256, model.Card.Version, model.AliasVersion, [], null, [new(0, "rows", $"There must be 1 to {_options.MostRows}; there are {question.Rows.Count}.")]);
        }

        var unseen = new List<UnseenRow>();
        if (model.Questions.Read(question.Rows, out var inputs, unseen) is { Count: > 0 } faults)
        {
            Collect(model, question, unseen, null);
            return new(model.Sha256, model.Card.Version, model.AliasVersion, [], null, faults);
        }

        var (predictions, why) = model.Session is null ? (null, "no_runtime") : await AskAsync(model, question, inputs, cancellationToken);
        if (predictions is null)
        {
            Log.Fallback(_logger, question.Tenant, question.Model, why!);
            predictions = [.. question.Rows.Select(row => Fallback(model, question, row))];
            Collect(model, question, [.. question.Rows.Select((_, row) => new UnseenRow(row, []))], predictions, why);
            return new(model.Sha256, model.Card.Version, model.AliasVersion, predictions, why, []);
        }

        Collect(model, question, unseen, predictions);

        foreach (var (row, prediction) in question.Rows.Zip(predictions))
        {
            if (row.Key is not null)
            {
                _last.Keep(question.Tenant, question.Model, row.Key, prediction.Value);
            }
        }

        return new(model.Sha256, model.Card.Version, model.AliasVersion, predictions, null, []);
    }

    /// <summary>Lets go of every model; a run under way ends on the model it began with.</summary>
    public void Dispose()
    {
        _threads.Dispose();
        foreach (var model in _models.Values)
        {
            model.Dispose();
        }
    }

    private async Task<(Prediction[]? Predictions, string? Why)> AskAsync(ServedModel model, PredictionQuestion question, Tensor[] inputs, CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromMilliseconds(_options.LongestDeadlineMilliseconds);
        var deadline = question.Deadline is { } asked ? (asked < longest ? asked : longest) : TimeSpan.FromMilliseconds(_options.DeadlineMilliseconds);
        if (deadline <= TimeSpan.Zero)
        {
            return (null, "deadline");
        }

        // Ended at the deadline, so that a run nobody waits for frees its thread as soon as it can; not disposed, for the run may look at it long after.
        var ended = new CancellationTokenSource();
        if (_threads.TryRun(() => model.Run(inputs, question.Rows.Count, ended.Token), ended.Token) is not { } run)
        {
            return (null, "busy");
        }

        try
        {
            return (await run.WaitAsync(deadline, _clock, cancellationToken), null);
        }
        catch (TimeoutException)
        {
            await ended.CancelAsync();
            return (null, "deadline");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await ended.CancelAsync();
            throw;
        }
        catch (Exception failure) when (failure is ModelRuntimeException or ObjectDisposedException)
        {
            Log.ModelFailed(_logger, failure, question.Tenant, question.Model, model.Sha256);
            return (null, "failed");
        }
    }

    // Of what a model was unsure, for review; only questions about a store's day can be looked at by people.
    private void Collect(ServedModel model, PredictionQuestion question, IReadOnlyList<UnseenRow> rows, Prediction[]? said, string? why = null)
    {
        if (_cases is null || DayInputs.SubjectOf(question.Model) is not { } subject)
        {
            return;
        }

        foreach (var (at, what) in rows.Take(MostCases).Select(row => (row.Row, row.What)))
        {
            if (DayInputs.DayOf(question.Rows[at].Fields) is { } day)
            {
                _cases.Collect(new(question.Tenant, why is null ? "outside_training" : "fallback", day.Store, subject, day.Date, _clock.GetUtcNow(), said?[at].Value, why, what, model.Sha256));
            }
        }
    }

    private Prediction Fallback(ServedModel model, PredictionQuestion question, PredictionRow row) =>
        row.Key is not null && _last.Find(question.Tenant, question.Model, row.Key) is { } last ? new(last, null, PredictionSource.LastKnown) : model.Fallback(row);

    /// <summary>Has a model answer from now on; it was asked a question before.</summary>
    public void Put(string tenant, string name, ServedModel model)
    {
        var before = Held(tenant, name);
        _models[(tenant, name)] = model;
        before?.Dispose();
    }
}
