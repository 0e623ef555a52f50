using RetailInsight.Cli;

return await RetailCommand.RunAsync(args, Surroundings.OfProcess(), CancellationToken.None);
