namespace CopyEngine.Tests.Sessions;

/// <summary>Draws from a seeded source; the same seed draws the same.</summary>
internal sealed class RandomChoices(int seed)
{
    private readonly Random _random = new(seed);

    public int Between(int low, int high) => _random.Next(low, high + 1);

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public T OneOf<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    public T ItemOf<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    public decimal Between(decimal low, decimal high) => low + (high - low) * (decimal)_random.NextDouble();

    public Features Swarm()
    {
        Features features = Features.None;
        foreach (Features feature in Enum.GetValues<Features>())
        {
            features |= Chance(0.6) ? feature : Features.None;
        }
        return features;
    }
}
