namespace CopyEngine.Bench;

/// <summary>Something to measure. A scenario checks its own answer: a fast wrong result is an exception, not a figure.</summary>
internal interface IScenario
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>Measures; each figure is the median of several runs on a state of its own.</summary>
    IEnumerable<Figure> Run();
}

/// <summary>One measured value beside the ceiling that was measured in the same run.</summary>
/// <param name="Scenario">Scenario.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Value">Median.</param>
/// <param name="Unit">Unit of value and ceiling.</param>
/// <param name="Ceiling">The same work reduced to what cannot be avoided, median of the same run.</param>
/// <param name="CeilingIs">What the ceiling is.</param>
/// <param name="Limit">The limit that the design names, as text.</param>
internal sealed record Figure(
    string Scenario, string Metric, double Value, string Unit, double Ceiling, string CeilingIs, string Limit)
{
    public double Ratio => Value / Ceiling;

    public override string ToString() =>
        $"{Scenario,-8} {Metric,-58} {Value,10:F1} {Unit}   {Ratio,6:F1} x {CeilingIs} ({Ceiling:F2} {Unit})   limit: {Limit}";
}
