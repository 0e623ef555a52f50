using System.Runtime.InteropServices;
using System.Text;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>UTF-8 of the strings of one chunk in memory that does not move; emptied for the next chunk.</summary>
internal sealed unsafe class StringArena : IDisposable
{
    private const int BlockSize = 256 * 1024;
    private const int MaxBytesPerChar = 3;
    private readonly List<nint> _full = [];
    private nint _block;
    private int _used;

    /// <summary>Writes a text as a vector's string.</summary>
    public void Write(string text, StringValue* target)
    {
        int most = checked(text.Length * MaxBytesPerChar);
        byte* place = Reserve(most);
        int length;
        fixed (char* characters = text)
        {
            length = text.Length == 0 ? 0 : Encoding.UTF8.GetBytes(characters, text.Length, place, most);
        }

        target->Length = (uint)length;
        if (length <= StringValue.InlineLength)
        {
            new Span<byte>(target->Inline, StringValue.InlineLength).Clear();
            new ReadOnlySpan<byte>(place, length).CopyTo(new Span<byte>(target->Inline, StringValue.InlineLength));
            return;
        }

        *(uint*)target->Inline = *(uint*)place;
        target->Pointer = place;
        if (most <= BlockSize)
        {
            _used += length;
        }
    }

    /// <summary>Forgets all strings.</summary>
    public void Clear()
    {
        _full.ForEach(block => NativeMemory.Free((void*)block));
        _full.Clear();
        _used = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        NativeMemory.Free((void*)_block);
        _block = 0;
    }

    private byte* Reserve(int bytes)
    {
        if (bytes > BlockSize)
        {
            _full.Add((nint)NativeMemory.Alloc((nuint)bytes));
            return (byte*)_full[^1];
        }

        if (_block == 0 || _used + bytes > BlockSize)
        {
            if (_block != 0)
            {
                _full.Add(_block);
            }

            _block = (nint)NativeMemory.Alloc(BlockSize);
            _used = 0;
        }

        return (byte*)_block + _used;
    }
}
