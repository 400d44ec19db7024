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

    /// <summary>Routes are derived, positions are saved field by field, the others belong to a single step of the core.</summary>
    private static readonly Type[] BuiltAnew =
    [
        typeof(Quotes.Leg), typeof(Quotes.Route), typeof(AccountName), typeof(EventPosition),
        .. typeof(ICommand).Assembly.GetTypes().Where(type => type.Name is "ClosedMaster" or "Candidate"),
    ];

    /// <summary>What a hole holds is nobody's decision: it would make equal states, commands and events differ.</summary>
    [Fact]
    public void Nothing_that_is_hashed_saved_or_journaled_has_holes()
    {
        Type[] all = typeof(ICommand).Assembly.GetTypes();
        IEnumerable<Type> carried = all.Where(type => type.IsValueType
            && (typeof(ICommand).IsAssignableFrom(type) || typeof(IEvent).IsAssignableFrom(type)));
        string[] holes =
        [
            .. all.SelectMany(HeldBy).Concat(carried).Append(typeof(CommandHeader)).Append(typeof(EventHeader)).Distinct()
                .Except(BuiltAnew)
                .Where(type => SumOfFields(type) is int sum && sum != SizeOf(type) && sum != 0)
                .Select(type => $"{type.Name}: {SizeOf(type)} bytes, its fields {SumOfFields(type)}"),
        ];
        Assert.True(holes.Length == 0, string.Join(Environment.NewLine, holes));
    }

    /// <summary>Structs of which a class of the core keeps an array, a list or one.</summary>
    private static IEnumerable<Type> HeldBy(Type type)
    {
        string[] keepers = ["State", "Events", "Instruments", "Quotes", "Accounts", "Orders", "Work", "Copying", "Margin", "Core"];
        if (type.IsValueType || !keepers.Any(module => type.Namespace == $"CopyEngine.{module}"))
        {
            return [];
        }
        return type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(field => field.FieldType)
            .Select(held => held.IsArray ? held.GetElementType()! : held.IsGenericType && !held.IsValueType ? held.GetGenericArguments()[0] : held)
            .Where(held => held.IsValueType && !held.IsPrimitive && !held.IsEnum && !held.IsGenericType && held.Namespace!.StartsWith("CopyEngine", StringComparison.Ordinal));
    }

    private static int SumOfFields(Type type)
    {
        if (type.IsPrimitive || type.IsEnum)
        {
            return SizeOf(type);
        }
        int sum = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Sum(field => SumOfFields(field.FieldType));
        return sum * (type.GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 1);
    }

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
