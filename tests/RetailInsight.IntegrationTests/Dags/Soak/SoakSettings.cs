using System.Globalization;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>What the scripts in tests/Soak ask for beyond the suite's small sizes.</summary>
internal static class SoakSettings
{
    /// <summary>Whether a script runs the proof: what takes minutes is left out of the suite.</summary>
    public static bool IsHeavy { get; } = Environment.GetEnvironmentVariable("RETAILINSIGHT_SOAK_ENGINE") is not null;

    /// <summary>Where random choices begin.</summary>
    public static int Seed { get; } = Number("SEED", 20_261_122);

    /// <summary>A size, <c>RETAILINSIGHT_SOAK_NAME</c>.</summary>
    public static int Number(string name, int usual) =>
        Environment.GetEnvironmentVariable("RETAILINSIGHT_SOAK_" + name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

    /// <summary>Waits as long as a heavy proof on a busy machine may take.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (!await condition())
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
