using System.CommandLine;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail store list</c>: the codes a vendor's own store codes are to be mapped to.</summary>
internal static class StoreCommand
{
    public static Command Create(CommandContext context)
    {
        var list = new Command("list", "List the tenant's stores the key may send figures of: code, name, time zone, begin of the business day.");
        context.OnRun(list, async (_, connection, client, report, cancellationToken) =>
        {
            var found = new List<(string Tenant, JsonElement Store)>();
            foreach (var (tenant, key) in connection.AllKeys())
            {
                var page = await GatewayCall.SendAsync(client, connection, key, HttpMethod.Get, "/v1/stores", null, cancellationToken);
                found.AddRange(Json.Members(page, "items").Select(store => (tenant ?? "", store)));
            }

            var stores = found.DistinctBy(one => (one.Tenant, Json.Cell(one.Store, "store"))).ToList();
            if (report.AsJson)
            {
                report.Document(new { Items = stores.Select(one => one.Store) });
            }
            else
            {
                report.Table(
                    ["Store", "Name", "Time zone", "Day begins"],
                    stores.Select(one => (string[])[Json.Cell(one.Store, "store"), Json.Cell(one.Store, "name"), Json.Cell(one.Store, "time_zone"), Json.Cell(one.Store, "day_begins")]));
            }

            return ExitCode.Done;
        });
        return new Command("store", "The tenant's stores.") { list };
    }
}
