using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Ingest;

/// <summary>
/// Answers payloads pushed with a test key as a live key would be answered on an empty ledger: converted by the feed's profile
/// and the tenant's masters, decided against nothing that landed before, receipt signed. Neither the lake, the ledger, the
/// identities nor the bus hear of it; only the receipt is kept for a while, so that the same bytes get the same one.
/// </summary>
internal sealed class Sandbox(
    PayloadConversion conversion,
    ReceiptSigningKeys signingKeys,
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database,
    TimeProvider clock,
    IOptions<GatewayOptions> options)
{
    /// <summary>The id of a payload's receipt in the sandbox: another one than the same bytes have outside.</summary>
    public static Guid IdOf(string tenant, string feed, byte[] sha256, string contentEncoding, string? device) =>
        Id128.FromParts("sandbox", tenant, feed, Convert.ToHexStringLower(sha256), contentEncoding).ToGuid();

    /// <summary>Answers a payload of at most <see cref="GatewayOptions.TryOutBytes"/>.</summary>
    /// <returns>The payload with its outcome, and whether the same bytes had been answered before.</returns>
    public async Task<(Ingestion Ingestion, bool Replay)> ReceiveAsync(
        Caller caller, Feed feed, Profile profile, Payload payload, string? fileName, string contentEncoding, CancellationToken cancellationToken)
    {
        var ingestion = Describe(caller, feed.Id, feed.Vendor, profile, payload, fileName, contentEncoding, clock.GetUtcNow());
        if (await ReadAsync(caller.Tenant, ingestion.Id, [feed.Id], cancellationToken) is { } known)
        {
            return (ingestion with { State = known.State, Answer = known.Answer }, true);
        }

        var decided = new LandingWork(ingestion, await conversion.TryOutAsync(ingestion, await payload.ReadAsync(cancellationToken), scrutiny: false, cancellationToken))
            .Decide(new LandingDecision());
        var signingKey = await signingKeys.CurrentAsync(cancellationToken);
        var answer = signingKey.Sign(ReceiptDraft.Json(decided.Receipt with { Sandbox = true }));
        await KeepAsync(ingestion, decided.Receipt.State, answer, cancellationToken);

        // Of two at once the first to be kept is the answer of both.
        var kept = await ReadAsync(caller.Tenant, ingestion.Id, [feed.Id], cancellationToken) ?? (decided.Receipt.State, answer);
        return (ingestion with { State = kept.State, Answer = kept.Answer }, kept.Answer != answer);
    }

    /// <summary>A receipt of the sandbox as it was answered, or null when there is none of that id for the caller.</summary>
    public async Task<string?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync(caller.Tenant, id, caller.Feeds, cancellationToken))?.Answer;

    /// <summary>A payload as the conversion wants to have it described; it stands in no ledger.</summary>
    public static Ingestion Describe(
        Caller caller, string feed, string vendor, Profile profile, Payload payload, string? fileName, string contentEncoding, DateTimeOffset now) => new()
        {
            Id = IdOf(caller.Tenant, feed, payload.Sha256, payload.Sent?.ContentEncoding ?? contentEncoding, caller.Device),
            Tenant = caller.Tenant,
            Feed = feed,
            Vendor = vendor,
            Profile = profile.Id,
            ProfileVersion = profile.Version,
            Stores = caller.Stores,
            FileName = fileName,
            ContentEncoding = contentEncoding,
            Sha256 = payload.Sha256,
            Raw = new LakePointer("", 0, payload.Length),
            Sent = payload.Sent?.Length,
            Removed = payload.Removed,
            Device = caller.Device,
            Equipment = caller.Equipment,
            ReceivedAt = new DateTimeOffset(now.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero),
        };

    private async Task<(string State, string Answer)?> ReadAsync(string tenant, Guid id, string[] feeds, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT state, answer FROM gateway.sandbox_receipt WHERE tenant = $1 AND id = $2 AND feed = ANY($3) AND expires_at > $4");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = feeds });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetString(1)) : null;
    }

    private async Task KeepAsync(Ingestion ingestion, string state, string answer, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("DELETE FROM gateway.sandbox_receipt WHERE tenant = $1 AND expires_at <= $2")
        {
            Parameters = { new() { Value = ingestion.Tenant }, new() { Value = now } },
        });
        batch.BatchCommands.Add(new(
            "INSERT INTO gateway.sandbox_receipt (tenant, id, feed, state, answer, expires_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING")
        {
            Parameters =
            {
                new() { Value = ingestion.Tenant }, new() { Value = ingestion.Id }, new() { Value = ingestion.Feed }, new() { Value = state },
                new() { Value = answer }, new() { Value = now.AddHours(options.Value.SandboxHours) },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
