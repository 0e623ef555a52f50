using System.Runtime.InteropServices;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.OnnxRuntime;

/// <summary>Owns a session and the names of its inputs and outputs; both live until the last run over them has ended.</summary>
internal sealed class OnnxSessionHandle : SafeHandle
{
    /// <summary>Takes the session over.</summary>
    public OnnxSessionHandle(nint session)
        : base(0, ownsHandle: true)
    {
        Inputs = OrtApi.Specs(session, inputs: true);
        Outputs = OrtApi.Specs(session, inputs: false);
        InputNames = [.. Inputs.Select(spec => Marshal.StringToCoTaskMemUTF8(spec.Name))];
        OutputNames = [.. Outputs.Select(spec => Marshal.StringToCoTaskMemUTF8(spec.Name))];

        // Last: before that, whoever made the session still owns it.
        SetHandle(session);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>What the model takes.</summary>
    public TensorSpec[] Inputs { get; } = [];

    /// <summary>What it gives.</summary>
    public TensorSpec[] Outputs { get; } = [];

    /// <summary>Their names in UTF-8, ended by a 0.</summary>
    public nint[] InputNames { get; } = [];

    /// <summary>Likewise.</summary>
    public nint[] OutputNames { get; } = [];

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OrtApi.ReleaseSession(handle);
        foreach (var name in InputNames.Concat(OutputNames))
        {
            Marshal.FreeCoTaskMem(name);
        }

        return true;
    }
}
