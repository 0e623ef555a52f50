using System.Reflection;
using System.Runtime.InteropServices;

namespace RetailInsight.Platform.Native;

/// <summary>Finds the native libraries the build puts beside the program. An assembly may have one resolver, so all bindings share this one.</summary>
internal static class NativeParts
{
    static NativeParts() => NativeLibrary.SetDllImportResolver(typeof(NativeParts).Assembly, Resolve);

    /// <summary>Every binding calls this from its static constructor.</summary>
    public static void Register()
    {
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        string file = OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
        return NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, "native", file), out nint library) ? library : 0;
    }
}
