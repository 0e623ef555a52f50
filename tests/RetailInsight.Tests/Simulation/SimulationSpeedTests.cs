using System.Diagnostics;
using RetailInsight.Local.Simulation;

namespace RetailInsight.Tests.Simulation;

/// <summary>Runs apart from the parallel tests, so that the processor time of the process is its own and a busy machine does not fail it.</summary>
[Collection(nameof(SimulationSpeed))]
public sealed class SimulationSpeedTests
{
    [Fact]
    public void The_default_set_and_its_truth_take_less_than_five_seconds_of_processor_time()
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var simulation = new RetailSimulation(new SimulationOptions());
        Assert.NotEqual(0, simulation.Files().Sum(file => file.Content.Length));
        Assert.Equal(280, simulation.Truth.StoreDays.Count);
        process.Refresh();
        var taken = process.TotalProcessorTime - before;
        Assert.True(taken < TimeSpan.FromSeconds(5), $"{taken}");
    }
}

[CollectionDefinition(nameof(SimulationSpeed), DisableParallelization = true)]
public sealed class SimulationSpeed;
