namespace CopyEngine.Host;

/// <summary>Senders inside the process. Their session numbers are negative, so that no gateway session ever has one.</summary>
internal static class HostSenders
{
    public static readonly Sender Heart = new(-1, 0, 0);
    public static readonly Sender World = new(-2, 0, 0);
    public static readonly Sender Replay = new(-3, 0, 0);
    public static readonly Sender Demo = new(-4, 0, 0);
    public static readonly Sender StateQuery = new(-5, 0, 0);
}
