using Xunit.Abstractions;
using Xunit.Sdk;

namespace RetailInsight.IntegrationTests.PortContracts;

/// <summary>A test every adapter inherits; skipped in a class that <see cref="NeedsAttribute">needs</see> what is not here.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("RetailInsight.IntegrationTests.PortContracts.ContractFactDiscoverer", "RetailInsight.IntegrationTests")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>The same with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("RetailInsight.IntegrationTests.PortContracts.ContractTheoryDiscoverer", "RetailInsight.IntegrationTests")]
public sealed class ContractTheoryAttribute : TheoryAttribute;

/// <summary>On a class whose tests are skipped where something is not installed.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class NeedsAttribute : Attribute
{
    /// <summary>What is missing, in words; null when all is there.</summary>
    public abstract string? Missing { get; }

    internal static string? MissingFor(ITestMethod method) =>
        method.TestClass.Class.ToRuntimeType().GetCustomAttributes(typeof(NeedsAttribute), inherit: true).Cast<NeedsAttribute>()
            .Select(needs => needs.Missing).FirstOrDefault(missing => missing is not null);
}

/// <summary>Asks the concrete class before it makes a test case of an inherited method.</summary>
public sealed class ContractFactDiscoverer(IMessageSink diagnosticMessageSink) : FactDiscoverer(diagnosticMessageSink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        NeedsAttribute.MissingFor(testMethod) is null
            ? base.CreateTestCase(discoveryOptions, testMethod, factAttribute)
            : SkippedTestCase.Of(DiagnosticMessageSink, discoveryOptions, testMethod);
}

/// <summary>The same for tests with data; skipped as one.</summary>
public sealed class ContractTheoryDiscoverer(IMessageSink diagnosticMessageSink) : TheoryDiscoverer(diagnosticMessageSink)
{
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        NeedsAttribute.MissingFor(testMethod) is null
            ? base.Discover(discoveryOptions, testMethod, theoryAttribute)
            : [SkippedTestCase.Of(DiagnosticMessageSink, discoveryOptions, testMethod)];
}

/// <summary>A test that is not run because its class misses something.</summary>
public sealed class SkippedTestCase : XunitTestCase
{
    [Obsolete("For the runner, which makes it anew from its serialized form.", error: true)]
    public SkippedTestCase()
    {
    }

    private SkippedTestCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(sink, display, options, method)
    {
    }

    internal static SkippedTestCase Of(IMessageSink sink, ITestFrameworkDiscoveryOptions options, ITestMethod method) =>
        new(sink, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method);

    protected override string GetSkipReason(IAttributeInfo factAttribute) => NeedsAttribute.MissingFor(TestMethod) ?? base.GetSkipReason(factAttribute);
}
