using System.Globalization;
using System.Text;

namespace CopyEngine.Bench;

/// <summary>Writes the figures of a run as the table that is kept in the repository.</summary>
internal sealed class ResultFile
{
    private readonly List<Figure> _figures = [];

    public void Add(Figure figure) => _figures.Add(figure);

    public void WriteTo(string path)
    {
        var text = new StringBuilder();
        text.AppendLine("# Results").AppendLine();
        text.AppendLine("Written by `dotnet run -c Release --project Engine.Bench -- all --write`. Medians; the machine is shared and noisy, so read the");
        text.AppendLine("ratios: the ceiling is measured in the same run. Limits are those of the design.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Machine.Describe()}").AppendLine();
        text.AppendLine("| scenario | metric | median | ceiling | ratio | limit |");
        text.AppendLine("| --- | --- | ---: | ---: | ---: | --- |");
        foreach (Figure figure in _figures)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {figure.Scenario} | {figure.Metric} | {figure.Value:F1} {figure.Unit} | {figure.Ceiling:F2} {figure.Unit} ({figure.CeilingIs}) | {figure.Ratio:F1} | {figure.Limit} |");
        }
        File.WriteAllText(path, text.ToString());
    }
}
