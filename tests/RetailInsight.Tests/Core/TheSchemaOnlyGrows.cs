using Google.Protobuf.Reflection;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Tests.House;

namespace RetailInsight.Tests.Core;

/// <summary>
/// Messages of every released version must stay readable: what <c>core/Canon/v1/released.txt</c> lists is still there under the
/// same number and type. A release adds its new lines to the file.
/// </summary>
public sealed class TheSchemaOnlyGrows
{
    private const string Released = "core/Canon/v1/released.txt";

    [Fact]
    public void Everything_that_was_released_is_still_there()
    {
        var now = Describe().ToHashSet();
        var released = Checkout.Read(Released).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(released);
        Assert.All(released, line => Assert.Contains(line, now));
    }

    [Fact]
    public void Everything_there_is_stands_in_the_list()
    {
        var released = Checkout.Read(Released).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var missing = Describe().Where(line => !released.Contains(line)).ToList();
        Assert.True(missing.Count == 0, $"Add to {Released}:\n{string.Join('\n', missing)}");
    }

    private static IEnumerable<string> Describe()
    {
        var file = EventBatchReflection.Descriptor;
        var fields = file.MessageTypes.SelectMany(message => message.Fields.InFieldNumberOrder()
            .Select(field => $"{message.Name}.{field.Name} = {field.FieldNumber} {(field.IsRepeated ? "repeated " : "")}{TypeOf(field)}"));
        var values = file.EnumTypes.SelectMany(type => type.Values.Select(value => $"{type.Name}.{value.Name} = {value.Number}"));
        return fields.Concat(values);
    }

    private static string TypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.Name,
        FieldType.Enum => field.EnumType.Name,
        var type => type.ToString().ToLowerInvariant(),
    };
}
