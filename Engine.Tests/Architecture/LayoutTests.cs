using System.Reflection;
using System.Runtime.CompilerServices;
using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Orders;
using Xunit;

namespace CopyEngine.Tests.Architecture;

/// <summary>Sizes that the design counts on, and structs without holes, since states are compared by their bytes.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void A_slot_is_four_cache_lines()
    {
        Assert.Equal(256, Unsafe.SizeOf<CommandSlot>());
        Assert.Equal(256, Unsafe.SizeOf<EventSlot>());
    }

    [Fact]
    public void Every_command_and_event_fits_into_its_slot()
    {
        foreach (Type type in typeof(ICommand).Assembly.GetTypes().Where(type => type.IsValueType && !type.IsGenericTypeDefinition))
        {
            int room = typeof(ICommand).IsAssignableFrom(type) ? CommandSlot.PayloadLength
                : typeof(IEvent).IsAssignableFrom(type) ? EventSlot.PayloadLength
                : int.MaxValue;
            Assert.True(room == int.MaxValue || SizeOf(type) <= room, $"{type.Name} takes {SizeOf(type)} bytes, there are {room}");
        }
    }

    [Fact]
    public void The_hot_part_of_an_account_is_one_cache_line() => Assert.Equal(64, Unsafe.SizeOf<Account>());

    [Fact]
    public void An_order_is_at_most_three_cache_lines() => Assert.True(Unsafe.SizeOf<Order>() <= 192, $"{Unsafe.SizeOf<Order>()} bytes");

    [Theory]
    [InlineData(typeof(Account))]
    [InlineData(typeof(AccountProfile))]
    [InlineData(typeof(Exposure))]
    [InlineData(typeof(Order))]
    public void A_hashed_struct_has_no_holes(Type type) => Assert.Equal(SizeOf(type), SumOfFields(type));

    private static int SumOfFields(Type type)
    {
        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        return fields.Sum(field => field.FieldType.IsPrimitive || field.FieldType.IsEnum ? SizeOf(field.FieldType) : SumOfFields(field.FieldType));
    }

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
