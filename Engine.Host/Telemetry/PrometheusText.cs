using System.Globalization;
using System.Text;

namespace CopyEngine.Host.Telemetry;

/// <summary>Writes metrics in Prometheus' text format 0.0.4: a family's HELP and TYPE once, then its samples.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _family = "";

    public PrometheusText Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Sample("counter", name, help, value, labels);

    public PrometheusText Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Sample("gauge", name, help, value, labels);

    public override string ToString() => _text.ToString();

    private PrometheusText Sample(string type, string name, string help, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (_family != name)
        {
            _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            _family = name;
        }
        _text.Append(name);
        AppendLabels(labels);
        _text.Append(' ').Append(Text(value)).Append('\n');
        return this;
    }

    private void AppendLabels(ReadOnlySpan<(string Name, string Value)> labels)
    {
        string separator = "{";
        foreach ((string name, string value) in labels)
        {
            _text.Append(separator).Append(name).Append("=\"").Append(Escaped(value)).Append('"');
            separator = ",";
        }
        _text.Append(labels.IsEmpty ? "" : "}");
    }

    private static string Text(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escaped(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
