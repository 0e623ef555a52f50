using System.Collections.Frozen;
using System.Reflection;

namespace RetailInsight.Api.Sessions;

/// <summary>The signed-in person of this request. <see cref="Stores"/> null is every store of the tenant.</summary>
internal sealed record SessionUser(
    string Login, string Tenant, string Role, FrozenSet<string>? Stores, string Language, string DisplayName)
{
    public bool MaySee(string store) => Stores is null || Stores.Contains(store);

    /// <summary>Lets a handler take the person as a parameter; the session check put it there.</summary>
    public static ValueTask<SessionUser?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult(context.Features.Get<SessionUser>());
}
