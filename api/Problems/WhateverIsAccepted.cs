namespace RetailInsight.Api.Problems;

/// <summary>Writes a problem also for a caller whose Accept header excludes JSON: what went wrong is said in any case, with type and code.</summary>
internal sealed class WhateverIsAccepted : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        context.HttpContext.Request.Headers.Accept = default;
        return context.HttpContext.RequestServices.GetServices<IProblemDetailsWriter>().First(writer => writer is not WhateverIsAccepted).WriteAsync(context);
    }
}
