namespace RetailInsight.IntegrationTests;

/// <summary>A test that runs a program of the Google CLI; skipped where it is not installed.</summary>
public sealed class GoogleCloudCliFactAttribute : FactAttribute
{
    /// <param name="program"><c>gcloud</c>, <c>bq</c> or <c>gsutil</c>.</param>
    public GoogleCloudCliFactAttribute(string program = "gcloud")
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program))))
        {
            Skip = $"'{program}' of the Google Cloud CLI is not on the PATH.";
        }
    }
}
