using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Examples;

/// <summary>The core gives the figures of the specification.</summary>
public sealed class CopySizesOfTheCore : CopySizeExamples
{
    private protected override IRulesEngine NewEngine() => new CoreEngine();
}

/// <summary>The core gives the figures of the specification.</summary>
public sealed class MarginsOfTheCore : MarginExamples
{
    private protected override IRulesEngine NewEngine() => new CoreEngine();
}

/// <summary>The core survives the gap with ten thousand followers.</summary>
public sealed class GapOfTheCore : GapExample
{
    private protected override IRulesEngine NewEngine() => new CoreEngine();

    private protected override int Followers => 10_000;
}
