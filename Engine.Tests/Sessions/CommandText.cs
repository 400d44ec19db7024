using System.Globalization;
using System.Reflection;
using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Sessions;

/// <summary>Commands and events as C#-like text: every field that is not zero.</summary>
internal static class CommandText
{
    public static string Of(CommandSlot slot)
    {
        object body = slot.Header.Type switch
        {
            CommandType.RegisterInstrument => slot.As<RegisterInstrument>(),
            CommandType.RegisterGroup => slot.As<RegisterGroup>(),
            CommandType.SetGroupInstrument => slot.As<SetGroupInstrument>(),
            CommandType.SetLimits => slot.As<SetLimits>(),
            CommandType.OpenAccount => slot.As<OpenAccount>(),
            CommandType.MoveFunds => slot.As<MoveFunds>(),
            CommandType.SetAccountStatus => slot.As<SetAccountStatus>(),
            CommandType.Follow => slot.As<Follow>(),
            CommandType.Unfollow => slot.As<Unfollow>(),
            CommandType.SetLinkStatus => slot.As<SetLinkStatus>(),
            CommandType.PlaceOrder => slot.As<PlaceOrder>(),
            CommandType.CancelOrder => slot.As<CancelOrder>(),
            CommandType.ModifyOrder => slot.As<ModifyOrder>(),
            CommandType.CloseOrder => slot.As<CloseOrder>(),
            CommandType.CloseAll => slot.As<CloseAll>(),
            CommandType.Quote => slot.As<Quote>(),
            CommandType.Rollover => slot.As<Rollover>(),
            CommandType.QueryAccount => slot.As<QueryAccount>(),
            _ => slot.Header.Type,
        };
        string text = body is CommandType type ? $"default({type})" : Of(body);
        return $"At({slot.Header.Time}, key: {slot.Header.Key}).Send({text});";
    }

    /// <summary>A struct as an object initializer.</summary>
    public static string Of(object value)
    {
        IEnumerable<string> fields = Fields(value).Where(field => field.Value is not ("0" or "None" or "")).Select(field => $"{field.Name} = {field.Value}");
        return $"new {value.GetType().Name} {{ {string.Join(", ", fields)} }}";
    }

    /// <summary>Every field by name; structs inside are flattened.</summary>
    public static IEnumerable<(string Name, string Value)> Fields(object value)
    {
        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            object inner = field.GetValue(value)!;
            string name = field.Name.Trim('<').Split('>')[0];
            if (IsPlain(inner))
            {
                yield return (name, Plain(inner));
                continue;
            }
            foreach ((string innerName, string innerValue) in Fields(inner))
            {
                yield return ($"{name}.{innerName}", innerValue);
            }
        }
    }

    private static bool IsPlain(object value) =>
        value is Enum or Money or Symbol or CurrencyCode or GroupName or ClientOrderId or Comment or Int128
        || value.GetType().IsPrimitive || value is TradingSessions or Events.SkipCounts or Events.Portfolios;

    private static string Plain(object value) => value switch
    {
        long and Field.NotGiven => "Field.NotGiven",
        long and Field.Remove => "Field.Remove",
        TradingSessions sessions => string.Join(" ", Items(sessions)),
        Events.SkipCounts counts => string.Join(" ", Items(counts)),
        Events.Portfolios => "...",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static IEnumerable<string> Items(TradingSessions sessions)
    {
        for (int i = 0; i < TradingSessions.Count; i++)
        {
            if (sessions[i].CloseMinute != 0)
            {
                yield return $"{sessions[i].OpenMinute}-{sessions[i].CloseMinute}";
            }
        }
    }

    private static IEnumerable<string> Items(Events.SkipCounts counts)
    {
        for (int i = 0; i < Events.SkipCounts.Length; i++)
        {
            if (counts[i].Count != 0)
            {
                yield return $"{counts[i].Reason}:{counts[i].Count}";
            }
        }
    }
}
