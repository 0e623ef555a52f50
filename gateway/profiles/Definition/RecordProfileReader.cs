namespace RetailInsight.Profiles.Definition;

/// <summary>Reads what a profile says about records that are one row each: counts, assignments and declared totals.</summary>
internal sealed class RecordProfileReader(YamlMap root, Container container, NumberStyle numbers, BindingReader bindings, FeedContent content)
{
    private static readonly string[] IdentityFields =
        [CanonicalFields.Store, CanonicalFields.Device, CanonicalFields.CountingLine, CanonicalFields.From, CanonicalFields.To];

    public ProfileDefinition Read()
    {
        if (content == FeedContent.DeclaredTotals)
        {
            return new DeclaredProfileReader(root, container, numbers, bindings).Read(RecordsPath());
        }

        var fields = content == FeedContent.PeopleCounts ? CanonicalFields.PeopleCount : CanonicalFields.PosAssignment;
        var head = bindings.Section(root.RequiredMap("record"), fields);
        return new ProfileDefinition
        {
            Container = container,
            Numbers = numbers,
            Currency = "",
            Head = head,
            Line = new Dictionary<string, Binding>(),
            Bindings = bindings.All,
            RecordsPath = RecordsPath(),
            Identity = content == FeedContent.PeopleCounts ? SharedRules.Identity(root, head, IdentityFields) : [],
            Store = content == FeedContent.PeopleCounts ? SharedRules.Store(root, head) : null,
            BusinessDate = BusinessDateRule.CutOver,
        };
    }

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
        var path = records?.RequiredText("each");
        records?.Done();
        return BindingReader.Steps(container.Format, path);
    }
}
