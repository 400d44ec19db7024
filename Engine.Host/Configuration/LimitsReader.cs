using System.Numerics;
using System.Reflection;
using System.Text.Json;
using CopyEngine.Host.Json;

namespace CopyEngine.Host.Configuration;

/// <summary>
/// Reads <see cref="EngineLimits"/> from the settings: each property by its name in camel case, intervals in
/// milliseconds (<c>tickIntervalMilliseconds</c>).
/// </summary>
internal static class LimitsReader
{
    private static readonly PropertyInfo[] Properties =
        [.. typeof(EngineLimits).GetProperties().Where(property => property.PropertyType == typeof(int) || property.PropertyType == typeof(TimeSpan))];

    /// <summary>Names of all limits, as they stand in the file.</summary>
    public static string[] Names => [.. Properties.Select(NameOf)];

    public static EngineLimits Read(StrictObject settings, string name, EngineLimits defaults, FaultList faults)
    {
        if (settings.Object(name, faults, Names) is not { } fields)
        {
            return defaults;
        }
        EngineLimits limits = defaults with { };
        foreach (PropertyInfo property in Properties)
        {
            if (fields.Has(NameOf(property)))
            {
                property.SetValue(limits, Value(fields, property, defaults));
            }
        }
        return limits;
    }

    private static object Value(StrictObject fields, PropertyInfo property, EngineLimits defaults)
    {
        string name = NameOf(property);
        if (property.PropertyType == typeof(TimeSpan))
        {
            return TimeSpan.FromMilliseconds(fields.Whole(name, (long)((TimeSpan)property.GetValue(defaults)!).TotalMilliseconds, 1, 86_400_000));
        }
        bool isShard = property.Name == nameof(EngineLimits.Shard);
        int value = (int)fields.Whole(name, (int)property.GetValue(defaults)!, isShard ? 0 : 1, isShard ? 65_535 : 1 << 30);
        if (property.Name.EndsWith("RingSize", StringComparison.Ordinal) && !BitOperations.IsPow2(value))
        {
            fields.Fault(name, $"{value} is not a power of two, e.g. {BitOperations.RoundUpToPowerOf2((uint)value)}");
        }
        return value;
    }

    private static string NameOf(PropertyInfo property)
    {
        string name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        return property.PropertyType == typeof(TimeSpan) ? $"{name}Milliseconds" : name;
    }
}
