using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace RetailInsight.Platform.GoogleCloud;

/// <summary>Which failures of a request are tried again, how often and how fast.</summary>
/// <param name="Attempts">Tries in all, the first included.</param>
/// <param name="FirstDelay">Pause before the second try; grows with jitter. A server's Retry-After goes first.</param>
/// <param name="MaxDelay">Longest pause.</param>
/// <param name="AttemptTimeout">Longest time for one try; running out counts as no answer.</param>
/// <param name="IsTransient">Whether a refused or unanswered request is worth another try.</param>
/// <param name="Growth">Each pause is this many times the one before.</param>
internal sealed record RetryPolicy(
    int Attempts, TimeSpan FirstDelay, TimeSpan MaxDelay, TimeSpan AttemptTimeout, Func<GoogleApiException, bool> IsTransient, double Growth = 2)
{
    /// <summary>No answer, or one of the statuses every Google API documents as passing.</summary>
    public static bool PassesSoon(GoogleApiException failure) => failure.Status is null or HttpStatusCode.RequestTimeout
        or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>A pipeline that follows the policy by the given clock.</summary>
    public ResiliencePipeline Build(TimeProvider clock, ILogger logger) => Attempts <= 1
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstDelay,
                MaxDelay = MaxDelay,
                ShouldHandle = new PredicateBuilder().Handle<GoogleApiException>(IsTransient),
                DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as GoogleApiException)?.RetryAfter ?? OwnPause(arguments.AttemptNumber)),
                OnRetry = arguments =>
                {
                    logger.Retried(arguments.AttemptNumber + 1, arguments.RetryDelay, arguments.Outcome.Exception);
                    return default;
                },
            })
            .Build();

    // Polly only doubles; for that growth its own jittered pause is taken.
    private TimeSpan? OwnPause(int attempt)
    {
        const int Percent = 100;
        if (Growth == 2)
        {
            return null;
        }

        var pause = FirstDelay * Math.Pow(Growth, attempt) * (RandomNumberGenerator.GetInt32(Percent / 2, Percent * 3 / 2) / (double)Percent);
        return pause < MaxDelay ? pause : MaxDelay;
    }
}
