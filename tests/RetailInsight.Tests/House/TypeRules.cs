using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using RetailInsight.Core.Canon;

namespace RetailInsight.Tests.House;

/// <summary>Rules read from the compiled types.</summary>
public sealed class TypeRules
{
    /// <summary>Asynchronous methods without a token of their own, each with its reason.</summary>
    private static readonly Dictionary<string, string> WithoutToken = new()
    {
        ["Step.RunAsync"] = "Shows the progress of work that already has its token.",
        ["SingleFlight`2.RunAsync"] = "The work is shared: one caller who leaves must not take it from the others.",
        ["Grouping`2.RunAsync"] = "The work is shared: one caller who leaves must not take it from the others.",
        ["IngestionLedger.OpenAsync"] = "A payload that is kept is landed even when its sender has gone.",
        ["LandingTransaction.LandAsync"] = "A payload that is kept is landed even when its sender has gone.",
        ["LandingTransaction.LandPartAsync"] = "Likewise.",
        ["PayloadConversion.LandAsync"] = "Likewise.",
        ["Reception.ReceiveAsync"] = "A payload that is whole is landed even when its sender has gone.",
        ["WhateverIsAccepted.WriteAsync"] = "The framework's interface has none; the request carries its own.",
        ["ResumableUpload.AbandonAsync"] = "Cleans up after a cancellation too; it has a time limit of its own.",
    };

    [Fact]
    public void Classes_are_sealed_static_or_abstract()
    {
        var open = Rooms.Types.Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract && !typeof(Delegate).IsAssignableFrom(type)).Select(type => type.FullName);
        Checkout.AssertNone(open);
    }

    [Fact]
    public void Records_of_the_canonical_schema_cannot_be_changed()
    {
        var types = Rooms.Types.Where(type => type.Namespace == typeof(Money).Namespace && (IsRecord(type) || type.IsValueType) && type.IsVisible && !type.IsEnum).ToList();
        Assert.True(types.Count > 5);
        var settable = types.SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(property => property.SetMethod is { IsPublic: true } set && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)))
            .Select(property => $"{property.DeclaringType!.Name}.{property.Name} can be set.");
        var collections = types.SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)).Where(property => IsMutable(property.PropertyType))
            .Select(property => $"{property.DeclaringType!.Name}.{property.Name} is a collection that can be changed.");
        var fields = types.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Instance)).Where(field => !field.IsInitOnly)
            .Select(field => $"{field.DeclaringType!.Name}.{field.Name} is a field that can be set.");
        Checkout.AssertNone(settable.Concat(collections).Concat(fields));
    }

    [Fact]
    public void Whatever_waits_takes_a_cancellation_token_last()
    {
        var offenders = Rooms.Types.Where(type => !typeof(Delegate).IsAssignableFrom(type))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => !method.IsPrivate && !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal) && IsAwaitable(method.ReturnType))
            .Where(method => method.DeclaringType!.Assembly.GetName().Name != "RetailInsight.GoogleFakes")
            .Where(method => method.Name != nameof(IAsyncDisposable.DisposeAsync) && !WithoutToken.ContainsKey($"{method.DeclaringType!.Name}.{method.Name}") && !HasToken(method))
            .Select(method => $"{method.DeclaringType!.FullName}.{method.Name}");
        Checkout.AssertNone(offenders);
    }

    [Fact]
    public void A_token_taken_is_passed_on() =>
        Assert.Contains("dotnet_diagnostic.CA2016.severity = error", Checkout.Read(".editorconfig"), StringComparison.Ordinal);

    [Fact]
    public void Public_types_are_documented()
    {
        // With the documentation file on, the compiler asks for every public type and member; warnings are errors.
        var properties = Checkout.Read("Directory.Build.props");
        Assert.Contains("<GenerateDocumentationFile>true<", properties, StringComparison.Ordinal);
        Assert.Contains("<TreatWarningsAsErrors>true<", properties, StringComparison.Ordinal);
        Assert.DoesNotContain(Checkout.Projects, project => Checkout.Read(project).Contains("1591", StringComparison.Ordinal)
            || Checkout.Read(project).Contains("<GenerateDocumentationFile>false", StringComparison.Ordinal));
        Assert.DoesNotContain(Checkout.Sources.Where(file => !file.StartsWith("tests/", StringComparison.Ordinal)),
            file => Checkout.Read(file).Contains("CS1591", StringComparison.Ordinal));
    }

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static bool IsMutable(Type type)
    {
        if (type == typeof(string) || !typeof(IEnumerable).IsAssignableFrom(type)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)))
        {
            return false;
        }

        return type.IsArray || type.GetInterfaces().Append(type).Any(one => one == typeof(IList) || one == typeof(IDictionary)
            || (one.IsGenericType && (one.GetGenericTypeDefinition() == typeof(ICollection<>))));
    }

    private static bool IsAwaitable(Type type) => typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ValueTask<>) || type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)));

    /// <summary>A request carries its token; values without end come after it.</summary>
    private static bool HasToken(MethodInfo method)
    {
        var parameters = method.GetParameters();
        var last = parameters.LastOrDefault(parameter => !parameter.IsDefined(typeof(ParamArrayAttribute)));
        return last?.ParameterType == typeof(CancellationToken) || parameters.Any(parameter => parameter.ParameterType == typeof(HttpContext));
    }
}
