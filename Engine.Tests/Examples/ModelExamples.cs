using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Examples;

/// <summary>The model gives the figures of the specification.</summary>
public sealed class CopySizesOfTheModel : CopySizeExamples
{
    private protected override IRulesEngine NewEngine() => new ModelEngine(new EngineLimits());
}

/// <summary>The model gives the figures of the specification.</summary>
public sealed class MarginsOfTheModel : MarginExamples
{
    private protected override IRulesEngine NewEngine() => new ModelEngine(new EngineLimits());
}

/// <summary>The model survives the gap.</summary>
public sealed class GapOfTheModel : GapExample
{
    private protected override IRulesEngine NewEngine() => new ModelEngine(new EngineLimits());

    private protected override int Followers => 40;
}
