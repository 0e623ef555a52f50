using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.IntegrationTests.PortContracts;

/// <summary>
/// The other process of the kill test: the runtime calls it before the (empty) entry point of this assembly when
/// <c>DOTNET_STARTUP_HOOKS</c> names the assembly; it must carry this name and no namespace.
/// </summary>
internal static class StartupHook
{
    internal const string StormDirectory = "RETAIL_TEST_STORM_DIRECTORY";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(StormDirectory) is { } directory)
        {
            StormAsync(directory).GetAwaiter().GetResult();
        }
    }

    internal static LakePointer Parse(string line)
    {
        var parts = line.TrimEnd(';').Split(' ');
        return new(parts[0], long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    internal static int PayloadLength(int first, int second) => 2 + first + 256 * (second % 8);

    private static async Task StormAsync(string directory)
    {
        using var lake = DirectoryLakeTests.Open(directory);
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var senders = Enumerable.Range(0, 16).Select(async sender =>
        {
            var random = new Random(sender);
            while (true)
            {
                await Task.Yield();
                var marks = (First: (byte)random.Next(256), Second: (byte)random.Next(256));
                var payload = new byte[PayloadLength(marks.First, marks.Second)];
                random.NextBytes(payload);
                (payload[0], payload[1]) = marks;
                var pointer = await lake.AppendAsync("storm", payload, CancellationToken.None);
                lock (output)
                {
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pointer.Object} {pointer.Offset} {pointer.Length};"));
                }
            }
        });
        await Task.WhenAll(senders);
    }
}
