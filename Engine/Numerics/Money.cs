namespace CopyEngine.Numerics;

/// <summary>
/// An amount of one currency in integer 10^-8 (semantics, section 1). Which currency is known from where it stands:
/// an account's amounts are in the account's currency. Sums are checked; an overflow is a bug, because every amount
/// that a user can reach is bounded at the edge by <see cref="Limit"/>.
/// </summary>
/// <param name="Units">The amount in 10^-8 of the currency.</param>
public readonly record struct Money(long Units) : IComparable<Money>
{
    /// <summary>Nothing.</summary>
    public static readonly Money Zero;

    /// <summary>Largest amount that a single balance, profit or margin may reach: 10^10 of the currency.</summary>
    public static readonly Money Limit = new(1_000_000_000_000_000_000);

    /// <summary>True while the amount can be added to others without leaving 64 bits.</summary>
    public bool IsWithinLimit => Units <= Limit.Units && Units >= -Limit.Units;

    /// <summary>The amount of a plain decimal text; for configuration and tests.</summary>
    /// <exception cref="FormatException">The text is not a plain decimal of at most eight decimals.</exception>
    public static Money Parse(string text) => new(Fixed8.Parse(text));

    /// <summary>Sum.</summary>
    public static Money operator +(Money left, Money right) => new(left.Units + right.Units);

    /// <summary>Difference.</summary>
    public static Money operator -(Money left, Money right) => new(left.Units - right.Units);

    /// <summary>Negation.</summary>
    public static Money operator -(Money value) => new(-value.Units);

    /// <summary>Less than.</summary>
    public static bool operator <(Money left, Money right) => left.Units < right.Units;

    /// <summary>Greater than.</summary>
    public static bool operator >(Money left, Money right) => left.Units > right.Units;

    /// <summary>Less than or equal.</summary>
    public static bool operator <=(Money left, Money right) => left.Units <= right.Units;

    /// <summary>Greater than or equal.</summary>
    public static bool operator >=(Money left, Money right) => left.Units >= right.Units;

    /// <inheritdoc/>
    public int CompareTo(Money other) => Units.CompareTo(other.Units);

    /// <summary>
    /// The amount as it is booked or shown: rounded half away from zero to <paramref name="minorDecimals"/> decimals
    /// (2 for most currencies, 0 for the yen), still in 10^-8.
    /// </summary>
    public Money RoundToMinorUnit(int minorDecimals)
    {
        long unit = Fixed8.PowerOfTen(Fixed8.Decimals - minorDecimals);
        return new(Rounding.DivideHalfAwayFromZero(Units, unit) * unit);
    }

    /// <summary>Shortest plain decimal.</summary>
    public override string ToString() => Fixed8.ToText(Units);
}
