using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Devices;

/// <summary>A device as the register has it.</summary>
internal sealed record DeviceRow(
    string Id, string Name, string Maker, string Model, string Revision, string Group, int IntervalSeconds, int? Opens, int? Closes, string? Network, string? Subscriber, string? Equipment,
    DateTimeOffset EnrolledAt, DateTimeOffset? RetiredAt, int Version, DateTimeOffset? SeenAt, string Firmware, IReadOnlyList<DeviceLineView> Lines);

/// <summary>
/// The changes of devices and their groups. The pages' role may read the tables and not write them, so this class works as retail_job;
/// every statement names the tenant, and a change and its audit row are one transaction.
/// </summary>
internal sealed class DeviceRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    private const int Kept = 50;

    /// <summary>Devices by id.</summary>
    /// <param name="user">Whose; a person with stores sees those that hang, or hung, in one of them.</param>
    /// <param name="id">One of them; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<List<DeviceRow>> ListAsync(SessionUser user, string? id, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var connection = await database.OpenConnectionAsync(token);
        var lines = new Dictionary<string, List<DeviceLineView>>(StringComparer.Ordinal);
        await using (var command = connection.Command(
            "SELECT device, line, store, valid_from, valid_to, role, reversed, zone FROM tenancy.device_line WHERE tenant = $1 AND ($2::text IS NULL OR device = $2) ORDER BY device, valid_from, line",
            user.Tenant, PositionalParameters.OrNull(NpgsqlDbType.Text, id)))
        {
            await using var row = await command.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
            {
                var line = new DeviceLineView(
                    row.GetString(1), row.GetString(2), row.GetFieldValue<DateOnly>(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateOnly>(4), row.GetString(5), row.GetBoolean(6), row.GetString(7));
                (lines.TryGetValue(row.GetString(0), out var known) ? known : lines[row.GetString(0)] = []).Add(line);
            }
        }

        await using var devices = connection.Command(
            """
            SELECT d.device, d.name, d.maker, d.model, d.revision, d.device_group, d.interval_seconds, d.opens_minute, d.closes_minute, d.network, d.subscriber, d.equipment, d.enrolled_at, d.retired_at, d.version,
              s.last_seen_at, coalesce(s.firmware, '')
            FROM tenancy.device d LEFT JOIN tenancy.device_seen s ON s.tenant = d.tenant AND s.device = d.device
            WHERE d.tenant = $1 AND ($2::text IS NULL OR d.device = $2)
              AND ($3::text[] IS NULL OR EXISTS (SELECT FROM tenancy.device_line l WHERE l.tenant = d.tenant AND l.device = d.device AND l.store = ANY($3)))
            ORDER BY d.device
            """,
            user.Tenant, PositionalParameters.OrNull(NpgsqlDbType.Text, id), PositionalParameters.OrNull(NpgsqlDbType.Array | NpgsqlDbType.Text, user.Stores?.ToArray()));
        await using var found = await devices.ExecuteReaderAsync(token);
        var rows = new List<DeviceRow>();
        while (await found.ReadAsync(token))
        {
            int? Whole(int at) => found.IsDBNull(at) ? null : found.GetInt32(at);
            string? Text(int at) => found.IsDBNull(at) ? null : found.GetString(at);
            DateTimeOffset? Time(int at) => found.IsDBNull(at) ? null : found.GetFieldValue<DateTimeOffset>(at);
            rows.Add(new DeviceRow(
                found.GetString(0), found.GetString(1), found.GetString(2), found.GetString(3), found.GetString(4), found.GetString(5), found.GetInt32(6), Whole(7), Whole(8), Text(9), Text(10), Text(11),
                found.GetFieldValue<DateTimeOffset>(12), Time(13), found.GetInt32(14), Time(15), found.GetString(16), lines.GetValueOrDefault(found.GetString(0), [])));
        }

        return rows;
    }, cancellationToken);

    /// <summary>Calibrations of a device, by line and date.</summary>
    public Task<List<DeviceCalibrationView>> CalibrationsAsync(SessionUser user, string device, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            "SELECT line, valid_from, by_hand, by_device, valid_to FROM tenancy.device_calibration WHERE tenant = $1 AND device = $2 ORDER BY line, valid_from", user.Tenant, device);
        await using var row = await command.ExecuteReaderAsync(token);
        var found = new List<DeviceCalibrationView>();
        while (await row.ReadAsync(token))
        {
            found.Add(new(row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetInt32(2), row.GetInt32(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateOnly>(4)));
        }

        return found;
    }, cancellationToken);

    /// <summary>What was done to a device, newest first.</summary>
    public Task<List<DeviceChange>> ChangesAsync(SessionUser user, string device, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command("SELECT at, actor, action, detail FROM tenancy.device_audit WHERE tenant = $1 AND device = $2 ORDER BY id DESC LIMIT $3", user.Tenant, device, Kept);
        await using var row = await command.ExecuteReaderAsync(token);
        var found = new List<DeviceChange>();
        while (await row.ReadAsync(token))
        {
            using var detail = JsonDocument.Parse(row.GetString(3));
            found.Add(new(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetString(2), detail.RootElement.Clone()));
        }

        return found;
    }, cancellationToken);

    /// <summary>The groups by id.</summary>
    public Task<List<DeviceGroupView>> GroupsAsync(SessionUser user, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            """
            SELECT g.device_group, g.feed, g.profile_version, (SELECT count(*) FROM tenancy.device d WHERE d.tenant = g.tenant AND d.device_group = g.device_group AND d.retired_at IS NULL)::int
            FROM tenancy.device_group g WHERE g.tenant = $1 ORDER BY g.device_group
            """,
            user.Tenant);
        await using var row = await command.ExecuteReaderAsync(token);
        var found = new List<DeviceGroupView>();
        while (await row.ReadAsync(token))
        {
            found.Add(new(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetInt32(2), row.GetInt32(3)));
        }

        return found;
    }, cancellationToken);

    /// <summary>What a request names and the company does not have: its group, stores of its lines, a feed.</summary>
    public Task<(bool Group, List<string> Stores)> UnknownAsync(SessionUser user, string? group, IEnumerable<string> stores, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            """
            SELECT $2::text IS NOT NULL AND NOT EXISTS (SELECT FROM tenancy.device_group WHERE tenant = $1 AND device_group = $2),
              ARRAY(SELECT n FROM unnest($3::text[]) n WHERE NOT EXISTS (SELECT FROM tenancy.store WHERE tenant = $1 AND store = n) ORDER BY n)
            """,
            user.Tenant, PositionalParameters.OrNull(NpgsqlDbType.Text, group), stores.Distinct().ToArray());
        await using var row = await command.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        return (row.GetBoolean(0), row.GetFieldValue<List<string>>(1));
    }, cancellationToken);

    /// <summary>Enrols a device with its lines; null when there is one of that id, or the subscriber is another's.</summary>
    /// <param name="context">The request, whose key it takes.</param>
    /// <param name="user">Who enrols.</param>
    /// <param name="request">The device.</param>
    /// <param name="answer">What is answered about it, now and when the same is asked again.</param>
    /// <param name="cancellationToken">Enrols nothing.</param>
    public async Task<DeviceDetail?> EnrolAsync(HttpContext context, SessionUser user, DeviceRequest request, Func<DeviceRow, DeviceDetail> answer, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var made = answer(new DeviceRow(
            request.Device!, request.Name, request.Maker, request.Model, request.Revision, request.DeviceGroup, request.IntervalSeconds, request.OpensMinute, request.ClosesMinute, request.Network,
            request.Subscriber, request.Equipment, now, null, 1, null, "", request.Lines ?? []));
        return await ChangeAsync(async (connection, token) =>
        {
            await context.ClaimKeyAsync(connection, token);
            if ((await InsertAsync(connection, user, [request], now, token)).Count == 0)
            {
                return false;
            }

            await context.KeepAnswerAsync(connection, StatusCodes.Status201Created, DeviceEndpoints.Location(request.Device!), made, token);
            return true;
        }, cancellationToken) ? made : null;
    }

    /// <summary>Enrols those of many devices that are not enrolled yet, each with its lines; null when a subscriber is another device's.</summary>
    /// <returns>What was enrolled, and what had been; all or nothing.</returns>
    public async Task<DevicesEnrolled?> EnrolAsync(HttpContext context, SessionUser user, IReadOnlyList<DeviceRequest> devices, CancellationToken cancellationToken)
    {
        var answer = new DevicesEnrolled([], []);
        return await ChangeAsync(async (connection, token) =>
        {
            await context.ClaimKeyAsync(connection, token);
            var enrolled = await InsertAsync(connection, user, devices, clock.GetUtcNow(), token);
            answer = new DevicesEnrolled([.. devices.Select(device => device.Device!).Where(enrolled.Contains)], [.. devices.Select(device => device.Device!).Where(device => !enrolled.Contains(device))]);
            await context.KeepAnswerAsync(connection, StatusCodes.Status200OK, null, answer, token);
            return true;
        }, cancellationToken) ? answer : null;
    }

    // Inserts those whose id is new, with their lines and what is noted of them: three statements however many they are.
    private static async Task<HashSet<string>> InsertAsync(NpgsqlConnection connection, SessionUser user, IReadOnlyList<DeviceRequest> devices, DateTimeOffset now, CancellationToken token)
    {
        static object Texts<T>(IEnumerable<T> rows, Func<T, string?> text) => PositionalParameters.OrNull(NpgsqlDbType.Array | NpgsqlDbType.Text, rows.Select(text).ToArray());
        static object Wholes<T>(IEnumerable<T> rows, Func<T, int?> whole) => PositionalParameters.OrNull(NpgsqlDbType.Array | NpgsqlDbType.Integer, rows.Select(whole).ToArray());
        var made = new HashSet<string>(StringComparer.Ordinal);
        await using (var insert = connection.Command(
            """
            INSERT INTO tenancy.device (tenant, enrolled_at, device, device_group, interval_seconds, name, maker, model, revision, opens_minute, closes_minute, network, subscriber, equipment)
            SELECT $1, $2, d.* FROM unnest($3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int[], $11::int[], $12::text[], $13::text[], $14::text[]) AS d
            ON CONFLICT (tenant, device) DO NOTHING RETURNING device
            """,
            user.Tenant, now, Texts(devices, one => one.Device), Texts(devices, one => one.DeviceGroup), Wholes(devices, one => one.IntervalSeconds), Texts(devices, one => one.Name), Texts(devices, one => one.Maker),
            Texts(devices, one => one.Model), Texts(devices, one => one.Revision), Wholes(devices, one => one.OpensMinute), Wholes(devices, one => one.ClosesMinute), Texts(devices, one => one.Network),
            Texts(devices, one => one.Subscriber), Texts(devices, one => one.Equipment)))
        {
            await using var row = await insert.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
            {
                made.Add(row.GetString(0));
            }
        }

        var enrolled = devices.Where(device => made.Contains(device.Device!)).ToList();
        await InsertLinesAsync(connection, user, [.. enrolled.SelectMany(device => device.Lines ?? [], (device, line) => (device.Device!, line))], token);
        await using var note = connection.Command(
            "INSERT INTO tenancy.device_audit (tenant, at, actor, action, device, device_group, detail) SELECT $1, $2, $3, 'enrol', n.device, n.device_group, n.detail::jsonb FROM unnest($4::text[], $5::text[], $6::text[]) AS n(device, device_group, detail)",
            user.Tenant, now, user.Login, Texts(enrolled, one => one.Device), Texts(enrolled, one => one.DeviceGroup), Texts(enrolled, one => JsonSerializer.Serialize(one, Snake)));
        await note.ExecuteNonQueryAsync(token);
        return made;
    }

    /// <summary>Sets the facts of a device; false when it was changed meanwhile, or the subscriber is another's.</summary>
    public Task<bool> ChangeAsync(SessionUser user, DeviceRow before, DeviceRequest request, CancellationToken cancellationToken) => ChangeAsync(async (connection, token) =>
    {
        await using var command = connection.Command(
            """
            UPDATE tenancy.device SET device_group = $3, interval_seconds = $4, name = $5, maker = $6, model = $7, revision = $8, opens_minute = $9, closes_minute = $10, network = $11, subscriber = $12,
              equipment = $13, version = version + 1
            WHERE tenant = $1 AND device = $2 AND version = $14
            """,
            [user.Tenant, before.Id, .. Facts(request), before.Version]);
        if (await command.ExecuteNonQueryAsync(token) == 0)
        {
            return false;
        }

        await NoteAsync(connection, user, before.Id, request.DeviceGroup, before.Group == request.DeviceGroup ? "change" : "route", request, token);
        return true;
    }, cancellationToken);

    /// <summary>Retires a device or takes it back; false when it was changed meanwhile.</summary>
    public Task<bool> RetireAsync(SessionUser user, DeviceRow before, bool retire, CancellationToken cancellationToken) => ChangeAsync(async (connection, token) =>
    {
        if (!await RaiseAsync(connection, user, before, token, "retired_at = $4", PositionalParameters.OrNull(NpgsqlDbType.TimestampTz, retire ? clock.GetUtcNow() : null)))
        {
            return false;
        }

        await NoteAsync(connection, user, before.Id, before.Group, retire ? "retire" : "reopen", new { }, token);
        return true;
    }, cancellationToken);

    /// <summary>Sets the whole mapping of a device; false when it was changed meanwhile.</summary>
    public Task<bool> MapAsync(SessionUser user, DeviceRow before, IReadOnlyList<DeviceLineView> lines, CancellationToken cancellationToken) => ChangeAsync(async (connection, token) =>
    {
        if (!await RaiseAsync(connection, user, before, token))
        {
            return false;
        }

        await MapAsync(connection, user, before.Id, lines, token);
        await NoteAsync(connection, user, before.Id, before.Group, "map", new { from = before.Lines, to = lines }, token);
        return true;
    }, cancellationToken);

    /// <summary>Sets every calibration of a device; false when it was changed meanwhile.</summary>
    public Task<bool> CalibrateAsync(SessionUser user, DeviceRow before, IReadOnlyList<DeviceCalibrationView> calibrations, CancellationToken cancellationToken) => ChangeAsync(async (connection, token) =>
    {
        if (!await RaiseAsync(connection, user, before, token))
        {
            return false;
        }

        await using var clear = connection.Command("DELETE FROM tenancy.device_calibration WHERE tenant = $1 AND device = $2", user.Tenant, before.Id);
        await clear.ExecuteNonQueryAsync(token);
        foreach (var one in calibrations)
        {
            await using var insert = connection.Command(
                "INSERT INTO tenancy.device_calibration (tenant, device, line, valid_from, valid_to, by_hand, by_device, noted_at, noted_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                user.Tenant, before.Id, one.Line, one.ValidFrom, PositionalParameters.OrNull(NpgsqlDbType.Date, one.ValidTo), one.ByHand, one.ByDevice, clock.GetUtcNow(), user.Login);
            await insert.ExecuteNonQueryAsync(token);
        }

        await NoteAsync(connection, user, before.Id, before.Group, "calibrate", calibrations, token);
        return true;
    }, cancellationToken);

    /// <summary>Makes a key of a device.</summary>
    /// <returns>Its secret and id.</returns>
    public async Task<NewDeviceKey> MakeKeyAsync(HttpContext context, SessionUser user, DeviceRow device, DeviceKeyRequest request, CancellationToken cancellationToken)
    {
        var secret = ApiKey.Create(RandomNumberGenerator.GetBytes(20), request.Live);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        await using var command = connection.Command(
            """
            INSERT INTO tenancy.api_key (key_hash, tenant, vendor, label, feeds, live, created_at, device)
            SELECT $1, $2, coalesce((SELECT f.vendor FROM gateway.feed f WHERE f.tenant = $2 AND f.feed = g.feed), ''), $3, ARRAY[g.feed], $4, $5, $6
            FROM tenancy.device_group g WHERE g.tenant = $2 AND g.device_group = $7 RETURNING key_id
            """,
            ApiKey.Hash(secret), user.Tenant, request.Label, request.Live, clock.GetUtcNow(), device.Id, device.Group);
        var id = ((Guid)(await command.ExecuteScalarAsync(cancellationToken))!).ToString("N");
        await NoteAsync(connection, user, device.Id, device.Group, "key", new { keyId = id, request.Label, request.Live }, cancellationToken);
        await context.KeepWithoutSecretAsync(connection, id, $"/v1/keys/{id}/rotate", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new NewDeviceKey(secret, id, device.Id);
    }

    /// <summary>Sets how a group is read; makes it where there is none. False when the company has no such feed.</summary>
    public Task<bool> RouteAsync(SessionUser user, string group, DeviceGroupRequest request, CancellationToken cancellationToken) => ChangeAsync(async (connection, token) =>
    {
        await using var command = connection.Command(
            """
            INSERT INTO tenancy.device_group (tenant, device_group, feed, profile_version, created_at)
            SELECT $1, $2, $3, $4, $5 WHERE EXISTS (SELECT FROM gateway.feed WHERE tenant = $1 AND feed = $3)
            ON CONFLICT (tenant, device_group) DO UPDATE SET feed = excluded.feed, profile_version = excluded.profile_version
            """,
            user.Tenant, group, request.Feed, PositionalParameters.OrNull(NpgsqlDbType.Integer, request.ProfileVersion), clock.GetUtcNow());
        if (await command.ExecuteNonQueryAsync(token) == 0)
        {
            return false;
        }

        await NoteAsync(connection, user, "", group, "route", request, token);
        return true;
    }, cancellationToken);

    private static object[] Facts(DeviceRequest request) =>
    [
        request.DeviceGroup, request.IntervalSeconds, request.Name, request.Maker, request.Model, request.Revision,
        PositionalParameters.OrNull(NpgsqlDbType.Integer, request.OpensMinute), PositionalParameters.OrNull(NpgsqlDbType.Integer, request.ClosesMinute),
        PositionalParameters.OrNull(NpgsqlDbType.Text, request.Network), PositionalParameters.OrNull(NpgsqlDbType.Text, request.Subscriber), PositionalParameters.OrNull(NpgsqlDbType.Text, request.Equipment),
    ];

    private async Task<bool> ChangeAsync(Func<NpgsqlConnection, CancellationToken, Task<bool>> change, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            if (!await change(connection, cancellationToken))
            {
                return false;
            }
        }
        catch (PostgresException exception) when (exception is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "device_of_subscriber" })
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> RaiseAsync(NpgsqlConnection connection, SessionUser user, DeviceRow before, CancellationToken cancellationToken, string also = "version = version + 1", params object[] value)
    {
        await using var command = connection.Command(
            $"UPDATE tenancy.device SET {(value.Length == 0 ? also : also + ", version = version + 1")} WHERE tenant = $1 AND device = $2 AND version = $3", [user.Tenant, before.Id, before.Version, .. value]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static async Task MapAsync(NpgsqlConnection connection, SessionUser user, string device, IReadOnlyList<DeviceLineView> lines, CancellationToken cancellationToken)
    {
        await using var clear = connection.Command("DELETE FROM tenancy.device_line WHERE tenant = $1 AND device = $2", user.Tenant, device);
        await clear.ExecuteNonQueryAsync(cancellationToken);
        await InsertLinesAsync(connection, user, [.. lines.Select(line => (device, line))], cancellationToken);
    }

    private static async Task InsertLinesAsync(NpgsqlConnection connection, SessionUser user, List<(string Device, DeviceLineView Line)> lines, CancellationToken cancellationToken)
    {
        await using var insert = connection.Command(
            """
            INSERT INTO tenancy.device_line (tenant, device, line, store, valid_from, valid_to, role, reversed, zone)
            SELECT $1, l.* FROM unnest($2::text[], $3::text[], $4::text[], $5::date[], $6::date[], $7::text[], $8::boolean[], $9::text[]) AS l
            """,
            user.Tenant, lines.ConvertAll(one => one.Device).ToArray(), lines.ConvertAll(one => one.Line.Line).ToArray(), lines.ConvertAll(one => one.Line.Store).ToArray(),
            lines.ConvertAll(one => one.Line.ValidFrom).ToArray(), PositionalParameters.OrNull(NpgsqlDbType.Array | NpgsqlDbType.Date, lines.ConvertAll(one => one.Line.ValidTo).ToArray()),
            lines.ConvertAll(one => one.Line.Role).ToArray(), lines.ConvertAll(one => one.Line.Reversed).ToArray(), lines.ConvertAll(one => one.Line.Zone).ToArray());
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task NoteAsync(NpgsqlConnection connection, SessionUser user, string device, string group, string action, object detail, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "INSERT INTO tenancy.device_audit (tenant, device, device_group, at, actor, action, detail) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)",
            user.Tenant, device, group, clock.GetUtcNow(), user.Login, action, JsonSerializer.Serialize(detail, Snake));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

/// <summary>A key of a device that has just been made: the only time its secret is shown.</summary>
internal sealed record NewDeviceKey(
    [property: System.ComponentModel.Description("Shown this once. The device sends it as Authorization: Bearer, or keeps it and signs with it: HMAC-SHA-256 under its SHA-256, over Unix time, line feed, device, line feed, body.")] string Secret,
    string KeyId,
    string Device);
