using CopyEngine.Commands;

namespace CopyEngine.Protocol.Client;

/// <summary>The engine refused a request; nothing changed.</summary>
public sealed class TradingRejectedException : Exception
{
    internal TradingRejectedException(RejectCode code, string text, ExecutionReport? report = null)
        : base(text.Length > 0 ? $"refused: {code}: {text}" : $"refused: {code}")
    {
        Code = code;
        Report = report;
    }

    /// <summary>Why.</summary>
    public RejectCode Code { get; }

    /// <summary>The report that carried the refusal, if it reached the core.</summary>
    public ExecutionReport? Report { get; }
}

/// <summary>
/// The connection could not be made, or ended. What was under way may or may not have been carried out; sending it again under the
/// same id does it at most once.
/// </summary>
public sealed class TradingConnectionException : Exception
{
    internal TradingConnectionException(string message, Exception? cause = null, string? goodbyeCode = null)
        : base(message, cause) => GoodbyeCode = goodbyeCode;

    /// <summary>The code of the server's goodbye, such as <c>REPLACED</c>; null if it said none.</summary>
    public string? GoodbyeCode { get; }
}
