using RetailInsight.Profiles.Json;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads what a profile says about records that are one row each: counts, assignments and declared totals.</summary>
internal sealed class RecordProfileReader(YamlMap root, Container container, NumberStyle numbers, BindingReader bindings, FeedContent content)
{
    private static readonly string[] IdentityFields =
        [CanonicalFields.Store, CanonicalFields.Device, CanonicalFields.CountingLine, CanonicalFields.From, CanonicalFields.To, CanonicalFields.At];

    public ProfileDefinition Read()
    {
        if (content == FeedContent.DeclaredTotals)
        {
            return new DeclaredProfileReader(root, container, numbers, bindings).Read(RecordsPath());
        }

        return content == FeedContent.PeopleCounts ? ReadCounts() : ReadAssignments();
    }

    private ProfileDefinition ReadCounts()
    {
        var counts = new CountProfileReader(root, bindings);
        var record = root.RequiredMap("record");
        var lines = counts.Lines(record);
        var head = bindings.Section(record, CanonicalFields.PeopleCount);
        var definition = Of(head) with
        {
            Counts = counts.Read(lines, head),
            Identity = root.Has("identity") ? SharedRules.Identity(root, head, IdentityFields, IdentityFields[1..]) : [CanonicalFields.Device, CanonicalFields.CountingLine, CanonicalFields.From, CanonicalFields.To],
            Store = SharedRules.Store(root, head, ofDevices: true),
        };
        if (definition is { IsNested: true, Container.Format: not ContainerFormat.Json } || (definition.IsNested && definition.Bindings.Any(binding => binding.Root == PathRoot.Payload)))
        {
            root.Error("record", "what stands around a record of a JSON feed is '^.name', of the next object around that '^.^.name'");
        }

        if (definition is { Counts.Form: CountForm.Cumulative, Store.Rule: not StoreRule.Device })
        {
            root.Error("store", "running counters are those of enrolled devices: 'by: device'");
        }

        return definition;
    }

    private ProfileDefinition ReadAssignments() => Of(bindings.Section(root.RequiredMap("record"), CanonicalFields.PosAssignment));

    private ProfileDefinition Of(IReadOnlyDictionary<string, Binding> head) => new()
    {
        Container = container,
        Numbers = numbers,
        Currency = "",
        Head = head,
        Line = new Dictionary<string, Binding>(),
        Bindings = bindings.All,
        RecordsPath = RecordsPath(),
        Identity = [],
        BusinessDate = BusinessDateRule.CutOver,
    };

    private string[] RecordsPath()
    {
        if (container.IsRows || container.Format == ContainerFormat.Ndjson)
        {
            return [];
        }

        if (container.Format == ContainerFormat.Files)
        {
            root.Error("container", "an archive holds receipts only");
        }

        var records = root.RequiredMap("records");
        var text = records?.RequiredText("each");
        if (container.Format == ContainerFormat.Xml && text is not null && Xml.XmlSteps.Problem(text) is { } problem)
        {
            records!.Error("each", problem);
        }

        var path = BindingReader.Steps(container.Format, text);
        if (path.Contains(NestedRecords.EachElement) && (content != FeedContent.PeopleCounts || container.Format != ContainerFormat.Json))
        {
            records?.Error("each", "only the counts of a JSON feed are taken out of arrays within arrays");
        }

        records?.Done();
        return path;
    }
}
