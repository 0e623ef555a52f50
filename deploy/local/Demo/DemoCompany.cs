using System.Security.Cryptography;
using Dapper;
using Npgsql;
using RetailInsight.Api.Sessions;
using RetailInsight.Core.Tenancy;
using RetailInsight.Profiles;

namespace RetailInsight.Local.Demo;

/// <summary>The tenants of the demo: a fictional Japanese chain, and a British gift shop for real files.</summary>
internal static class DemoCompany
{
    private const string Chain = "demo";
    private const string GiftShop = "giftshop";

    private static readonly (string Tenant, string Feed)[] Feeds =
    [
        (Chain, "vendor-a"), (Chain, "vendor-a-pos-master"), (Chain, "vendor-b"), (Chain, "people-counter"), (GiftShop, "online-retail"),
    ];

    /// <summary>Creates what is missing; keys and passwords are made once and kept in <c>demo.json</c>.</summary>
    public static async Task<DemoFile> EnsureAsync(NpgsqlDataSource owner, LocalOptions options, CancellationToken cancellationToken)
    {
        var file = await DemoFile.ReadAsync(options.Home, cancellationToken) ?? Create(options);
        file = file with { Api = options.ApiAddress, Gateway = options.GatewayAddress, Tenants = [.. file.Tenants.Select(WithLiveKeys)] };
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SaveTenantsAsync(connection, transaction);
        await SaveFeedsAsync(connection, transaction);
        await SaveDevicesAsync(connection, transaction);
        foreach (var tenant in file.Tenants)
        {
            await SaveKeysAsync(connection, transaction, tenant);
            await SaveLoginsAsync(connection, transaction, tenant);
        }

        await transaction.CommitAsync(cancellationToken);
        await file.WriteAsync(options.Home, cancellationToken);
        return file;
    }

    private static DemoFile Create(LocalOptions options) => new(options.ApiAddress, options.GatewayAddress,
    [
        new DemoTenant(
            Chain,
            "みなとマート",
            [
                Key("vendor-a", "vendor-a", "vendor-a-pos-master"),
                Key("vendor-b", "vendor-b"),
                Key("people-counter", "people-counter"),
            ],
            [
                new DemoLogin("hq@demo", Password(), "head_office"),
                new DemoLogin("s001@demo", Password(), "store_manager", ["S001"]),
                new DemoLogin("data@demo", Password(), "data_engineer"),
            ]),
        new DemoTenant(GiftShop, "Online Retail (UK)", [Key("online-retail", "online-retail")], [new DemoLogin("hq@giftshop", Password(), "head_office")]),
    ]);

    private static DemoKey Key(string profile, params string[] feeds) =>
        new(ApiKey.Create(RandomNumberGenerator.GetBytes(20), live: true), VendorOf(profile), feeds);

    // What an earlier version made were test keys: those no longer count for anything but the sandbox.
    private static DemoTenant WithLiveKeys(DemoTenant tenant) => tenant with
    {
        Keys = [.. tenant.Keys.Select(key => ApiKey.IsLive(key.Key) ? key : key with { Key = ApiKey.Create(RandomNumberGenerator.GetBytes(20), live: true) })],
    };

    private static string Password() => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 14);

    private static string VendorOf(string profile) => ProfileCatalog.LoadEmbedded().Find(profile)?.Vendor
        ?? throw new InvalidOperationException($"There is no profile '{profile}'.");

    private static async Task SaveTenantsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.tenant (tenant, name, currency, time_zone)
            VALUES ('demo', 'みなとマート', 'JPY', 'Asia/Tokyo'), ('giftshop', 'Online Retail (UK)', 'GBP', 'Europe/London')
            ON CONFLICT DO NOTHING;
            INSERT INTO tenancy.store (tenant, store, name, time_zone, cut_over_minute, opens_minute, closes_minute, door_lines)
            VALUES ('giftshop', 'ONLINE-UK', 'Online shop', 'Europe/London', 0, 0, 1440, 0)
            ON CONFLICT DO NOTHING
            """,
            transaction: transaction);
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.store (tenant, store, name, time_zone, cut_over_minute, opens_minute, closes_minute, door_lines, floor_area, prefecture, area, format)
            VALUES ('demo', @Code, @Name, @Zone, @CutOverMinute, @OpensMinute, @ClosesMinute, @DoorLines, @FloorArea, @Prefecture, @Area, @Format)
            ON CONFLICT (tenant, store) DO UPDATE SET area = excluded.area, format = excluded.format
            """,
            Simulation.StoreDirectory.All.Select(store => new
            {
                store.Code,
                store.Name,
                store.Zone,
                store.CutOverMinute,
                store.OpensMinute,
                store.ClosesMinute,
                store.DoorLines,
                store.FloorArea,
                store.Prefecture,
                Area = store.Prefecture is "東京都" or "神奈川県" or "埼玉県" or "茨城県" ? "首都圏" : store.Prefecture is "大阪府" or "兵庫県" or "京都府" ? "関西" : "地方",
                Format = store.Character == Simulation.StoreCharacter.Station ? "駅前" : store.Character == Simulation.StoreCharacter.Suburb ? "郊外" : "街なか",
            }),
            transaction);
    }

    private static Task<int> SaveFeedsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) => connection.ExecuteAsync(
        "INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES (@Tenant, @Feed, @Vendor, @Feed) ON CONFLICT DO NOTHING",
        Feeds.Select(feed => new { feed.Tenant, feed.Feed, Vendor = VendorOf(feed.Feed) }),
        transaction);

    // The doors of the chain have counters that nobody walks under; every page that shows visitors says so.
    private static async Task SaveDevicesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        await connection.ExecuteAsync("INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('demo', 'doors', 'people-counter') ON CONFLICT DO NOTHING", transaction: transaction);
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds, name, maker) VALUES ('demo', @Device, 'doors', 900, @Name, 'simulated') ON CONFLICT DO NOTHING;
            INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store) VALUES ('demo', @Device, '*', '2020-01-01', @Store) ON CONFLICT DO NOTHING
            """,
            Simulation.StoreDirectory.All.SelectMany(store => Enumerable.Range(1, store.DoorLines).Select(door => new
            {
                Device = Simulation.PeopleCounterWriter.Device(store, door),
                Name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{store.Name} {door}"),
                Store = store.Code,
            })),
            transaction);
    }

    private static Task<int> SaveKeysAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DemoTenant tenant) => connection.ExecuteAsync(
        """
        INSERT INTO tenancy.api_key (key_hash, tenant, vendor, label, feeds, live, operator)
        VALUES (@Hash, @Tenant, @Vendor, 'demo', @Feeds, true, true)
        ON CONFLICT (key_hash) DO UPDATE SET operator = true
        """,
        tenant.Keys.Select(key => new { Hash = ApiKey.Hash(key.Key), tenant.Tenant, key.Vendor, Feeds = key.Feeds.ToArray() }),
        transaction);

    // Hashing a password takes long on purpose, so those that exist are left as they are.
    private static async Task SaveLoginsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DemoTenant tenant)
    {
        var known = (await connection.QueryAsync<string>("SELECT login FROM api.app_user WHERE tenant = @Tenant", new { tenant.Tenant }, transaction)).ToHashSet();
        await connection.ExecuteAsync(
            """
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, language, display_name)
            VALUES (@Login, @Tenant, @Hash, @Role, @Stores, @Language, @Login)
            """,
            tenant.Logins.Where(login => !known.Contains(login.Login)).Select(login => new
            {
                login.Login,
                tenant.Tenant,
                Hash = PasswordHash.Create(login.Password),
                login.Role,
                Stores = login.Stores?.ToArray(),
                Language = tenant.Tenant == GiftShop ? "en" : "ja",
            }),
            transaction);
    }
}
