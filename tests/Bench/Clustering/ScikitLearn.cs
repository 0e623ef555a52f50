using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RetailInsight.Bench.Clustering;

/// <summary>The scikit-learn of the distribution in a process that stays: points are loaded once, a fit is timed where it runs.</summary>
internal sealed class ScikitLearn : IDisposable
{
    private const string Script = """
        import sys, time, numpy, sklearn
        from sklearn.cluster import KMeans
        print(sklearn.__version__, flush=True)
        for line in sys.stdin:
            command = line.split()
            if command[0] == "load":
                points = numpy.fromfile(command[1]).reshape(int(command[2]), -1)
                print("loaded", flush=True)
            else:
                algorithm, k, starts, seed = command[1], int(command[2]), int(command[3]), int(command[4])
                started = time.perf_counter()
                fit = KMeans(k, n_init=starts, random_state=seed, algorithm=algorithm).fit(points)
                print(time.perf_counter() - started, fit.inertia_, flush=True)
        """;

    private readonly Process _process;

    private ScikitLearn(Process process) => (_process, Version) = (process, process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("python3-sklearn is not installed."));

    /// <summary>Its version.</summary>
    public string Version { get; }

    /// <summary>Starts it with so many threads.</summary>
    public static ScikitLearn Start(int threads) => new(Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Script])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        Environment = { ["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture), ["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture) },
    })!);

    /// <summary>Gives it the points it is going to cluster.</summary>
    public void Load(string path, double[][] points)
    {
        using (var file = File.Create(path))
        {
            foreach (var point in points)
            {
                file.Write(MemoryMarshal.AsBytes<double>(point));
            }
        }

        Ask(FormattableString.Invariant($"load {path} {points.Length}"));
    }

    /// <summary>Fits k-means as it comes: greedy k-means++, at most 300 rounds, a tolerance of 1e-4.</summary>
    public (double Seconds, double Inertia) Fit(string algorithm, int k, int starts, int seed)
    {
        var answer = Ask(FormattableString.Invariant($"fit {algorithm} {k} {starts} {seed}")).Split(' ');
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("scikit-learn ended.");
    }
}
