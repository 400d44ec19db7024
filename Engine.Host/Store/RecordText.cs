using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CopyEngine.Commands;
using CopyEngine.Journal;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Store;

/// <summary>
/// Journal records as JSON, one line each: header fields by name, the command's fields by the names and in the units of
/// <c>Engine/Commands</c> (prices, lots and money in 10^-8; a field that was not given is left out).
/// </summary>
internal static class RecordText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<CommandType, Type> Commands = typeof(ICommand).Assembly.GetTypes()
        .Where(type => type.IsValueType && typeof(ICommand).IsAssignableFrom(type))
        .ToDictionary(type => (CommandType)type.GetProperty(nameof(ICommand.Type), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);

    private static readonly MethodInfo As = typeof(RecordText).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static string Of(in JournalRecord record)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", record.Sequence);
            if (record.Kind == RecordKind.Command)
            {
                var slot = new CommandSlot();
                record.CopyTo(ref slot);
                WriteCommand(json, slot);
            }
            else
            {
                json.WriteString("type", record.Kind.ToString());
                if (record.Kind == RecordKind.StateHash)
                {
                    json.WriteString("stateHash", record.StateHash.ToString());
                }
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteCommand(Utf8JsonWriter json, CommandSlot slot)
    {
        json.WriteNumber("time", slot.Header.Time);
        json.WriteString("type", slot.Header.Type.ToString());
        json.WriteNumber("session", slot.Header.Session);
        json.WriteNumber("key", slot.Header.Key);
        json.WriteNumber("correlation", slot.Header.Correlation);
        if (Commands.TryGetValue(slot.Header.Type, out Type? type))
        {
            json.WriteStartObject("command");
            WriteFields(json, As.MakeGenericMethod(type).Invoke(null, [slot])!);
            json.WriteEndObject();
        }
    }

    private static object Read<TCommand>(CommandSlot slot) where TCommand : unmanaged, ICommand => slot.As<TCommand>();

    private static void WriteFields(Utf8JsonWriter json, object value)
    {
        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            WriteField(json, JsonNamingPolicy.CamelCase.ConvertName(field.Name), field.GetValue(value)!);
        }
    }

    private static void WriteField(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case Field.NotGiven:
                break;
            case Field.Remove:
                json.WriteString(name, "");
                break;
            case long or int or short or ushort or byte:
                json.WriteNumber(name, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case Enum or Symbol or CurrencyCode or GroupName or ClientOrderId or Comment:
                json.WriteString(name, value.ToString());
                break;
            case TradingSessions sessions:
                WriteSessions(json, name, sessions);
                break;
            default:
                json.WriteStartObject(name);
                WriteFields(json, value);
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteSessions(Utf8JsonWriter json, string name, TradingSessions sessions)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < TradingSessions.Count && sessions[i].CloseMinute != 0; i++)
        {
            json.WriteStartObject();
            WriteFields(json, sessions[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
