using RetailInsight.Api.Alerts;
using RetailInsight.Api.Annotations;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Pages;

/// <summary>Where pages read: figures, and what people and rules noted beside them.</summary>
/// <param name="scope">The datamart.</param>
/// <param name="annotations">What people wrote.</param>
/// <param name="incidents">What rules found.</param>
internal sealed class PageSource(TenantScope scope, AnnotationRegister annotations, IncidentRegister incidents)
{
    /// <summary>The datamart.</summary>
    public TenantScope Scope => scope;

    /// <summary>What people wrote.</summary>
    public AnnotationRegister Annotations => annotations;

    /// <summary>What rules found.</summary>
    public IncidentRegister Incidents => incidents;
}
