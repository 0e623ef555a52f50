using System.ComponentModel;

namespace RetailInsight.Api.Annotations;

/// <summary>What somebody knows about a time: it stands beside figures and never changes one.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="Text">At most 200 characters; empty where the kind says all.</param>
/// <param name="Visibility">personal, store or chain.</param>
/// <param name="Store">The store it is about; null for the chain, or for a personal one about every store.</param>
/// <param name="Owner">Login of who wrote it.</param>
/// <param name="From">First business date.</param>
/// <param name="To">Last business date.</param>
/// <param name="FromHour">Hour on the first business date it begins, since its local midnight; null is whole days.</param>
/// <param name="ToHour">Hour on the last business date before which it ends.</param>
internal sealed record Annotation(Guid Id, string Kind, string Text, string Visibility, string? Store, string Owner, DateOnly From, DateOnly To, int? FromHour, int? ToHour)
{
    /// <summary>In the order of the form.</summary>
    public static readonly string[] Kinds = ["rain", "sale", "stock_taking", "event", "closed", "note"];

    /// <summary>The visibility of what only its owner sees.</summary>
    public const string Personal = "personal";

    public static readonly string[] Visibilities = [Personal, "store", "chain"];

    /// <summary>Whether it is about a business date.</summary>
    public bool IsOn(DateOnly date) => From <= date && date <= To;

    /// <summary>Whether it is about an hour of a business date.</summary>
    public bool IsIn(DateOnly date, int hour) => IsOn(date) && (FromHour is not { } first || ToHour is not { } end || ((date > From || hour >= first) && (date < To || hour < end)));
}

/// <summary>An annotation to be made, or as it is to be from now on.</summary>
internal sealed record AnnotationRequest(
    [property: Description("rain, sale, stock_taking, event, closed or note.")] string Kind,
    [property: Description("First business date, YYYY-MM-DD.")] string From,
    [property: Description("Last business date, YYYY-MM-DD; at most 400 days.")] string To,
    [property: Description("personal, store (store is wanted) or chain (head office and administrators).")] string Visibility,
    [property: Description("At most 200 characters; wanted for a note.")] string Text = "",
    [property: Description("Code of a store you may see.")] string? Store = null,
    [property: Description("0 to 47: hour of the first business date it begins. Absent is whole days.")] int? FromHour = null,
    [property: Description("1 to 48: hour of the last business date before which it ends.")] int? ToHour = null);

/// <summary>An annotation.</summary>
internal sealed record AnnotationView(
    string Id, string Kind, string Text, string Visibility, string? Store, string Owner, DateOnly From, DateOnly To, int? FromHour, int? ToHour,
    [property: Description("Whether you may change it.")] bool Yours)
{
    public static AnnotationView Of(Annotation one, Sessions.SessionUser user) => new(
        $"{one.Id:N}", one.Kind, one.Text, one.Visibility, one.Store, one.Owner, one.From, one.To, one.FromHour, one.ToHour, AnnotationRegister.MayChange(one, user));
}

/// <summary>Annotations by their first date.</summary>
internal sealed record AnnotationList(IReadOnlyList<AnnotationView> Items);
