using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Access;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Annotations;

/// <summary><c>/v1/annotations</c>: what people know of a time, beside the figures.</summary>
internal static class AnnotationEndpoints
{
    /// <summary>Characters of a text.</summary>
    public const int LongestText = 200;

    private const int MostDays = 400;
    private const string Example = """{"kind":"rain","from":"2026-11-14","to":"2026-11-14","visibility":"store","store":"S01","text":"Heavy from noon","from_hour":12,"to_hour":18}""";

    public static void MapAnnotations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/annotations").WithTags("Annotations").RequireAuthorization(Permissions.Figures).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
        group.MapGet("", ListAsync).WithName("listAnnotations").WithSummary("Annotations that touch a period, by their first date; at most 500.").Produces<AnnotationList>().ProducesProblem(400).ProducesProblem(404);
        group.MapPost("", CreateAsync).WithName("createAnnotation").WithSummary("Write one.").Produces<AnnotationView>(201).ProducesProblem(400).ProducesProblem(409)
            .WithMetadata(new CountedCall()).WithIdempotencyKey().WithBodyExample(Example);
        group.MapGet("/{annotationId}", FindAsync).WithName("getAnnotation").WithSummary("One annotation.").Produces<AnnotationView>().ProducesProblem(404);
        group.MapPut("/{annotationId}", UpdateAsync).WithName("updateAnnotation").WithSummary("Change one you wrote; head office those others see too.")
            .Produces<AnnotationView>().ProducesProblem(400).ProducesProblem(404).WithMetadata(new CountedCall()).WithBodyExample(Example);
        group.MapDelete("/{annotationId}", RemoveAsync).WithName("removeAnnotation").WithSummary("Take one away.").Produces(204).ProducesProblem(404);
    }

    /// <summary>The annotation as it was written, or null with what is wrong in <paramref name="faults"/>.</summary>
    public static Annotation? Read(AnnotationRequest request, SessionUser user, IReadOnlySet<string> visible, List<ParameterFault> faults)
    {
        OneOf(request.Kind, "kind", Annotation.Kinds, faults);
        OneOf(request.Visibility, "visibility", Annotation.Visibilities, faults);
        if (request.Text.Trim().Length > LongestText || !AlertRuleReader.IsText(request.Text) || (request.Kind == "note" && request.Text.Trim().Length == 0))
        {
            faults.Add(new("text", $"has at most {LongestText} characters and no control characters; a note has at least one."));
        }

        var (from, to) = (Date(request.From, "from", faults), Date(request.To, "to", faults));
        if (to < from || to.DayNumber - from.DayNumber >= MostDays)
        {
            faults.Add(new("to", $"must not be before from, and at most {MostDays} days are annotated at once."));
        }

        if (request.FromHour is < 0 or > 47 || request.ToHour is < 1 or > 48 || request.FromHour is null != request.ToHour is null || (from == to && request.FromHour >= request.ToHour))
        {
            faults.Add(new("from_hour", "0 to 47, together with to_hour, 1 to 48 and later."));
        }

        if (request.Visibility switch { "store" => request.Store is null, "chain" => request.Store is not null, _ => false } || (request.Store is { } code && !visible.Contains(code)))
        {
            faults.Add(new("store", "is a store you may see, wanted for visibility store and left away for chain."));
        }

        return faults.Count > 0 ? null : new Annotation(default, request.Kind, request.Text.Trim(), request.Visibility, request.Store, user.Login, from, to, request.FromHour, request.ToHour);
    }

    /// <summary>The id of an annotation as an address has it; null for anything else.</summary>
    public static Guid? Id(string text) => Guid.TryParseExact(text, "N", out var id) ? id : null;

    /// <summary>The address of an annotation.</summary>
    public static string Location(Annotation one) => $"/v1/annotations/{one.Id:N}";

    /// <summary>Whether a person may write for everybody.</summary>
    public static bool MayWrite(Annotation draft, SessionUser user) => draft.Visibility != "chain" || AlertRule.MayMakeForChain(user);

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionUser user, TenantScope scope, AnnotationRegister register, CancellationToken cancellationToken,
        [Description("First business date, YYYY-MM-DD.")] string from = "",
        [Description("Last business date, YYYY-MM-DD.")] string to = "",
        [Description("Only those about this store, and about every store.")] string? store = null)
    {
        var query = new QueryParameters(context, nameof(from), nameof(to), nameof(store));
        var (first, last) = query.Period();
        var code = query.Text(nameof(store));
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (code is not null && !(await VisibleAsync(scope, user, cancellationToken)).Contains(code))
        {
            return ApiProblem.StoreUnknown(code);
        }

        var found = await register.ListAsync(user, code is null ? null : [code], first, last, cancellationToken);
        return TypedResults.Ok(new AnnotationList([.. found.Select(one => AnnotationView.Of(one, user))]));
    }

    private static async Task<IResult> FindAsync(string annotationId, SessionUser user, AnnotationRegister register, CancellationToken cancellationToken) =>
        Id(annotationId) is { } id && await register.FindAsync(user, id, cancellationToken) is { } found ? TypedResults.Ok(AnnotationView.Of(found, user)) : Unknown();

    private static async Task<IResult> CreateAsync(
        AnnotationRequest body, HttpContext context, SessionUser user, TenantScope scope, AnnotationRegister register, CancellationToken cancellationToken)
    {
        var faults = new List<ParameterFault>();
        if (Read(body, user, await VisibleAsync(scope, user, cancellationToken), faults) is not { } draft)
        {
            return ApiProblem.Parameters(faults);
        }

        return !MayWrite(draft, user) ? NotYours()
            : await register.CreateAsync(context, user, draft, cancellationToken) is { } made ? TypedResults.Created(Location(made), AnnotationView.Of(made, user))
            : Results.Problem(ApiProblem.Create(409, "annotation-limit", "Too many annotations", $"A person has at most {AnnotationRegister.MostOfPerson}. Remove old ones first."));
    }

    private static async Task<IResult> UpdateAsync(
        string annotationId, AnnotationRequest body, HttpContext context, SessionUser user, TenantScope scope, AnnotationRegister register, CancellationToken cancellationToken)
    {
        if (Id(annotationId) is not { } id || await register.FindAsync(user, id, cancellationToken) is not { } before)
        {
            return Unknown();
        }

        var faults = new List<ParameterFault>();
        return !AnnotationRegister.MayChange(before, user) ? NotYours()
            : Read(body, user, await VisibleAsync(scope, user, cancellationToken), faults) is not { } draft ? ApiProblem.Parameters(faults)
            : !MayWrite(draft, user) ? NotYours()
            : await register.UpdateAsync(context, user, id, draft, cancellationToken) is { } now ? TypedResults.Ok(AnnotationView.Of(now, user)) : Unknown();
    }

    private static async Task<IResult> RemoveAsync(string annotationId, HttpContext context, SessionUser user, AnnotationRegister register, CancellationToken cancellationToken) =>
        Id(annotationId) is not { } id || await register.FindAsync(user, id, cancellationToken) is not { } before ? Unknown()
            : !AnnotationRegister.MayChange(before, user) ? NotYours()
            : await register.RemoveAsync(context, user, id, cancellationToken) ? TypedResults.NoContent() : Unknown();

    private static Task<HashSet<string>> VisibleAsync(TenantScope scope, SessionUser user, CancellationToken cancellationToken) =>
        scope.ReadAsync(user.Tenant, async (read, token) => (await read.StoresAsync(user, token)).Select(store => store.Code).ToHashSet(), cancellationToken);

    private static void OneOf(string value, string name, string[] words, List<ParameterFault> faults)
    {
        if (!words.Contains(value))
        {
            faults.Add(new(name, $"must be one of {string.Join(", ", words)}."));
        }
    }

    // The first and last years of the calendar have no days beside them to draw.
    private static DateOnly Date(string text, string name, List<ParameterFault> faults)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1900 and <= 9998)
        {
            return date;
        }

        faults.Add(new(name, "must be an existing date as YYYY-MM-DD."));
        return default;
    }

    private static IResult Unknown() => Results.Problem(ApiProblem.Create(404, "annotation-unknown", "Annotation not found", "There is no annotation of that id."));

    private static IResult NotYours() => Results.Problem(ApiProblem.Create(
        403, "annotation-of-others", "Not yours to write", "Annotations of the chain are written by head office and administrators, and others are changed by who wrote them."));
}
