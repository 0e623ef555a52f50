using System.Globalization;
using RetailInsight.GoogleFakes;

// dotnet run --project tests/GoogleFakes -- PORT DIRECTORY
var port = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9050;
await using var fake = await FakeGoogle.StartAsync(args.Length > 1 ? args[1] : Path.Combine(Path.GetTempPath(), "google-fakes"), port);
Console.WriteLine($"Fake Pub/Sub, Cloud Storage and BigQuery at {fake.Address}");
await fake.WaitForShutdownAsync();
