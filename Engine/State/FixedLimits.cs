namespace CopyEngine.State;

/// <summary>
/// The limits that shape the state: tables are laid out by them and order ids carry the shard, so they stay what they
/// were at the first start. The other limits travel as <c>SetLimits</c>.
/// </summary>
/// <param name="Instruments">Most instruments.</param>
/// <param name="Groups">Most groups.</param>
/// <param name="Currencies">Most currencies.</param>
/// <param name="Shard">Upper 16 bits of order ids.</param>
internal readonly record struct FixedLimits(int Instruments, int Groups, int Currencies, int Shard)
{
    /// <summary>Those of a configuration.</summary>
    public static FixedLimits Of(EngineLimits limits) =>
        new(limits.Instruments, limits.Groups, limits.Currencies, limits.Shard);

    /// <summary>A configuration with these in place of its own.</summary>
    public EngineLimits ApplyTo(EngineLimits limits) =>
        limits with { Instruments = Instruments, Groups = Groups, Currencies = Currencies, Shard = Shard };
}
