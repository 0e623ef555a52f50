using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace RetailInsight.Dags.Operations;

/// <summary>Says which parameter of an address cannot be read and what it takes: the framework itself refuses the request without a word.</summary>
internal static class TypedParameters
{
    private const string WholeNumber = "It must be a whole number.";
    private const string Date = "It must be an existing date as YYYY-MM-DD.";
    private const string YesOrNo = "It must be true or false.";

    /// <summary>Looks at the parameters of one endpoint; those that take any text are not looked at.</summary>
    public static EndpointFilterDelegate Filter(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        var parameters = endpoint.MethodInfo.GetParameters().Select(Typed.Of).OfType<Typed>().ToList();
        return parameters.Count == 0 ? next : invocation =>
        {
            var faults = parameters.Select(parameter => (parameter.Name, Fault: parameter.Fault(invocation.HttpContext))).Where(one => one.Fault is not null)
                .ToDictionary(one => one.Name, one => one.Fault!);
            return faults.Count == 0 ? next(invocation) : ValueTask.FromResult<object?>(OperationsProblem.Invalid(faults));
        };
    }

    private sealed record Typed(string Name, Type Type, bool Required)
    {
        public static Typed? Of(ParameterInfo parameter)
        {
            var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
            return type == typeof(int) || type == typeof(long) || type == typeof(bool) || type == typeof(DateOnly) || type == typeof(string)
                ? parameter.GetCustomAttribute<FromHeaderAttribute>() is not null ? null
                    : new Typed(parameter.GetCustomAttribute<FromQueryAttribute>()?.Name ?? parameter.Name!, type, !parameter.HasDefaultValue && Nullable.GetUnderlyingType(parameter.ParameterType) is null)
                : null;
        }

        // Read as the framework reads it, dates more strictly: it would take 1/2/2026 for a day of January.
        public string? Fault(HttpContext context)
        {
            var query = context.Request.Query[Name];
            var text = context.GetRouteValue(Name) as string ?? (query.Count == 0 ? null : query.ToString());
            return query.Count > 1 ? "It may be given once."
                : text is null ? Required ? $"It is missing. {Takes}".TrimEnd() : null
                : Type == typeof(int) && !int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? WholeNumber
                : Type == typeof(long) && !long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? WholeNumber
                : Type == typeof(bool) && !bool.TryParse(text, out _) ? YesOrNo
                : Type == typeof(DateOnly) && !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? Date : null;
        }

        private string Takes => Type == typeof(string) ? "" : Type == typeof(DateOnly) ? Date : Type == typeof(bool) ? YesOrNo : WholeNumber;
    }
}
