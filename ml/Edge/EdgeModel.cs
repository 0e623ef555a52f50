using Microsoft.Extensions.Logging;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Serving;

namespace RetailInsight.Ml.Edge;

/// <summary>
/// Answers on a device from the slot that is active, with no network and no database. A model on probation that cannot be begun with, ends the process
/// twice at its start, or fails too many questions is taken back; so is one whose files the disk has lost. Another slot that becomes active is seen within a
/// second. No question waits for any of this.
/// </summary>
public sealed class EdgeModel : IDisposable
{
    /// <summary>Starts that ended before the golden questions were answered, after which a model on probation is taken back.</summary>
    public const int MostStarts = 2;

    /// <summary>As many failed questions take a model on probation back.</summary>
    public const int MostFailed = 3;

    /// <summary>Answered questions after which probation is over.</summary>
    public const int ProbationQuestions = 100;

    private const string Device = "edge";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ModelSlots _slots;
    private readonly ModelServer _server;
    private readonly ILogger _logger;
    private readonly Lock _tending = new();
    private readonly ITimer _timer;
    private volatile Answering _answering;
    private DateTime _stateOf;

    private EdgeModel(ModelSlots slots, ServingOptions options, TimeProvider clock, ILoggerFactory loggers)
    {
        (_slots, _logger) = (slots, loggers.CreateLogger<EdgeModel>());
        _server = new(slots.Runtime, null, options, clock, loggers.CreateLogger<ModelServer>());
        try
        {
            _answering = Begin();
        }
        catch (Exception)
        {
            _server.Dispose();
            throw;
        }

        _timer = clock.CreateTimer(_ => Tend(), null, Look, Look);
    }

    /// <summary>The model that answers.</summary>
    public SlotModel Current => _answering.Model;

    /// <summary>Begins with the active slot, or with the one before where that cannot be begun with.</summary>
    /// <exception cref="BundleRefusedException">No slot holds a model that works.</exception>
    /// <exception cref="IOException">The disk cannot be read or written.</exception>
    public static EdgeModel Open(ModelSlots slots, ServingOptions options, TimeProvider clock, ILoggerFactory loggers) => new(slots, options, clock, loggers);

    /// <summary>What a question may say; null when another model answers here.</summary>
    public PredictionModel? Find(string model) => _server.Find(Device, model);

    /// <summary>Predicts.</summary>
    /// <returns>Null when another model answers here.</returns>
    public async Task<PredictionAnswer?> PredictAsync(string model, IReadOnlyList<PredictionRow> rows, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        var answering = _answering;
        var answer = await _server.PredictAsync(new(Device, model, rows, deadline), cancellationToken);
        if (answer is { Faults.Count: 0 } && answer.Sha256 == answering.Sha256)
        {
            // A queue that is full says nothing of the model.
            if (answer.Fallback is "failed" or "deadline")
            {
                if (Interlocked.Increment(ref answering.Failed) >= MostFailed && answering.Model.IsOnProbation)
                {
                    _timer.Change(TimeSpan.Zero, Look);
                }
            }
            else if (answer.Fallback is null)
            {
                Interlocked.Increment(ref answering.Good);
            }
        }

        return answer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _server.Dispose();
    }

    /// <summary>Keeps what probation came to, and looks whether another slot is active.</summary>
    internal void Tend()
    {
        if (!_tending.TryEnter())
        {
            return;
        }

        try
        {
            if (_answering.Model.IsOnProbation)
            {
                KeepProbation(_answering);
            }

            if (_slots.ChangedAt is var changed && changed != _stateOf)
            {
                _stateOf = changed;
                if (_slots.Read().Active is { } active && (active != _answering.Model.Slot || !_answering.IsOf(_slots.TryRead(active))))
                {
                    _answering = Begin();
                }
            }
        }
        catch (Exception failure) when (failure is BundleRefusedException or IOException or UnauthorizedAccessException)
        {
            // What is in memory goes on answering.
            Log.SlotRefused(_logger, failure, _answering.Model.Slot);
        }
        finally
        {
            _tending.Exit();
        }
    }

    private void KeepProbation(Answering answering)
    {
        var slot = answering.Model.Slot;
        if (Interlocked.Exchange(ref answering.Failed, 0) is > 0 and var failed)
        {
            var state = _slots.Change(now => now.Active == slot && now.Probation is { } probation ? now with { Probation = probation with { Failed = probation.Failed + failed } } : now);
            if (state is { Probation.Failed: >= MostFailed, Previous: not null } && state.Active == slot)
            {
                TakeBack(state, $"it failed {state.Probation.Failed} questions");
            }
        }
        else if (Volatile.Read(ref answering.Good) >= ProbationQuestions)
        {
            _slots.Change(now => now.Active == slot ? now with { Probation = null } : now);
            answering.Model = answering.Model with { IsOnProbation = false };
            Log.ProbationOver(_logger, answering.Model.Manifest.Name, answering.Model.Manifest.Version);
        }
    }

    private Answering Begin()
    {
        while (true)
        {
            var state = _slots.Read();
            if (state.Active is not { } slot)
            {
                throw new BundleRefusedException("no_model", "There is no model on this device. Install one: retail models install BUNDLE");
            }

            if (state is { Probation.Starts: >= MostStarts, Previous: not null })
            {
                TakeBack(state, $"{MostStarts} starts with it ended the process");
                continue;
            }

            try
            {
                // Kept before the model is touched: a start that ends the process is counted by it.
                Starts(state, slot, probation => probation.Starts + 1);
                var bundle = _slots.Bundle(slot);
                var model = bundle.Load(_slots.Runtime, clock: null);
                Starts(state, slot, _ => 0);
                _server.Put(Device, bundle.Manifest.Name, model);
                _stateOf = _slots.ChangedAt;
                Log.SlotBegun(_logger, bundle.Manifest.Name, bundle.Manifest.Version, slot);
                return new(new(slot, bundle.Manifest, state.Probation is not null), model.Sha256, bundle.Files[0].Content);
            }
            catch (BundleRefusedException refused) when (state.Previous is not null && _slots.TryRead(state.Previous) is not null)
            {
                Log.SlotRefused(_logger, refused, slot);
                TakeBack(state, refused.Message);
            }
        }
    }

    private void Starts(SlotState seen, string slot, Func<Probation, int> starts)
    {
        if (seen.Probation is not null)
        {
            _slots.Change(now => now.Active == slot && now.Probation is { } probation ? now with { Probation = probation with { Starts = starts(probation) } } : now);
        }
    }

    private void TakeBack(SlotState seen, string why)
    {
        _slots.Change(now => now.Active == seen.Active ? now.Back(why) : now);
        Log.SlotTakenBack(_logger, seen.Active!, seen.Previous!, why);
    }

    /// <summary>The model in memory and how it did.</summary>
    private sealed class Answering(SlotModel model, string sha256, byte[] manifest)
    {
        public int Good;

        public int Failed;

        public SlotModel Model { get; set; } = model;

        public string Sha256 => sha256;

        public bool IsOf(ModelBundle? bundle) => bundle is not null && bundle.Files[0].Content.AsSpan().SequenceEqual(manifest);
    }
}
