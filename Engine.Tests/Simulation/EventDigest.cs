using System.Buffers.Binary;
using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CopyEngine.Events;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// A fingerprint of what an event says. The holes between the fields of a struct say nothing, and nothing guarantees
/// what they hold, so they are left out.
/// </summary>
internal static class EventDigest
{
    private static readonly Dictionary<EventType, byte[]> Masks = typeof(IEvent).Assembly.GetTypes()
        .Where(type => type.IsValueType && typeof(IEvent).IsAssignableFrom(type))
        .ToDictionary(TypeOf, type => Mask(type, EventSlot.PayloadLength));

    private static readonly byte[] HeaderMask = Mask(typeof(EventHeader), Unsafe.SizeOf<EventHeader>());

    /// <summary>Of everything.</summary>
    public static ulong Of(ref EventSlot slot) => Of(ref slot, slot.Header);

    /// <summary>Of everything but the sender.</summary>
    public static ulong StoryOf(ref EventSlot slot) => Of(ref slot, slot.Header with { Session = 0, Key = 0, Correlation = 0 });

    private static ulong Of(ref EventSlot slot, EventHeader header)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<EventSlot>(ref slot));
        ulong digest = Add(17, MemoryMarshal.AsBytes(new ReadOnlySpan<EventHeader>(ref header)), HeaderMask);
        return Add(digest, bytes[HeaderMask.Length..], Masks[slot.Header.Type]);
    }

    private static ulong Add(ulong digest, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mask)
    {
        for (int i = 0; i + sizeof(ulong) <= bytes.Length; i += sizeof(ulong))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]) & BinaryPrimitives.ReadUInt64LittleEndian(mask[i..]);
            digest = unchecked(BitOperations.RotateLeft(digest ^ word, 29) * 0x9E37_79B9_7F4A_7C15);
        }
        return digest;
    }

    private static EventType TypeOf(Type type) =>
        (EventType)type.GetProperty(nameof(IEvent.Type), BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!;

    private static byte[] Mask(Type type, int length)
    {
        byte[] mask = new byte[length];
        Fill(mask, type);
        return mask;
    }

    /// <summary>Marks the bytes of every field, fields of fields included.</summary>
    private static void Fill(Span<byte> mask, Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(Int128) || type == typeof(UInt128))
        {
            mask[..SizeOf(type)].Fill(0xFF);
            return;
        }
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            int elements = type.GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 1;
            for (int i = 0; i < elements; i++)
            {
                Fill(mask[(OffsetOf(field) + i * SizeOf(field.FieldType))..], field.FieldType);
            }
        }
    }

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    /// <summary>The address of the field in a struct that begins at address 0.</summary>
    private static int OffsetOf(FieldInfo field)
    {
        var method = new DynamicMethod("offset", typeof(int), Type.EmptyTypes, typeof(EventDigest).Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        code.Emit(OpCodes.Ldc_I4_0);
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Conv_I4);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }
}
