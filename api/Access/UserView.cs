using System.ComponentModel;

namespace RetailInsight.Api.Access;

/// <summary>The answer of <c>GET /v1/users</c>, by login.</summary>
internal sealed record UserList(
    IReadOnlyList<UserView> Items,
    [property: Description("Send as cursor to read on; null on the last page.")] string? NextCursor);

/// <summary>A person of the tenant. Times are UTC.</summary>
internal sealed record UserView(
    string Login,
    string DisplayName,
    [property: Description("vendor, store_manager, area_manager, head_office, data_engineer or admin.")] string Role,
    [property: Description("The stores the person may see; null is every store.")] IReadOnlyList<string>? Stores,
    [property: Description("The vendor the person works for; null for people of the company.")] string? Vendor,
    [property: Description("ja or en.")] string Language,
    [property: Description("A disabled person cannot sign in.")] bool Disabled,
    [property: Description("Whether the person has chosen a password.")] bool HasPassword,
    DateTimeOffset CreatedAt,
    [property: Description("Rises with every change; the ETag.")] long Version);

/// <summary>A person to be made.</summary>
internal sealed record UserRequest(
    [property: Description("1 to 64 of a-z, 0-9, dot, dash and underscore. The login is this, @ and the tenant, so that no company can find out the logins of another.")] string Name,
    [property: Description("1 to 100 characters.")] string DisplayName,
    [property: Description("vendor, store_manager, area_manager, head_office, data_engineer or admin.")] string Role,
    [property: Description("Store codes; required for store and area managers, otherwise absent is every store.")] List<string>? Stores = null,
    [property: Description("Required for people of a vendor, and for them alone.")] string? Vendor = null,
    [property: Description("ja or en.")] string Language = "ja");

/// <summary>The person as it is to be from now on.</summary>
internal sealed record UserChange(
    [property: Description("1 to 100 characters.")] string DisplayName,
    [property: Description("vendor, store_manager, area_manager, head_office, data_engineer or admin.")] string Role,
    [property: Description("Store codes; required for store and area managers, otherwise absent is every store.")] List<string>? Stores = null,
    [property: Description("Required for people of a vendor, and for them alone.")] string? Vendor = null,
    [property: Description("ja or en.")] string Language = "ja",
    [property: Description("true shuts the person out; every session ends within seconds.")] bool Disabled = false);

/// <summary>A person and the token a first or new password is chosen with: the only time it is shown.</summary>
internal sealed record UserWithToken(
    UserView User,
    [property: Description("Hand it to the person. It works once, with POST /v1/session/password, and is stored nowhere.")] string OneTimeToken,
    DateTimeOffset TokenExpiresAt);
