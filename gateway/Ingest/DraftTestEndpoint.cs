using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Problems;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Ingest;

/// <summary>
/// <c>POST /v1/profile-drafts/test</c>: a profile that is not published is tried on a file, with the tenant's stores and registers.
/// Nothing is written anywhere, and the draft is forgotten with the answer.
/// </summary>
internal sealed class DraftTestEndpoint(
    ProfileCatalog profiles, DraftIntake intake, StoreMaster master, DeviceRegister devices, TimeProvider clock, IOptions<GatewayOptions> options)
{
    // Apart from the room of pushes: whoever tries drafts takes nothing of theirs.
    private const int AtOnce = 2;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly FairRoom _room = new(AtOnce);

    /// <summary>Answers a try, 200 whatever is found in draft and file.</summary>
    /// <exception cref="TimeoutException">Others were trying drafts all the time.</exception>
    public async Task<IResult> TestAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var (taken, refusal) = await intake.TakeAsync(context, caller);
        if (taken is null)
        {
            return refusal!;
        }

        await using var _ = taken;
        Profile draft;
        try
        {
            draft = ProfileCatalog.Read("draft", TextOf(taken.Yaml));
        }
        catch (ProfileException exception)
        {
            return Answer(ProfileFindings.Of(exception, Convert.ToHexStringLower(taken.File.Sha256)));
        }

        using var place = await EnterAsync(caller, context.RequestAborted);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(options.Value.DraftSeconds));
        try
        {
            var file = Sandbox.Describe(caller, "", draft.Vendor, draft, taken.File, null, taken.ContentEncoding, clock.GetUtcNow());
            var converted = await ConvertAsync(file, draft, await taken.File.ReadAsync(patience.Token), patience.Token);
            return Answer(ProfileFindings.Of(new LandingWork(file, converted).Decide(new LandingDecision()).Receipt, converted));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "draft_too_slow",
                "Takes too long to be tried",
                FormattableString.Invariant($"Reading the file by the draft took more than {options.Value.DraftSeconds} seconds. Try a shorter file."));
        }
    }

    private static JsonHttpResult<ProfileFindings> Answer(ProfileFindings found) => TypedResults.Json(found, GatewayJson.Plain.ProfileFindings);

    private static string TextOf(byte[] yaml)
    {
        try
        {
            return Strict.GetString(yaml).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException exception)
        {
            var line = 1 + yaml.AsSpan(0, Math.Min(exception.Index, yaml.Length)).Count((byte)'\n');
            throw new ProfileException([new ProfileMistake("draft", "", line, ProfileMistakeKind.NotYaml, "a profile is UTF-8, and these bytes are none")]);
        }
    }

    private async Task<IDisposable> EnterAsync(Caller caller, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(options.Value.DraftSeconds));
        try
        {
            return await _room.EnterAsync(caller.Tenant, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("There was no room to try a draft.");
        }
    }

    private async Task<Conversion> ConvertAsync(Ingestion file, Profile draft, ReadOnlyMemory<byte> wire, CancellationToken cancellationToken)
    {
        var payload = wire;
        if (file.ContentEncoding == "gzip" && !Unpacking.Gunzip(wire, options.Value, cancellationToken).TryGet(out payload, out var unpackable))
        {
            return new Conversion { Unreadable = unpackable };
        }

        // A vendor nobody has published a profile of has no registers either; its name is not worth remembering.
        var vendor = profiles.All.Any(profile => profile.Vendor == draft.Vendor) ? draft.Vendor : "";
        var stores = await master.GetAsync(file.Tenant, vendor, DateTimeOffset.MinValue, cancellationToken);
        var context = new ConversionContext(file.Tenant, stores.Within(file.Stores), file.ReceivedAt) { UnpackLimit = options.Value.MaxArchiveBytes, Scrutiny = true };
        if (PictureGate.Watches(draft))
        {
            payload = PictureRemoval.Of(draft, payload).Payload;
            context = context with { Devices = (await devices.DirectoryAsync(file.Tenant, DateTimeOffset.MinValue, cancellationToken)).Directory };
        }

        return await Task.Run(() => Converter.Convert(draft, payload, context, cancellationToken), cancellationToken);
    }
}
