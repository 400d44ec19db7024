namespace CopyEngine.Host.Demo;

/// <summary>How lively the market is.</summary>
internal enum MarketMood
{
    /// <summary>Small steps around the old price.</summary>
    Quiet,

    /// <summary>Larger steps.</summary>
    Brisk,

    /// <summary>News: every price runs to a new level within seconds.</summary>
    Violent,
}

/// <summary>
/// A trading day compressed to 54 seconds: quiet, brisk, then violent hours. Two days pass in less than two minutes, so
/// that nobody has to wait long for a cascade.
/// </summary>
internal static class MarketHours
{
    public const double QuietSeconds = 22;
    public const double BriskSeconds = 16;
    public const double ViolentSeconds = 16;
    public const double DaySeconds = QuietSeconds + BriskSeconds + ViolentSeconds;

    /// <summary>The mood at a moment, and how many days have passed before it.</summary>
    public static (MarketMood Mood, int Day) At(double seconds)
    {
        double ofDay = seconds % DaySeconds;
        MarketMood mood = ofDay < QuietSeconds ? MarketMood.Quiet
            : ofDay < QuietSeconds + BriskSeconds ? MarketMood.Brisk
            : MarketMood.Violent;
        return (mood, (int)(seconds / DaySeconds));
    }
}
