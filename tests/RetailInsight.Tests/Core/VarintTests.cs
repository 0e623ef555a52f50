using Google.Protobuf;
using RetailInsight.Core.Canon;

namespace RetailInsight.Tests.Core;

public sealed class VarintTests
{
    [Fact]
    public void Every_length_is_written_as_protobuf_writes_it()
    {
        for (var bits = 0; bits < 64; bits++)
        {
            foreach (var value in new[] { 1UL << bits, (1UL << bits) - 1, (1UL << bits) | 1, ulong.MaxValue >> bits })
            {
                var expected = new byte[Varint.Longest];
                using var output = new CodedOutputStream(expected);
                output.WriteUInt64(value);
                output.Flush();
                var length = CodedOutputStream.ComputeUInt64Size(value);
                var (quick, exact) = (new byte[Varint.Longest], new byte[length]);
                Assert.Equal((length, length, length), (Varint.SizeOf(value), Varint.Write(quick, value), Varint.WriteExactly(exact, value)));
                Assert.Equal(Convert.ToHexString(expected, 0, length), Convert.ToHexString(quick, 0, length));
                Assert.Equal(Convert.ToHexString(expected, 0, length), Convert.ToHexString(exact));
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(1, 2)]
    [InlineData(long.MaxValue, ulong.MaxValue - 1)]
    [InlineData(long.MinValue, ulong.MaxValue)]
    public void Small_numbers_of_either_sign_become_small_numbers(long value, ulong expected) => Assert.Equal(expected, Varint.ZigZag(value));
}
