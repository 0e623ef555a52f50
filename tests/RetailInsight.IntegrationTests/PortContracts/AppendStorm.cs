using System.Globalization;
using System.Runtime.CompilerServices;
using RetailInsight.Core.Ports;

namespace RetailInsight.IntegrationTests.PortContracts;

/// <summary>
/// The other process of the kill test: this assembly, executed with a directory in its environment. A foreground thread
/// keeps it alive after its empty entry point has returned; work inside the initializer itself would block every other thread.
/// </summary>
internal static class AppendStorm
{
    internal const string DirectoryVariable = "RETAIL_TEST_STORM_DIRECTORY";

    [ModuleInitializer]
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is { } directory)
        {
            new Thread(() => StormAsync(directory).GetAwaiter().GetResult()).Start();
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
