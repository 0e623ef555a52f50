using System.Text.Json;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Csv;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Trees;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Files;

/// <summary>Joins the files of an archive into receipts: heads, their lines and payments, masters beside the lines.</summary>
internal sealed class FilesTree
{
    private readonly ProfileDefinition _definition;
    private readonly Dictionary<FileRoleKind, List<RoleRow>> _rows = [];
    private readonly Dictionary<FileRole, List<RoleRow>> _masters = [];
    private readonly Dictionary<string, string> _members = new(StringComparer.Ordinal);
    private readonly TreeDocument _tree;
    private List<(FileRole Role, Dictionary<string, RoleRow> ByKey)> _lookups = [];

    private FilesTree(ProfileDefinition definition, TreeDocument tree)
    {
        _tree = tree;
        _definition = definition;
        foreach (var binding in definition.Bindings.Where(binding => binding.From is not null))
        {
            _members.TryAdd(binding.From!, CsvHeader.Normalise(binding.From!));
        }
    }

    /// <summary>The receipts of an archive.</summary>
    public static Outcome<TreeDocument> Open(ProfileDefinition definition, ReadOnlyMemory<byte> payload, long limit, CancellationToken cancellationToken)
    {
        if (!Archive.Open(payload, limit, cancellationToken).TryGet(out var files, out var rejection))
        {
            return rejection;
        }

        var tree = new FilesTree(definition, new TreeDocument());
        return tree.Read(files, cancellationToken) is { } refused ? refused : tree.Join();
    }

    private Rejection? Read(IReadOnlyList<ArchivedFile> files, CancellationToken cancellationToken)
    {
        var columns = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var role = _definition.Container.Files.FirstOrDefault(role => RoleRows.Matches(role, file.Name));
            if (role is null)
            {
                return new Rejection(RejectionReason.SchemaChanged,
                    $"The profile does not say what '{FieldReader.Shown(file.Name)}' in the archive is; it knows {string.Join(", ", _definition.Container.Files.Select(known => known.Name))}.", FieldReader.Shown(file.Name), default);
            }

            if (role.Kind != FileRoleKind.Ignored && RoleRows.Read(_definition.Container, role, file, columns, RowsOf(role), cancellationToken) is { } rejection)
            {
                return rejection;
            }
        }

        foreach (var kind in (FileRoleKind[])[FileRoleKind.Heads, FileRoleKind.Lines])
        {
            if (!_rows.ContainsKey(kind))
            {
                return new Rejection(RejectionReason.SchemaChanged, $"The archive has no file '{_definition.Container.Files.First(role => role.Kind == kind).Name}'.", null, default);
            }
        }

        return _definition.Bindings.FirstOrDefault(binding => binding.From is { } from && !columns.Contains(_members[from])) is { } missing
            ? new Rejection(RejectionReason.SchemaChanged, $"Column '{missing.From}' is missing from the files of the archive.", missing.From, default)
            : null;
    }

    private List<RoleRow> RowsOf(FileRole role)
    {
        if (role.Kind == FileRoleKind.Master)
        {
            return _masters.TryGetValue(role, out var known) ? known : _masters[role] = [];
        }

        return _rows.TryGetValue(role.Kind, out var rows) ? rows : _rows[role.Kind] = [];
    }

    private TreeDocument Join()
    {
        // Of a master the last row of a key counts, as in any file that is sent anew.
        _lookups = [.. _masters.Select(master => (master.Key, master.Value.Where(row => row is { Key: not null, Problem: null }).GroupBy(row => row.Key!).ToDictionary(rows => rows.Key, rows => rows.Last(), StringComparer.Ordinal)))];
        var heads = new HashSet<string>(StringComparer.Ordinal);
        var lines = _rows[FileRoleKind.Lines].Where(row => row.Key is not null).ToLookup(row => row.Key!, StringComparer.Ordinal);
        var tenders = (_rows.GetValueOrDefault(FileRoleKind.Tenders) ?? []).Where(row => row.Key is not null).ToLookup(row => row.Key!, StringComparer.Ordinal);
        foreach (var head in _rows[FileRoleKind.Heads])
        {
            if (head.Key is null)
            {
                _tree.Broken(head.At.ByteOffset, head.At.ByteLength, head.Problem ?? Incomplete($"Row {head.At.Row} of '{head.File}' has no key."));
                continue;
            }

            var problem = head.Problem
                ?? lines[head.Key].Concat(tenders[head.Key]).FirstOrDefault(row => row.Problem is not null)?.Problem
                ?? (!heads.Add(head.Key) ? Incomplete($"'{Shown(head.Key)}' has a second head in row {head.At.Row} of '{head.File}'.") : null)
                ?? (lines[head.Key].Any() ? null : Incomplete($"'{Shown(head.Key)}' in row {head.At.Row} of '{head.File}' has no line in the archive."));
            heads.Add(head.Key);
            Write(head.At, head.Values, lines[head.Key], tenders[head.Key], problem);
        }

        foreach (var orphans in lines.Where(group => !heads.Contains(group.Key)))
        {
            var first = orphans.First();
            var keys = _definition.Container.Files.First(role => role.Kind == FileRoleKind.Heads).Key.Select(CsvHeader.Normalise).Zip(orphans.Key.Split(RoleRows.Separator)).DistinctBy(pair => pair.First);
            Write(first.At, keys.ToDictionary(pair => pair.First, pair => pair.Second), orphans, tenders[orphans.Key],
                first.Problem ?? Incomplete($"The lines of '{Shown(orphans.Key)}' from row {first.At.Row} of '{first.File}' on have no head in the archive."));
        }

        foreach (var row in tenders.Where(group => !heads.Contains(group.Key) && !lines.Contains(group.Key)).SelectMany(group => group)
            .Concat(_rows.Where(rows => rows.Key is FileRoleKind.Lines or FileRoleKind.Tenders).SelectMany(rows => rows.Value.Where(row => row.Key is null))))
        {
            _tree.Broken(row.At.ByteOffset, row.At.ByteLength, row.Problem ?? Incomplete($"Row {row.At.Row} of '{row.File}' has no receipt in the archive."));
        }

        _tree.EndRecords();
        return _tree.Finish();
    }

    private void Write(SourceLocation at, IReadOnlyDictionary<string, string> head, IEnumerable<RoleRow> lines, IEnumerable<RoleRow> tenders, Rejection? problem)
    {
        _tree.StartObject(at.ByteOffset, at.ByteLength, problem);
        WriteMembers(head, []);
        WriteRows(_definition.Receipts!.LinesPath[0], lines);
        if (_definition.Receipts.Tenders?.Path is [var payments])
        {
            WriteRows(payments, tenders);
        }

        _tree.Writer.WriteEndObject();
    }

    private void WriteRows(string member, IEnumerable<RoleRow> rows)
    {
        _tree.Writer.WritePropertyName(member);
        _tree.Writer.WriteStartArray();
        foreach (var row in rows)
        {
            _tree.StartObject(row.At.ByteOffset, row.At.ByteLength);
            WriteMembers(row.Values, [.. _lookups.Select(lookup => Find(lookup.Role, lookup.ByKey, row)).OfType<RoleRow>()]);
            _tree.Writer.WriteEndObject();
        }

        _tree.Writer.WriteEndArray();
    }

    private static RoleRow? Find(FileRole master, Dictionary<string, RoleRow> byKey, RoleRow line) =>
        byKey.GetValueOrDefault(string.Join(RoleRows.Separator, master.LineKey.Select(column => line.Values.GetValueOrDefault(CsvHeader.Normalise(column))?.Trim() ?? "")));

    private void WriteMembers(IReadOnlyDictionary<string, string> values, List<RoleRow> masters)
    {
        foreach (var (member, column) in _members)
        {
            if (values.TryGetValue(column, out var value) || masters.Exists(master => master.Values.TryGetValue(column, out value)))
            {
                _tree.Writer.WriteString(member, value);
            }
        }
    }

    private static string Shown(string key) => FieldReader.Shown(key.Replace(RoleRows.Separator, '/'));

    private static Rejection Incomplete(string detail) => new(RejectionReason.ReceiptIncomplete, detail, null, default);
}
