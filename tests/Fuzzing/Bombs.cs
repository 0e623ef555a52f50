using System.IO.Compression;
using System.Text;

namespace RetailInsight.Fuzzing;

/// <summary>Payloads that are to cost their reader more than their sender.</summary>
internal sealed class Bombs(Random random)
{
    private static readonly string[] Values =
    [
        "null", "true", "\"\"", "[]", "{}", "[[]]", "[null]", "\"\\u0000\"", "\"\\ud800\"", "-", "1e400", "\"2026-13-45T99:99:99Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-12:00\"",
        "{\"amount\":[]}", "\"99999999999999999999999\"", "-9223372036854775809", "0.1e-30", "\"１２\"", "[1,2,[3,{\"a\":4}]]",
    ];

    private static readonly string[] Xmls =
    [
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>", "<!DOCTYPE x SYSTEM \"file:///etc/hostname\">", "&c;", "&#0;", "&#xD800;",
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>", "<?php x ?>", "<!-- -- -->", "<![CDATA[]]>", " xmlns=\"urn:other\" ", " xmlns:p=\"urn:other\" ", "<a b='1' b='2'/>", "<p:Transaction/>", "</p:Transaction>", "<x:y/>",
    ];

    /// <summary>A field far longer than any.</summary>
    public byte[] HugeField(byte[] bytes) =>
        PayloadMutator.Insert(bytes, random.Next(bytes.Length + 1), Encoding.UTF8.GetBytes(new string("x9,\"あ "[random.Next(6)], random.Next(1_000, 150_000))));

    /// <summary>More rows than bytes that say anything.</summary>
    public byte[] Rows(byte[] bytes)
    {
        var row = random.Next(6) switch
        {
            0 => "\n",
            1 => "1,",
            2 => ",\n",
            3 => "{},",
            4 => "\"\"\n",
            _ => "a\tb\r\n",
        };
        return PayloadMutator.Insert(bytes, random.Next(bytes.Length + 1), Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(row, random.Next(100, 20_000)))));
    }

    /// <summary>Arrays, objects or elements within each other.</summary>
    public byte[] Nesting(byte[] bytes)
    {
        var depth = random.Next(4) == 0 ? random.Next(1_000, 60_000) : random.Next(2, 100);
        var (open, close) = random.Next(3) switch
        {
            0 => ("[", "]"),
            1 => ("{\"a\":", "}"),
            _ => ("<a>", "</a>"),
        };
        var bomb = string.Concat(Enumerable.Repeat(open, depth)) + (open == "{\"a\":" ? "1" : "") + (random.Next(3) == 0 ? "" : string.Concat(Enumerable.Repeat(close, depth)));
        return PayloadMutator.Insert(bytes, AfterSign(bytes, open == "<a>" ? (byte)'>' : (byte)':'), Encoding.UTF8.GetBytes(bomb));
    }

    /// <summary>What XML has that no till needs.</summary>
    public byte[] Xml(byte[] bytes) =>
        PayloadMutator.Insert(bytes, random.Next(3) == 0 ? 0 : AfterSign(bytes, (byte)'>'), Encoding.UTF8.GetBytes(Xmls[random.Next(Xmls.Length)]));

    /// <summary>Another value behind a colon.</summary>
    public byte[] JsonValue(byte[] bytes)
    {
        var at = AfterSign(bytes, (byte)':');
        var length = bytes.AsSpan(at).IndexOfAny(",\n}]"u8);
        return [.. bytes.AsSpan(0, at), .. Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]), .. bytes.AsSpan(length < 0 ? bytes.Length : at + length)];
    }

    /// <summary>Packed where it should not be, or what looks so.</summary>
    public byte[] Packed(byte[] bytes) => random.Next(3) switch
    {
        0 => Gzip(bytes),
        1 => [0x1F, 0x8B, 0x08, .. bytes],
        _ => [.. "PK\u0003\u0004"u8, .. bytes],
    };

    /// <summary>The bytes as gzip.</summary>
    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private int AfterSign(byte[] bytes, byte sign)
    {
        var start = random.Next(bytes.Length + 1);
        var at = bytes.AsSpan(start).IndexOf(sign);
        return at < 0 ? start : start + at + 1;
    }
}
