using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Access;

/// <summary><c>/v1/users</c>: head office and administrators make people of their own company, give them rights and shut them out.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/users").WithTags("People").RequireAuthorization(Permissions.People)
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
        group.MapGet("", ListAsync).WithName("listUsers").WithSummary("The people of the company, by login.").Produces<UserList>();
        group.MapGet("/{login}", GetAsync).WithName("getUser").WithSummary("One person. The ETag is wanted to change it.").Produces<UserView>().ProducesProblem(404);
        group.MapPost("", CreateAsync).WithName("createUser").WithSummary("Make a person. The answer shows the one-time token for the first password, this once.")
            .Produces<UserWithToken>(201).ProducesProblem(409).ProducesProblem(415).WithIdempotencyKey(showsSecret: true);
        group.MapPut("/{login}", ChangeAsync).WithName("changeUser").WithSummary("Set name, role, stores and whether the person is shut out. Wants If-Match; sessions under other rights end within seconds.")
            .Produces<UserView>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(412).ProducesProblem(415).ProducesProblem(428);
        group.MapPost("/{login}/password-reset", ResetAsync).WithName("resetPassword")
            .WithSummary("Take the password away and show a one-time token to choose another with. Ends every session.").Produces<UserWithToken>().ProducesProblem(404).WithIdempotencyKey(showsSecret: true);
        group.MapPost("/{login}/sign-out", SignOutAsync).WithName("signOutUser").WithSummary("End every session of a person within seconds.").Produces<UserView>().ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionUser user, UserRegister people, CancellationToken cancellationToken,
        [Description("The next_cursor of the page before.")] string? cursor = null,
        [Description("Items a page, 1 to 1000; default 100.")] string? limit = null)
    {
        var query = new QueryParameters(context, nameof(cursor), nameof(limit));
        var size = query.Limit();
        if (query.Problem is { } problem)
        {
            return problem;
        }

        var found = await people.ListAsync(user, Audit.AuditEntry.Storable(query.Text(nameof(cursor)) ?? ""), size + 1, cancellationToken);
        return TypedResults.Ok(new UserList([.. found.Take(size)], found.Count > size ? found[size - 1].Login : null));
    }

    private static async Task<IResult> GetAsync(string login, HttpContext context, SessionUser user, UserRegister people, CancellationToken cancellationToken) =>
        await people.FindAsync(user, login, cancellationToken) is { } found ? Tagged(context, found) : ApiProblem.UserUnknown();

    private static async Task<IResult> CreateAsync(UserRequest body, HttpContext context, SessionUser user, UserRegister people, CancellationToken cancellationToken)
    {
        var faults = await UserRules.FaultsAsync(user, people, body, cancellationToken);

        return faults.Count > 0 ? ApiProblem.Parameters(faults)
            : !Permissions.MayManage(user.Role, body.Role) ? ApiProblem.RoleAboveYours()
            : await people.CreateAsync(context, user, body, cancellationToken) is { } made ? TypedResults.Created($"/v1/users/{made.User.Login}", made)
            : ApiProblem.UserConflict("There is a person of that login. Choose another name.");
    }

    private static async Task<IResult> ChangeAsync(
        string login, UserChange body, HttpContext context, SessionUser user, UserRegister people, UserDirectory users, CancellationToken cancellationToken)
    {
        if (await people.FindAsync(user, login, cancellationToken) is not { } before)
        {
            return ApiProblem.UserUnknown();
        }

        var expected = context.Request.Headers.IfMatch.ToString();
        if (expected.Length == 0)
        {
            return ApiProblem.PreconditionMissing();
        }

        var faults = await UserRules.FaultsAsync(user, people, body, cancellationToken);
        if (faults.Count > 0)
        {
            return ApiProblem.Parameters(faults);
        }

        if (!Permissions.MayManage(user.Role, before.Role) || !Permissions.MayManage(user.Role, body.Role))
        {
            return ApiProblem.RoleAboveYours();
        }

        if (UserRules.ShutsOutOneself(user, before, body))
        {
            return ApiProblem.UserConflict("Nobody shuts out or changes the role of the own person: somebody else has to do it.");
        }

        if (expected != Tag(before) || await people.ChangeAsync(context, user, before, body, cancellationToken) is not { } now)
        {
            return ApiProblem.PreconditionFailed();
        }

        users.Forget(now.Login);
        return Tagged(context, now);
    }

    private static async Task<IResult> ResetAsync(string login, HttpContext context, SessionUser user, UserRegister people, UserDirectory users, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(login, user, people, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var reset = await people.ResetAsync(context, user, login, cancellationToken);
        users.Forget(login);
        return reset is null ? ApiProblem.UserUnknown() : TypedResults.Ok(reset);
    }

    private static async Task<IResult> SignOutAsync(string login, HttpContext context, SessionUser user, UserRegister people, UserDirectory users, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(login, user, people, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var now = await people.SignOutAsync(context, user, login, cancellationToken);
        users.Forget(login);
        return now is null ? ApiProblem.UserUnknown() : TypedResults.Ok(now);
    }

    private static async Task<IResult?> RefusalAsync(string login, SessionUser user, UserRegister people, CancellationToken cancellationToken) =>
        await people.FindAsync(user, login, cancellationToken) is not { } found ? ApiProblem.UserUnknown()
        : Permissions.MayManage(user.Role, found.Role) ? null
        : ApiProblem.RoleAboveYours();

    private static string Tag(UserView user) => string.Create(CultureInfo.InvariantCulture, $"\"{user.Version}\"");

    private static Microsoft.AspNetCore.Http.HttpResults.Ok<UserView> Tagged(HttpContext context, UserView user)
    {
        context.Response.Headers.ETag = Tag(user);
        return TypedResults.Ok(user);
    }
}
