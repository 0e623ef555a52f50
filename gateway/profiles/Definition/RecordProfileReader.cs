using RetailInsight.Profiles.Json;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads what a profile says about records that are one row each: counts, assignments and declared totals.</summary>
internal sealed class RecordProfileReader(YamlMap root, Container container, NumberStyle numbers, BindingReader bindings, FeedContent content)
{
    private static readonly string[] IdentityFields =
        [CanonicalFields.Store, CanonicalFields.Device, CanonicalFields.CountingLine, CanonicalFields.From, CanonicalFields.To, CanonicalFields.At];

    private static readonly string[] EventIdentityFields =
        [CanonicalFields.Store, CanonicalFields.Device, CanonicalFields.CountingLine, CanonicalFields.Kind, CanonicalFields.At, CanonicalFields.Track];

    public ProfileDefinition Read()
    {
        if (content == FeedContent.DeclaredTotals)
        {
            return new DeclaredProfileReader(root, container, numbers, bindings).Read(RecordsPath());
        }

        return content switch
        {
            FeedContent.PeopleCounts => ReadCounts(),
            FeedContent.VisitorEvents => ReadVisitorEvents(),
            _ => ReadAssignments(),
        };
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
        CheckNesting(definition);
        if (definition is { Counts.Form: CountForm.Cumulative, Store.Rule: not StoreRule.Device })
        {
            root.Error("store", "running counters are those of enrolled devices: 'by: device'");
        }

        return definition;
    }

    private ProfileDefinition ReadVisitorEvents()
    {
        if (container.Format is not (ContainerFormat.Json or ContainerFormat.Ndjson))
        {
            root.Error("container", "what single persons did is read from JSON and NDJSON, where faces can be told from other data");
        }

        var tracks = TrackProfileReader.Read(root);
        var head = bindings.Section(root.RequiredMap("record"), tracks is null ? CanonicalFields.VisitorEvent : CanonicalFields.TrackPlace);
        var definition = Of(head) with
        {
            Counts = new CountProfileReader(root, bindings).ReadEvents(tracks, head),
            Identity = root.Has("identity") ? SharedRules.Identity(root, head, EventIdentityFields, EventIdentityFields[1..])
                : [CanonicalFields.Device, CanonicalFields.CountingLine, CanonicalFields.Kind, CanonicalFields.At, CanonicalFields.Track],
            Store = SharedRules.Store(root, head, ofDevices: true),
        };
        CheckNesting(definition);
        if (tracks is { SentWhole: false } && !definition.RecordsPath.Contains(NestedRecords.EachElement))
        {
            root.Error("tracks", "'sent: as_frames' needs frames with an array each, 'frames.*.objects': an empty one says that nobody was in view");
        }

        return definition;
    }

    private void CheckNesting(ProfileDefinition definition)
    {
        if (definition is { IsNested: true, Container.Format: not ContainerFormat.Json } || (definition.IsNested && definition.Bindings.Any(binding => binding.Root == PathRoot.Payload)))
        {
            root.Error("record", "what stands around a record of a JSON feed is '^.name', of the next object around that '^.^.name'");
        }
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
        if (path.Contains(NestedRecords.EachElement) && (content is not (FeedContent.PeopleCounts or FeedContent.VisitorEvents) || container.Format != ContainerFormat.Json))
        {
            records?.Error("each", "only what devices of a JSON feed saw is taken out of arrays within arrays");
        }

        records?.Done();
        return path;
    }
}
