using System.Security.Cryptography;

namespace RetailInsight.GoogleFakes.BigQuery;

/// <summary>Names nobody chose: of jobs, uploads, etags and files on their way.</summary>
internal static class RandomId
{
    /// <summary>32 hexadecimal digits.</summary>
    public static string Next() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
