using RetailInsight.Bench;

// Ratios measured in one run against named baselines: dotnet run -c Release --project tests/Bench
ConversionBench.Run(Console.Out);
