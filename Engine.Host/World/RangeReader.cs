using CopyEngine.Host.Json;

namespace CopyEngine.Host.World;

/// <summary>Reads an account given by name in one field, or several given as a range in another.</summary>
internal static class RangeReader
{
    public static AccountRange? Read(StrictObject fields, string single, string several)
    {
        if (fields.Has(single) && fields.Has(several))
        {
            fields.Fault(several, $"is given together with '{single}': give one of the two");
            return null;
        }
        if (fields.Has(several))
        {
            return Parse(fields, several);
        }
        if (!fields.Require(single, $"an account, or '{several}' with a range such as copy_follower:1..100"))
        {
            return null;
        }
        AccountRange? range = Parse(fields, single);
        if (range is { IsSingle: false })
        {
            fields.Fault(single, $"is a range: write '{several}'");
            return null;
        }
        return range;
    }

    private static AccountRange? Parse(StrictObject fields, string name)
    {
        if (fields.Text(name) is not { } text)
        {
            return null;
        }
        if (AccountRange.TryParse(text, out AccountRange range, out string reason))
        {
            return range;
        }
        fields.Fault(name, reason);
        return null;
    }
}
