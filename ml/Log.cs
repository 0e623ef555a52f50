using Microsoft.Extensions.Logging;

namespace RetailInsight.Ml;

internal static partial class Log
{
    [LoggerMessage(4201, LogLevel.Information, "{Tenant}: model {Model} {Sha256} ({Version}) answers from now on")]
    public static partial void ModelInstalled(ILogger logger, string tenant, string model, string sha256, string version);

    [LoggerMessage(4202, LogLevel.Error, "{Tenant}: champion {Sha256} of {Model} cannot be used; the model before stays")]
    public static partial void ModelRefused(ILogger logger, Exception error, string tenant, string model, string sha256);

    [LoggerMessage(4203, LogLevel.Warning, "The model in {Folder} is damaged and is fetched anew")]
    public static partial void CacheDamaged(ILogger logger, string folder);

    [LoggerMessage(4204, LogLevel.Warning, "{Tenant}: model {Model} did not answer ({Why}); its fallback did")]
    public static partial void Fallback(ILogger logger, string tenant, string model, string why);

    [LoggerMessage(4205, LogLevel.Error, "{Tenant}: model {Model} {Sha256} failed")]
    public static partial void ModelFailed(ILogger logger, Exception error, string tenant, string model, string sha256);

    [LoggerMessage(4206, LogLevel.Warning, "The champions could not be looked up; the models at hand go on answering")]
    public static partial void RefreshFailed(ILogger logger, Exception error);

    [LoggerMessage(4207, LogLevel.Warning, "{Count} rows of questions could not be kept for review")]
    public static partial void CandidatesFailed(ILogger logger, Exception error, int count);

    [LoggerMessage(4221, LogLevel.Information, "Model {Model} {Version} of slot {Slot} answers from now on")]
    public static partial void SlotBegun(ILogger logger, string model, string version, string slot);

    [LoggerMessage(4222, LogLevel.Error, "The model in slot {Slot} cannot be used")]
    public static partial void SlotRefused(ILogger logger, Exception error, string slot);

    [LoggerMessage(4223, LogLevel.Error, "The model in slot {Slot} was taken back for that in slot {Before}: {Why}")]
    public static partial void SlotTakenBack(ILogger logger, string slot, string before, string why);

    [LoggerMessage(4224, LogLevel.Information, "The probation of model {Model} {Version} is over")]
    public static partial void ProbationOver(ILogger logger, string model, string version);
}
