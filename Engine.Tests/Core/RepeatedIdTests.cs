using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Core;

/// <summary>An id that is used again is answered in the form in which its sender waits for the answer.</summary>
public sealed class RepeatedIdTests
{
    private static readonly ClientOrderId Used = ClientOrderId.From("used");
    private readonly TestWorld _world = new(new CoreEngine());

    public RepeatedIdTests()
    {
        _world.Instrument("EURUSD").Group("Standard").Account("live:1", "10000.00").Quote("EURUSD", "1.10000", "1.10002");
    }

    [Fact]
    public void Close_all_under_the_id_of_an_order_is_refused_as_a_request()
    {
        _world.Buy("live:1", "EURUSD", "0.10", (ref PlaceOrder order) => order.ClientOrderId = Used);

        CloseAll();

        RequestRefused refused = Assert.Single(_world.Last.Of<RequestRefused>());
        Assert.Equal(RejectCode.DuplicateClientOrderId, refused.Reject);
        Assert.Equal("used", refused.RequestId.ToString());
        Assert.Empty(_world.Last.Of<OrderReport>());
        Assert.Single(_world.Holdings("live:1"));
    }

    [Fact]
    public void An_order_under_the_id_of_a_close_all_is_refused_by_a_report()
    {
        CloseAll();

        OrderReport report = _world.Buy("live:1", "EURUSD", "0.10", (ref PlaceOrder order) => order.ClientOrderId = Used);

        Assert.Equal((OrderStatus.Rejected, RejectCode.DuplicateClientOrderId), (report.Status, report.Reject));
        Assert.Empty(_world.Last.Of<RequestRefused>());
    }

    [Fact]
    public void Close_all_sent_again_is_done_once()
    {
        CloseAll();
        _world.Buy("live:1", "EURUSD", "0.10");

        CloseAll();

        Assert.True(Assert.Single(_world.Last.Of<RequestDone>()).Duplicate);
        Assert.Single(_world.Holdings("live:1"));
    }

    [Fact]
    public void An_account_refused_for_its_group_may_be_opened_under_the_same_id_when_the_group_exists()
    {
        OpenInGroup(1);
        Assert.Equal(RejectCode.UnknownGroup, Assert.Single(_world.Last.Of<RequestRefused>()).Reject);

        _world.Group("Late");
        OpenInGroup(1);

        Assert.Single(_world.Last.Of<AccountOpened>());
        Assert.False(Assert.Single(_world.Last.Of<RequestDone>()).Duplicate);
    }

    [Fact]
    public void An_unknown_group_is_told_before_an_id_used_with_other_content()
    {
        OpenInGroup(0);

        OpenInGroup(1);

        Assert.Equal(RejectCode.UnknownGroup, Assert.Single(_world.Last.Of<RequestRefused>()).Reject);
    }

    private void OpenInGroup(int group) => _world.Send(
        new OpenAccount
        {
            RequestId = Used,
            UserType = UserType.Live,
            AccountNumber = 2,
            Group = group,
            Currency = CurrencyCode.From("USD"),
            Leverage = 100,
        },
        (ref CommandHeader header) => header.Key = 1);

    private void CloseAll() => _world.Send(
        new CloseAll { ClientOrderId = Used, Account = _world.Id("live:1"), Symbol = Commands.CloseAll.EverySymbol });
}
