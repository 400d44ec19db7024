using System.Text.RegularExpressions;
using CopyEngine.Core;
using CopyEngine.Journal;
using CopyEngine.Recovery;
using Xunit;

namespace CopyEngine.Tests.Architecture;

/// <summary>Data flows one way, and so do dependencies: a module knows what comes before it, never what comes after.</summary>
public sealed class DependencyTests
{
    /// <summary>Folders of the engine in the order in which an order meets them; each may use itself and what stands before it.</summary>
    private static readonly string[] Flow =
    [
        "Numerics", "Commands", "State", "Events", "Instruments", "Quotes", "Accounts", "Orders", "Work", "Copying", "Margin", "Core",
        "Storage", "Journal", "Snapshots", "Recovery", "Pipeline",
    ];

    [Fact]
    public void Every_module_of_the_engine_uses_only_what_stands_before_it()
    {
        var faults = new List<string>();
        for (int place = 0; place < Flow.Length; place++)
        {
            HashSet<string> allowed = [.. Flow[..(place + 1)]];
            foreach (string file in CheckoutFiles.Sources(Path.Combine("Engine", Flow[place])))
            {
                string code = CheckoutFiles.CodeOf(file);
                faults.AddRange(Flow
                    .Where(other => !allowed.Contains(other) && Regex.IsMatch(code, $@"\bCopyEngine\.{other}\b|using {other}\b"))
                    .Select(other => $"{Path.GetFileName(file)} in {Flow[place]} uses {other}"));
            }
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void The_engine_knows_neither_host_nor_web_nor_redis()
    {
        string[] references = [.. typeof(TradingCore).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!)];
        Assert.DoesNotContain(references, name =>
            name.StartsWith("CopyEngine.Host", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || name.StartsWith("StackExchange", StringComparison.Ordinal)
            || name.StartsWith("Serilog", StringComparison.Ordinal));
    }

    /// <summary>What users of the engine set and see of its inner modules.</summary>
    private static readonly Type[] Shown = [typeof(Durability), typeof(JournalStatistics), typeof(StoreSettings), typeof(RecoveryReport)];

    [Fact]
    public void The_core_is_not_public()
    {
        string[] hidden = [.. Flow[4..].Append("State").Select(module => $"CopyEngine.{module}")];
        IEnumerable<Type> exported = typeof(TradingCore).Assembly.GetExportedTypes()
            .Where(type => hidden.Contains(type.Namespace) && !typeof(Exception).IsAssignableFrom(type) && !Shown.Contains(type));
        Assert.Empty(exported);
    }
}
