using RetailInsight.IntegrationTests.Dags;
using RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>What the runtime calls before the program of a process that names this assembly as its startup hook.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        ChildWorker.RunIfAsked();
        PublishingWorker.RunIfAsked();
        WorkerProcess.RunIfAsked();
    }
}
