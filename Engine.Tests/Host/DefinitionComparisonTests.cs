using System.Reflection;
using CopyEngine.Commands;
using CopyEngine.Host.World;
using CopyEngine.Numerics;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>No field of a definition is forgotten when two are compared, and nothing but fields is looked at.</summary>
public sealed class DefinitionComparisonTests
{
    [Fact]
    public void Every_field_of_an_instrument_counts() =>
        AssertEveryFieldCounts<RegisterInstrument>((left, right) => DefinitionComparison.IsSame(in left, in right));

    [Fact]
    public void Every_field_of_a_group_counts() =>
        AssertEveryFieldCounts<RegisterGroup>((left, right) => DefinitionComparison.IsSame(in left, in right));

    [Fact]
    public void Every_field_of_what_a_group_does_for_an_instrument_counts() =>
        AssertEveryFieldCounts<SetGroupInstrument>((left, right) => DefinitionComparison.IsSame(in left, in right));

    private static void AssertEveryFieldCounts<TDefinition>(Func<TDefinition, TDefinition, bool> isSame) where TDefinition : struct
    {
        Assert.True(isSame(default, default));
        FieldInfo[] fields = [.. typeof(TDefinition).GetFields(BindingFlags.Public | BindingFlags.Instance)];
        Assert.NotEmpty(fields);
        foreach (FieldInfo field in fields)
        {
            object changed = default(TDefinition);
            field.SetValue(changed, Other(field.FieldType));
            Assert.False(isSame(default, (TDefinition)changed), $"a change of {field.Name} is not noticed");
            Assert.True(isSame((TDefinition)changed, (TDefinition)changed), field.Name);
        }
    }

    private static object Other(Type type)
    {
        if (type == typeof(TradingSessions))
        {
            var sessions = default(TradingSessions);
            sessions[TradingSessions.Count - 1] = new TradingSession(0, 1);
            return sessions;
        }
        return type == typeof(Symbol) ? Symbol.From("X")
            : type == typeof(CurrencyCode) ? CurrencyCode.From("X")
            : type == typeof(GroupName) ? GroupName.From("X")
            : type == typeof(bool) ? true
            : type.IsEnum ? Enum.ToObject(type, 2)
            : Convert.ChangeType(1, type, System.Globalization.CultureInfo.InvariantCulture);
    }
}
