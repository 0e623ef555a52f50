using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Health;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Gateway.Masters;
using RetailInsight.Gateway.Problems;
using RetailInsight.Gateway.Quarantine;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Gateway.Reconciliation;
using RetailInsight.Gateway.Resends;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway;

/// <summary>How the gateway writes JSON: snake_case, Japanese as it is, numbers as numbers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(ReceiptKeyList))]
[JsonSerializable(typeof(ProfileFindings))]
[JsonSerializable(typeof(List<Reason>))]
[JsonSerializable(typeof(List<MoneyTotal>))]
[JsonSerializable(typeof(QuarantinePage))]
[JsonSerializable(typeof(QuarantineItem))]
[JsonSerializable(typeof(CausePage))]
[JsonSerializable(typeof(ReasonList))]
[JsonSerializable(typeof(StateList))]
[JsonSerializable(typeof(ReplayScope))]
[JsonSerializable(typeof(ReplayView))]
[JsonSerializable(typeof(ReplayPage))]
[JsonSerializable(typeof(Dictionary<string, int>))]
[JsonSerializable(typeof(UnmappedPage))]
[JsonSerializable(typeof(MasterPush))]
[JsonSerializable(typeof(IReadOnlyList<MasterChange>))]
[JsonSerializable(typeof(WaitingPage))]
[JsonSerializable(typeof(ReconciliationPage))]
[JsonSerializable(typeof(StoreDayPage))]
[JsonSerializable(typeof(StoreDay))]
[JsonSerializable(typeof(DeclaredTaken))]
[JsonSerializable(typeof(IReadOnlyList<DeclaredStoreDay>))]
[JsonSerializable(typeof(IReadOnlyList<DeclaredTax>))]
[JsonSerializable(typeof(IReadOnlyList<Tender>))]
[JsonSerializable(typeof(FeedRequest))]
[JsonSerializable(typeof(FeedView))]
[JsonSerializable(typeof(FeedList))]
[JsonSerializable(typeof(Omission))]
[JsonSerializable(typeof(OmissionPage))]
[JsonSerializable(typeof(ProfileList))]
[JsonSerializable(typeof(StoreList))]
[JsonSerializable(typeof(HealthStatus))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class GatewayJson : JsonSerializerContext
{
    /// <summary>Like <see cref="Default"/>, without \u escapes for what needs none.</summary>
    public static GatewayJson Plain => Unescaped.Value;

    // A class of its own: the order of static initialisers over the parts of a partial class is not defined.
    private static class Unescaped
    {
        public static readonly GatewayJson Value = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
