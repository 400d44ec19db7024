using System.Globalization;
using System.Text;
using CopyEngine.Protocol.MessagePack;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>Random MessagePack values as plain objects, and their way through our writer and reader.</summary>
internal static class MessagePackValues
{
    private static readonly Gen<object?> Scalar = Gen.OneOf(
        Gen.Constant<object?>(null),
        Gen.Elements<object?>(true, false),
        ArbMap.Default.GeneratorFor<long>().Select(value => (object?)value),
        Gen.Elements<object?>(long.MinValue, long.MaxValue, 127L, 128L, 255L, 256L, 65_535L, 65_536L, -32L, -33L, -129L, ulong.MaxValue),
        ArbMap.Default.GeneratorFor<double>().Select(value => (object?)value),
        Gen.Elements<object?>("", "EURUSD", "strategy_provider:1", "Grüße, 数 🦊", new string('x', 31), new string('x', 300)),
        ArbMap.Default.GeneratorFor<byte[]>().Select(value => (object?)(value ?? [])));

    /// <summary>Scalars, and arrays and maps of them up to four deep.</summary>
    public static Gen<object?> Generator { get; } = Gen.Sized(size => Nested(Math.Min(size, 20), 4));

    private static Gen<object?> Nested(int size, int depth)
    {
        if (depth == 0 || size == 0)
            return Scalar;
        var inner = Nested(size / 2, depth - 1);
        var list = Gen.Choose(0, size).SelectMany(count => inner.ListOf(count)).Select(items => (object?)items.ToArray());
        var map = Gen.Choose(0, size).SelectMany(count => inner.ListOf(count)).Select(items => (object?)ToMap(items));
        return Gen.Frequency((3, Scalar), (1, list), (1, map));
    }

    public static byte[] Write(object? value) => MessagePackCodecTests.Write((ref MessagePackWriter writer) => Write(ref writer, value));

    public static object? Read(ref MessagePackReader reader)
    {
        switch (reader.NextKind)
        {
            case MessagePackKind.Nil:
                Assert.True(reader.TryReadNil());
                return null;
            case MessagePackKind.Boolean:
                Assert.Equal(MessagePackStatus.Ok, reader.ReadBoolean(out var boolean));
                return boolean;
            case MessagePackKind.Integer when reader.ReadInt64(out var signed) == MessagePackStatus.Ok:
                return signed;
            case MessagePackKind.Integer:
                Assert.Equal(MessagePackStatus.Ok, reader.ReadUInt64(out var unsigned));
                return unsigned;
            case MessagePackKind.Float64:
                Assert.Equal(MessagePackStatus.Ok, reader.ReadFloat64(out var number));
                return number;
            case MessagePackKind.String:
                Assert.Equal(MessagePackStatus.Ok, reader.ReadString(out var utf8));
                return Encoding.UTF8.GetString(utf8);
            case MessagePackKind.Binary:
                Assert.Equal(MessagePackStatus.Ok, reader.ReadBinary(out var bytes));
                return bytes.ToArray();
            default:
                return ReadContainer(ref reader);
        }
    }

    /// <summary>A text that is equal for equal values, the same as the peers print.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "nil",
        bool boolean => boolean ? "true" : "false",
        double number => "f" + Convert.ToHexStringLower(BitConverter.GetBytes(BitConverter.DoubleToUInt64Bits(number)).Reverse().ToArray()),
        string text => "s" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        byte[] bytes => "b" + Convert.ToHexStringLower(bytes),
        object?[] items => "[" + string.Join(',', items.Select(Describe)) + "]",
        KeyValuePair<string, object?>[] map => "{" + string.Join(',', map.Select(Describe)) + "}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Describe(KeyValuePair<string, object?> pair) => Describe(pair.Key) + ":" + Describe(pair.Value);

    private static void Write(ref MessagePackWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNil(); break;
            case bool boolean: writer.WriteBoolean(boolean); break;
            case long number: writer.WriteInt64(number); break;
            case ulong number: writer.WriteUInt64(number); break;
            case double number: writer.WriteFloat64(number); break;
            case string text: writer.WriteString(Encoding.UTF8.GetBytes(text)); break;
            case byte[] bytes: writer.WriteBinary(bytes); break;
            case object?[] items:
                writer.WriteArrayHeader(items.Length);
                foreach (var item in items)
                    Write(ref writer, item);
                break;
            case KeyValuePair<string, object?>[] map:
                writer.WriteMapHeader(map.Length);
                foreach (var (key, item) in map)
                {
                    Write(ref writer, key);
                    Write(ref writer, item);
                }
                break;
            default: throw new ArgumentException($"no MessagePack value: {value}");
        }
    }

    private static object ReadContainer(ref MessagePackReader reader)
    {
        if (reader.NextKind == MessagePackKind.Array)
        {
            Assert.Equal(MessagePackStatus.Ok, reader.ReadArrayHeader(out var count));
            var items = new object?[count];
            for (var i = 0; i < count; i++)
                items[i] = Read(ref reader);
            return items;
        }
        Assert.Equal(MessagePackStatus.Ok, reader.ReadMapHeader(out var pairs));
        var map = new KeyValuePair<string, object?>[pairs];
        for (var i = 0; i < pairs; i++)
            map[i] = new((string)Read(ref reader)!, Read(ref reader));
        return map;
    }

    private static KeyValuePair<string, object?>[] ToMap(IEnumerable<object?> items) =>
        [.. items.Select((item, index) => KeyValuePair.Create("key" + index.ToString(CultureInfo.InvariantCulture), item))];
}
