using System.Globalization;
using System.Text.Json;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Json;

/// <summary>
/// Reads one JSON object field by field and reports everything that is not as it should be: unknown and repeated
/// fields at once, the others as they are asked for. After a fault the reader goes on with a harmless value, so that
/// one reading finds all faults.
/// </summary>
internal sealed class StrictObject
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly FaultList _faults;

    public StrictObject(JsonElement element, string path, FaultList faults, params ReadOnlySpan<string> known)
    {
        Path = path;
        _faults = faults;
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, $"must be an object, not {Kind(element)}");
            return;
        }
        foreach (JsonProperty property in element.EnumerateObject())
        {
            Take(property, known);
        }
    }

    /// <summary>JSON path of the object.</summary>
    public string Path { get; }

    public bool Has(string name) => _fields.ContainsKey(name);

    public string PathOf(string name) => Child(Path, name);

    public void Fault(string name, string reason) => _faults.Add(PathOf(name), reason);

    /// <summary>Reports that a field which must be there is not.</summary>
    public bool Require(string name, string meaning)
    {
        if (!Has(name))
        {
            _faults.Add(Path, $"'{name}' is missing: {meaning}");
        }
        return Has(name);
    }

    public string? Text(string name)
    {
        if (!_fields.TryGetValue(name, out JsonElement value))
        {
            return null;
        }
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }
        Fault(name, $"must be a text in quotes, not {Kind(value)}");
        return null;
    }

    public bool Flag(string name, bool absent)
    {
        if (!_fields.TryGetValue(name, out JsonElement value))
        {
            return absent;
        }
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }
        Fault(name, $"must be true or false, not {Kind(value)}");
        return absent;
    }

    /// <summary>One of a closed list of words.</summary>
    public TValue Word<TValue>(string name, TValue absent, params ReadOnlySpan<(string Word, TValue Value)> words)
    {
        if (Text(name) is not { } text)
        {
            return absent;
        }
        var known = new List<string>();
        foreach ((string word, TValue value) in words)
        {
            if (word == text)
            {
                return value;
            }
            known.Add(word);
        }
        Fault(name, $"'{text}' is not one of {string.Join(", ", known)}");
        return absent;
    }

    /// <summary>A whole number within a range.</summary>
    public long Whole(string name, long absent, long least, long most)
    {
        if (!_fields.TryGetValue(name, out JsonElement value))
        {
            return absent;
        }
        if (!TryDecimal(name, value, out long units))
        {
            return absent;
        }
        long number = units / Fixed8.One;
        if (units % Fixed8.One != 0 || number < least || number > most)
        {
            Fault(name, $"{Raw(value)} is not a whole number from {least} to {most}");
            return absent;
        }
        return number;
    }

    /// <summary>A whole number of any size that 64 bits hold, such as a time in microseconds.</summary>
    public long Integer(string name, long absent, long least, long most)
    {
        if (!_fields.TryGetValue(name, out JsonElement value))
        {
            return absent;
        }
        if (long.TryParse(Raw(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most)
        {
            return number;
        }
        Fault(name, $"{Raw(value)} is not a whole number from {least} to {most}");
        return absent;
    }

    /// <summary>True if the field is exactly this text.</summary>
    public bool IsText(string name, string text) =>
        _fields.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() == text;

    public bool IsNumber(string name) => _fields.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number;

    /// <summary>A number or text as it is written.</summary>
    public string Raw(string name) => Raw(_fields[name]);

    /// <summary>The object that a field holds, or null when the field is not given.</summary>
    public StrictObject? Object(string name, FaultList faults, params ReadOnlySpan<string> known) =>
        _fields.TryGetValue(name, out JsonElement value) ? new StrictObject(value, PathOf(name), faults, known) : null;

    /// <summary>A plain decimal, as a number or in quotes, in 10^-8, within a range.</summary>
    public long Decimal(string name, long absent, long least, long most)
    {
        if (!_fields.TryGetValue(name, out JsonElement value) || !TryDecimal(name, value, out long units))
        {
            return absent;
        }
        if (units < least || units > most)
        {
            Fault(name, $"{Raw(value)} is not from {Fixed8.ToText(least)} to {Fixed8.ToText(most)}");
            return absent;
        }
        return units;
    }

    /// <summary>The elements of a field that must be an array, each with its path.</summary>
    public IEnumerable<(JsonElement Element, string Path)> Items(string name)
    {
        if (!_fields.TryGetValue(name, out JsonElement value))
        {
            yield break;
        }
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fault(name, $"must be a list in square brackets, not {Kind(value)}");
            yield break;
        }
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            yield return (item, string.Create(CultureInfo.InvariantCulture, $"{PathOf(name)}[{index++}]"));
        }
    }

    /// <summary>The members of a field that must be an object with freely chosen names, each with its path.</summary>
    public IEnumerable<(string Name, JsonElement Element, string Path)> Members(string name)
    {
        if (!_fields.TryGetValue(name, out JsonElement value))
        {
            yield break;
        }
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fault(name, $"must be an object, not {Kind(value)}");
            yield break;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string path = Child(PathOf(name), member.Name);
            if (seen.Add(member.Name))
            {
                yield return (member.Name, member.Value, path);
            }
            else
            {
                _faults.Add(path, "is given twice");
            }
        }
    }

    private void Take(JsonProperty property, ReadOnlySpan<string> known)
    {
        if (!known.Contains(property.Name))
        {
            _faults.Add(PathOf(property.Name), $"unknown field{Suggestion(property.Name, known)}");
        }
        else if (!_fields.TryAdd(property.Name, property.Value))
        {
            _faults.Add(PathOf(property.Name), "is given twice");
        }
    }

    private bool TryDecimal(string name, JsonElement value, out long units)
    {
        units = 0;
        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
        {
            Fault(name, $"must be a number, not {Kind(value)}");
            return false;
        }
        string text = Raw(value);
        Fixed8Outcome outcome = Fixed8.TryParse(text.AsSpan(), out units);
        if (outcome != Fixed8Outcome.Ok)
        {
            Fault(name, outcome == Fixed8Outcome.Malformed
                ? $"'{text}' is not a plain decimal (digits, optionally a point and digits, no exponent)"
                : $"{text} cannot be held exactly: at most 8 decimals and 11 digits before the point");
        }
        return outcome == Fixed8Outcome.Ok;
    }

    private static string Raw(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Child(string path, string name) =>
        name.All(symbol => char.IsAsciiLetterOrDigit(symbol) || symbol == '_') ? $"{path}.{name}" : $"{path}['{name}']";

    private static string Suggestion(string name, ReadOnlySpan<string> known)
    {
        foreach (string candidate in known)
        {
            if (string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
            {
                return $"; did you mean '{candidate}'?";
            }
        }
        return $"; known are {string.Join(", ", known.ToArray())}";
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the text '{value.GetString()}'",
        JsonValueKind.Number => $"the number {value.GetRawText()}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };
}
