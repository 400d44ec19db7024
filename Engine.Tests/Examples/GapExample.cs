using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Examples;

/// <summary>Semantics, section 9, example 14: the franc without its floor. Run for the core and, smaller, for the model.</summary>
public abstract class GapExample
{
    private const string Provider = "strategy_provider:1";

    private protected abstract IRulesEngine NewEngine();

    private protected abstract int Followers { get; }

    [Fact]
    public void Example_14_every_account_is_closed_once_and_the_books_hold()
    {
        TestWorld world = new TestWorld(NewEngine()).Group("Standard").Instrument("EURCHF").Account(Provider, "10000.00", "CHF");
        for (int number = 1; number <= Followers; number++)
        {
            world.Account($"copy_follower:{number}", "10000.00", "CHF").Follow($"copy_follower:{number}", Provider);
        }
        world.Quote("EURCHF", "1.20000", "1.20000");
        world.Buy(Provider, "EURCHF", "1.00");
        Assert.Equal(Followers + 1, world.Last.Of<OrderReport>().Count);

        world.Quote("EURCHF", "0.98000", "0.98010").Tick();

        List<OrderReport> closes = world.Last.Of<OrderReport>();
        Assert.Equal(Followers + 1, closes.Select(close => close.Account).Distinct().Count());
        Assert.Equal(Followers + 1, closes.Count);
        Assert.All(closes, close => Assert.Equal(("0.98000", OrderStatus.Closed), (world.Price(close, close.LastPricePoints), close.Status)));
        CascadeReport audit = Assert.Single(world.Last.Of<CascadeReport>());
        Assert.Equal((Followers, Followers, 0), (audit.TotalFollowers, audit.SuccessfulFollowers, audit.FailedFollowers));
        List<LedgerPosting> postings = world.Last.Of<LedgerPosting>();
        Assert.All(postings.GroupBy(posting => posting.Account), account => Assert.Equal("0", account.Last().Balance.ToString()));
        AssertBooks(world, postings.Aggregate(Money.Zero, (sum, posting) => sum + posting.NegativeBalance));
    }

    private static void AssertBooks(TestWorld world, Money forgiven)
    {
        world.Send(default(ReportState));
        BooksState books = world.Last.Of<BooksState>().Single(state => state.Currency.ToString() == "CHF");
        Assert.Equal((Int128)(-forgiven.Units), books.NegativeBalanceExpense);
        Assert.Equal(
            (Int128)0,
            books.ClientBalances + books.BrokerProfit + books.Commissions + books.Swaps + books.NegativeBalanceExpense
                + books.Rounding + books.ExternalFlows);
    }
}
