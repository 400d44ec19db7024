using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using CopyEngine.Core;
using CopyEngine.Orders;
using CopyEngine.State;
using CopyEngine.Work;

namespace CopyEngine.Tests.State;

/// <summary>
/// Compares two cores field by field, whatever classes they consist of: a field that nobody remembered to save is found
/// here on the day it is added. What is not compared is named with its reason.
/// </summary>
internal sealed class StateGraph
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Fields that belong to a single command or step; every command begins with them anew.</summary>
    private static readonly HashSet<string> OfOneCommand =
    [
        "EventOutput._cause", "EventOutput._index", "EventOutput._isWork", "Answers._place", "Cascade._masters",
        "Liquidation._candidates", "TriggerTable._movedLast",
    ];

    /// <summary>Fields that follow from others and are compared by what they say, below.</summary>
    private static readonly HashSet<string> ComparedByMeaning =
    [
        "WorkQueue._chains", "ExpiryQueue._heap", "ExpiryQueue._positions", "OrderIndex._pages", "OrderIndex._spare",
        "OrderIndex._living", "TriggerTable._ladders",
    ];

    private readonly HashSet<(object, object)> _seen = new(ReferencePairs.Instance);

    /// <summary>The first field that differs, as a path; null when there is none.</summary>
    public static string? Difference(TradingCore left, TradingCore right) => new StateGraph().Compare(left, right, "core");

    private string? Compare(object? left, object? right, string path)
    {
        if (left is null || right is null)
        {
            return ReferenceEquals(left, right) ? null : $"{path}: one is null";
        }
        Type type = left.GetType();
        if (type != right.GetType())
        {
            return $"{path}: {type} and {right.GetType()}";
        }
        if (type.IsPrimitive || type.IsEnum || left is string or EngineLimits)
        {
            return left.Equals(right) ? null : $"{path}: {left} and {right}";
        }
        if (left is Delegate or Events.IEventSink && left is not TradingCore || (!type.IsValueType && !_seen.Add((left, right))))
        {
            return null;
        }
        return Special(left, right, path) ?? CompareFields(left, right, type, path);
    }

    private string? CompareFields(object left, object right, Type type, string path)
    {
        if (left is IList leftItems && right is IList rightItems)
        {
            return CompareItems(leftItems, rightItems, path);
        }
        if (left is IDictionary leftEntries && right is IDictionary rightEntries)
        {
            return CompareEntries(leftEntries, rightEntries, path);
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(PagedArray<>))
        {
            return SameBytes(Saved(left), Saved(right), path);
        }
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(Own))
            {
                string name = $"{level.Name}.{field.Name}";
                if (OfOneCommand.Contains(name) || ComparedByMeaning.Contains(name))
                {
                    continue;
                }
                string? difference = Compare(field.GetValue(left), field.GetValue(right), $"{path}.{field.Name}");
                if (difference is not null)
                {
                    return difference;
                }
            }
        }
        return null;
    }

    private string? CompareItems(IList left, IList right, string path)
    {
        if (left.Count != right.Count)
        {
            return $"{path}: {left.Count} and {right.Count} items";
        }
        if (left is int[] leftNumbers && right is int[] rightNumbers)
        {
            return leftNumbers.AsSpan().SequenceEqual(rightNumbers) ? null : $"{path}: other numbers";
        }
        for (int i = 0; i < left.Count; i++)
        {
            string? difference = Compare(left[i], right[i], $"{path}[{i}]");
            if (difference is not null)
            {
                return difference;
            }
        }
        return null;
    }

    private string? CompareEntries(IDictionary left, IDictionary right, string path)
    {
        if (left.Count != right.Count)
        {
            return $"{path}: {left.Count} and {right.Count} entries";
        }
        foreach (DictionaryEntry entry in left)
        {
            string? difference = right.Contains(entry.Key)
                ? Compare(entry.Value, right[entry.Key], $"{path}[{entry.Key}]")
                : $"{path}: only one has {entry.Key}";
            if (difference is not null)
            {
                return difference;
            }
        }
        return null;
    }

    /// <summary>What is kept in places that mean nothing by themselves.</summary>
    private static string? Special(object left, object right, string path) => (left, right) switch
    {
        (WorkQueue, WorkQueue) => SameNumbers(left, right, "_chains", (int)Of(left, "_count")!, path),
        (ExpiryQueue, ExpiryQueue) => SameNumbers(left, right, "_heap", (int)Of(left, "_count")!, path) ?? SamePositions(left, right, path),
        (OrderIndex first, OrderIndex second) => SameIds(first, second, path),
        (TriggerTable, TriggerTable) => SameLevels(left, right, path),
        _ => null,
    };

    private static string? SameNumbers(object left, object right, string field, int count, string path)
    {
        var first = (int[])Of(left, field)!;
        var second = (int[])Of(right, field)!;
        return first.AsSpan(0, count).SequenceEqual(second.AsSpan(0, Math.Min(count, second.Length))) ? null : $"{path}.{field}: other numbers";
    }

    private static string? SamePositions(object left, object right, string path)
    {
        int[] heap = (int[])Of(left, "_heap")!;
        for (int i = 0; i < (int)Of(left, "_count")!; i++)
        {
            if (((int[])Of(right, "_positions")!)[heap[i]] != i)
            {
                return $"{path}._positions of {heap[i]}";
            }
        }
        return null;
    }

    private static string? SameIds(OrderIndex left, OrderIndex right, string path)
    {
        long shard = (long)Of(left, "_shardBits")!;
        for (long number = 1; number <= Math.Max(left.Given, right.Given); number++)
        {
            if (left.Find(shard | number) != right.Find(shard | number))
            {
                return $"{path}: id {number} at {left.Find(shard | number)} and {right.Find(shard | number)}";
            }
        }
        int[] first = [.. (int[])Of(left, "_living")!];
        int[] second = (int[])Of(right, "_living")!;
        Array.Resize(ref first, Math.Max(first.Length, second.Length));
        Array.Resize(ref second, first.Length);
        return first.AsSpan().SequenceEqual(second) ? null : $"{path}._living";
    }

    private static string? SameLevels(object left, object right, string path)
    {
        List<string> first = Levels(left);
        List<string> second = Levels(right);
        return first.SequenceEqual(second) ? null : $"{path}._ladders: {string.Join(" ", first)} and {string.Join(" ", second)}";
    }

    private static List<string> Levels(object triggers)
    {
        var texts = new List<string>();
        var ladders = (List<PriceLevels[]>)Of(triggers, "_ladders")!;
        for (int symbol = 0; symbol < ladders.Count; symbol++)
        {
            for (int ladder = 0; ladder < ladders[symbol].Length; ladder++)
            {
                PriceLevels levels = ladders[symbol][ladder];
                for (int price = levels.AtOrAbove(0); price >= 0; price = levels.AtOrAbove(price + 1))
                {
                    ref PriceLevels.Level level = ref levels[levels.Find(price)];
                    texts.Add($"{symbol}/{ladder}/{price}:{level.First}-{level.Last}");
                }
            }
        }
        return texts;
    }

    private static byte[] Saved(object pagedArray)
    {
        var transfer = new SavingTransfer();
        pagedArray.GetType().GetMethod("Transfer")!.Invoke(pagedArray, [transfer]);
        return transfer.Saved;
    }

    private static string? SameBytes(byte[] left, byte[] right, string path) => left.AsSpan().SequenceEqual(right) ? null : $"{path}: other contents";

    private static object? Of(object owner, string field) => owner.GetType().GetField(field, Own)!.GetValue(owner);

    /// <summary>Pairs of the same two objects.</summary>
    private sealed class ReferencePairs : IEqualityComparer<(object, object)>
    {
        public static readonly ReferencePairs Instance = new();

        public bool Equals((object, object) x, (object, object) y) => ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((object, object) obj) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(obj.Item1), RuntimeHelpers.GetHashCode(obj.Item2));
    }
}
