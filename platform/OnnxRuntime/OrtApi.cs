using System.Runtime.InteropServices;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native;

namespace RetailInsight.Platform.OnnxRuntime;

/// <summary>
/// ONNX Runtime's C API, as far as it is used: one exported function leads to a table of function pointers that only ever grows, so a slot keeps
/// its number. Slots are counted from the public order of <c>OrtApi</c>. Every call answers a status, null when all is well.
/// </summary>
internal static unsafe partial class OrtApi
{
    private const string Library = "onnxruntime";
    private const uint Version = 17;

    // Every failure comes back as a status as well; written to the console it would be said twice.
    private const int LogFatalOnly = 4;

    private static readonly Lazy<nint> Table = new(Open);
    private static readonly Lazy<nint> Environment = new(CreateEnvironment);
    private static readonly Lazy<nint> MainMemory = new(CreateMainMemory);

    static OrtApi() => NativeParts.Register();

    /// <summary>Numbers of the functions in the table.</summary>
    private enum Slot
    {
        GetErrorMessage = 2,
        CreateEnv = 3,
        CreateSessionFromArray = 8,
        Run = 9,
        CreateSessionOptions = 10,
        SetSessionGraphOptimizationLevel = 23,
        SetIntraOpNumThreads = 24,
        SetInterOpNumThreads = 25,
        SessionGetInputCount = 30,
        SessionGetOutputCount = 31,
        SessionGetInputTypeInfo = 33,
        SessionGetOutputTypeInfo = 34,
        SessionGetInputName = 36,
        SessionGetOutputName = 37,
        CreateRunOptions = 39,
        RunOptionsSetTerminate = 46,
        CreateTensorWithDataAsOrtValue = 49,
        CastTypeInfoToTensorInfo = 55,
        GetTensorElementType = 60,
        GetDimensionsCount = 61,
        GetDimensions = 62,
        CreateCpuMemoryInfo = 69,
        AllocatorFree = 76,
        GetAllocatorWithDefaultOptions = 78,
        ReleaseStatus = 93,
        ReleaseSession = 95,
        ReleaseValue = 96,
        ReleaseRunOptions = 97,
        ReleaseTypeInfo = 98,
        ReleaseSessionOptions = 100,
    }

    /// <summary>Version of the library, such as 1.30.0.</summary>
    /// <exception cref="ModelRuntimeException">The library is not there.</exception>
    public static Version RuntimeVersion()
    {
        _ = Table.Value;
        var text = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged[Cdecl]<byte*>)OrtGetApiBase()[1])()) ?? "";
        return System.Version.TryParse(text.Split('-')[0], out var version) ? version : throw new ModelRuntimeException($"ONNX Runtime calls its version '{text}'.");
    }

    /// <summary>A session over a model in memory; the bytes are not needed any more when it returns.</summary>
    /// <exception cref="ModelRuntimeException">The model is refused, or the library is not there.</exception>
    public static nint CreateSession(ReadOnlySpan<byte> model, int threads)
    {
        nint options = 0;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint>)At(Slot.CreateSessionOptions))(&options));
        try
        {
            const int EveryOptimization = 99;
            Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)At(Slot.SetSessionGraphOptimizationLevel))(options, EveryOptimization));
            Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)At(Slot.SetIntraOpNumThreads))(options, threads));
            Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)At(Slot.SetInterOpNumThreads))(options, 1));
            nint session = 0;
            fixed (byte* bytes = model)
            {
                Check(((delegate* unmanaged[Cdecl]<nint, byte*, nuint, nint, nint*, nint>)At(Slot.CreateSessionFromArray))(
                    Environment.Value, bytes, (nuint)model.Length, options, &session));
            }

            return session;
        }
        finally
        {
            Release(Slot.ReleaseSessionOptions, options);
        }
    }

    /// <summary>Inputs or outputs of a session.</summary>
    public static TensorSpec[] Specs(nint session, bool inputs)
    {
        nuint count = 0;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)At(inputs ? Slot.SessionGetInputCount : Slot.SessionGetOutputCount))(session, &count));
        var specs = new TensorSpec[(int)count];
        for (nuint i = 0; i < count; i++)
        {
            specs[i] = Spec(session, i, inputs);
        }

        return specs;
    }

    /// <summary>Runs a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="options">Of the run; 0 for none.</param>
    /// <param name="inputNames">UTF-8, ended by a 0.</param>
    /// <param name="inputs">Values of <see cref="CreateTensor"/>.</param>
    /// <param name="outputNames">UTF-8, ended by a 0.</param>
    /// <param name="outputs">Values that receive.</param>
    /// <returns>What went wrong; null when nothing did.</returns>
    public static string? Run(nint session, nint options, nint[] inputNames, ReadOnlySpan<nint> inputs, nint[] outputNames, Span<nint> outputs)
    {
        fixed (nint* names = inputNames, values = inputs, namesOut = outputNames, valuesOut = outputs)
        {
            var status = ((delegate* unmanaged[Cdecl]<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)At(Slot.Run))(
                session, options, names, values, (nuint)inputs.Length, namesOut, (nuint)outputs.Length, valuesOut);
            return status == 0 ? null : MessageOf(status);
        }
    }

    /// <summary>A tensor over memory that stays where it is until the value is released.</summary>
    public static nint CreateTensor(nint data, long bytes, long[] shape, TensorElement element)
    {
        nint value = 0;
        fixed (long* sizes = shape)
        {
            Check(((delegate* unmanaged[Cdecl]<nint, nint, nuint, long*, nuint, int, nint*, nint>)At(Slot.CreateTensorWithDataAsOrtValue))(
                MainMemory.Value, data, (nuint)bytes, sizes, (nuint)shape.Length, (int)element, &value));
        }

        return value;
    }

    /// <summary>Options of one run.</summary>
    public static nint CreateRunOptions()
    {
        nint options = 0;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint>)At(Slot.CreateRunOptions))(&options));
        return options;
    }

    /// <summary>Asks the run with these options to end; from any thread.</summary>
    public static void Terminate(nint options) => Check(((delegate* unmanaged[Cdecl]<nint, nint>)At(Slot.RunOptionsSetTerminate))(options));

    /// <summary>Frees a session.</summary>
    public static void ReleaseSession(nint session) => Release(Slot.ReleaseSession, session);

    /// <summary>Frees a value, not the memory it lies over.</summary>
    public static void ReleaseValue(nint value) => Release(Slot.ReleaseValue, value);

    /// <summary>Frees the options of a run.</summary>
    public static void ReleaseRunOptions(nint options) => Release(Slot.ReleaseRunOptions, options);

    [LibraryImport(Library)]
    private static partial nint* OrtGetApiBase();

    private static nint At(Slot slot) => ((nint*)Table.Value)[(int)slot];

    private static nint Open()
    {
        try
        {
            var table = ((delegate* unmanaged[Cdecl]<uint, nint>)OrtGetApiBase()[0])(Version);
            return table != 0 ? table : throw new ModelRuntimeException($"This ONNX Runtime does not know version {Version} of its C API; it is too old.");
        }
        catch (DllNotFoundException)
        {
            throw new ModelRuntimeException("ONNX Runtime is not beside this program. Build it with -p:WithOnnxRuntime=true, which fetches 113 MB once.") { IsAbsent = true };
        }
    }

    private static nint CreateEnvironment()
    {
        nint environment = 0;
        fixed (byte* name = "retailinsight\0"u8)
        {
            Check(((delegate* unmanaged[Cdecl]<int, byte*, nint*, nint>)At(Slot.CreateEnv))(LogFatalOnly, name, &environment));
        }

        return environment;
    }

    private static nint CreateMainMemory()
    {
        const int ArenaAllocator = 1;
        const int DefaultMemory = 0;
        nint memory = 0;
        Check(((delegate* unmanaged[Cdecl]<int, int, nint*, nint>)At(Slot.CreateCpuMemoryInfo))(ArenaAllocator, DefaultMemory, &memory));
        return memory;
    }

    private static TensorSpec Spec(nint session, nuint index, bool input)
    {
        nint type = 0;
        nint tensor = 0;
        int element = 0;
        nuint rank = 0;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)At(input ? Slot.SessionGetInputTypeInfo : Slot.SessionGetOutputTypeInfo))(session, index, &type));
        try
        {
            Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)At(Slot.CastTypeInfoToTensorInfo))(type, &tensor));
            var name = Name(session, index, input);
            if (tensor == 0)
            {
                throw new ModelRuntimeException($"'{name}' of the model is no tensor.");
            }

            Check(((delegate* unmanaged[Cdecl]<nint, int*, nint>)At(Slot.GetTensorElementType))(tensor, &element));
            Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)At(Slot.GetDimensionsCount))(tensor, &rank));
            var shape = new long[(int)rank];
            fixed (long* sizes = shape)
            {
                Check(((delegate* unmanaged[Cdecl]<nint, long*, nuint, nint>)At(Slot.GetDimensions))(tensor, sizes, rank));
            }

            return Enum.IsDefined((TensorElement)element)
                ? new TensorSpec(name, (TensorElement)element, shape)
                : throw new ModelRuntimeException($"'{name}' of the model has elements of ONNX type {element}; float, double and int64 can be used.");
        }
        finally
        {
            Release(Slot.ReleaseTypeInfo, type);
        }
    }

    private static string Name(nint session, nuint index, bool input)
    {
        nint allocator = 0;
        nint name = 0;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint>)At(Slot.GetAllocatorWithDefaultOptions))(&allocator));
        Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint, nint*, nint>)At(input ? Slot.SessionGetInputName : Slot.SessionGetOutputName))(session, index, allocator, &name));
        try
        {
            return Marshal.PtrToStringUTF8(name) ?? "";
        }
        finally
        {
            Check(((delegate* unmanaged[Cdecl]<nint, nint, nint>)At(Slot.AllocatorFree))(allocator, name));
        }
    }

    private static void Check(nint status)
    {
        if (status != 0)
        {
            throw new ModelRuntimeException(MessageOf(status));
        }
    }

    private static string MessageOf(nint status)
    {
        var message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged[Cdecl]<nint, byte*>)At(Slot.GetErrorMessage))(status))?.Trim() ?? "ONNX Runtime gave no reason.";
        Release(Slot.ReleaseStatus, status);
        return message;
    }

    private static void Release(Slot slot, nint handle)
    {
        if (handle != 0)
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)At(slot))(handle);
        }
    }
}
