using System.Reflection;
using System.Runtime.CompilerServices;

namespace RetailInsight.Tests.House;

/// <summary>The product's assemblies and the types we wrote in them.</summary>
internal static class Rooms
{
    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        .. AppDomain.CurrentDomain.GetAssemblies().Concat(Directory.GetFiles(AppContext.BaseDirectory, "RetailInsight.*.dll").Select(Assembly.LoadFrom))
            .Where(assembly => assembly.GetName().Name is { } name && name.StartsWith("RetailInsight.", StringComparison.Ordinal) && !name.EndsWith("Tests", StringComparison.Ordinal))
            .DistinctBy(assembly => assembly.GetName().Name),
    ];

    /// <summary>Not the compiler's, nor protobuf's, nor another generator's.</summary>
    public static IEnumerable<Type> Types => Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(IsOurs);

    private static bool IsOurs(Type type)
    {
        for (Type? outer = type; outer is not null; outer = outer.DeclaringType)
        {
            if (outer.IsDefined(typeof(CompilerGeneratedAttribute)) || outer.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute)) || outer.Name.Contains('<', StringComparison.Ordinal)
                || typeof(Google.Protobuf.IMessage).IsAssignableFrom(outer))
            {
                return false;
            }
        }

        return type.Namespace?.StartsWith("RetailInsight", StringComparison.Ordinal) == true;
    }
}
