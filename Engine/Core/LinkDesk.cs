using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.State;
using CopyEngine.Work;

namespace CopyEngine.Core;

/// <summary>Follow, unfollow, pause and resume (semantics, section 6).</summary>
internal sealed class LinkDesk(
    InstrumentTable instruments,
    QuoteTable quotes,
    AccountTable accounts,
    OrderTable orders,
    OrderExecution execution,
    OrderReports reports,
    LinkTable links,
    WorkQueue work,
    Answers answers,
    EventOutput output)
{
    /// <summary>Largest ratio, in 10^-8; keeps the exact product of a copy's size within 128 bits.</summary>
    private const long MaxRatio = 1_000 * Fixed8.One;

    public void Follow(in Follow command, StateHash content)
    {
        if (!TryBegin(in command.RequestId, content, command.Provider, command.Follower, out int provider))
        {
            return;
        }
        RejectCode refusal = provider < 0 ? RejectCode.NotAProvider
            : accounts.Profile(command.Follower).UserType != UserType.CopyFollower ? RejectCode.NotAFollower
            : links.Find(provider, command.Follower) >= 0 ? RejectCode.AlreadyFollowing
            : accounts[command.Provider].Has(AccountFlags.Liquidating) ? RejectCode.Liquidating
            : IsSound(in command.Settings) ? RejectCode.None
            : RejectCode.InvalidSetting;
        if (refusal != RejectCode.None)
        {
            answers.Refuse(in command.RequestId, refusal);
            return;
        }
        int link = links.Add(provider, command.Follower, in command.Settings);
        output.Emit(links.Describe(provider, link));
        answers.Done(in command.RequestId);
    }

    public void Unfollow(in Unfollow command, StateHash content, long now)
    {
        if (!TryBeginOnLink(in command.RequestId, content, command.Provider, command.Follower, out int provider, out int link))
        {
            return;
        }
        RejectCode refusal = command.OpenCopies switch
        {
            OpenCopies.Close => CheckClosable(command.Follower, command.Provider, now),
            OpenCopies.Keep => RejectCode.None,
            _ => RejectCode.InvalidSetting,
        };
        if (refusal != RejectCode.None)
        {
            answers.Refuse(in command.RequestId, refusal);
            return;
        }
        EndCopies(in command, now);
        links.Remove(provider, link);
        output.Emit(links.Describe(provider, link) with { Removed = true });
        answers.Done(in command.RequestId);
    }

    public void SetStatus(in SetLinkStatus command, StateHash content)
    {
        if (!TryBeginOnLink(in command.RequestId, content, command.Provider, command.Follower, out int provider, out int link))
        {
            return;
        }
        if (command.Status is not (LinkStatus.Active or LinkStatus.Paused))
        {
            answers.Refuse(in command.RequestId, RejectCode.InvalidSetting);
            return;
        }
        ref CopyLink changed = ref links[provider].Links[link];
        changed.Status = command.Status;
        changed.PauseReason = command.Status == LinkStatus.Paused ? RejectCode.LinkPaused : RejectCode.None;
        output.Emit(links.Describe(provider, link));
        answers.Done(in command.RequestId);
    }

    private bool TryBegin(in ClientOrderId id, StateHash content, int providerAccount, int follower, out int provider)
    {
        provider = -1;
        if (!accounts.Contains(providerAccount) || !accounts.Contains(follower))
        {
            answers.Refuse(in id, RejectCode.UnknownAccount);
            return false;
        }
        if (!answers.IsNewRequest(in id, content))
        {
            return false;
        }
        provider = accounts.Profile(providerAccount).Provider;
        if (provider >= 0)
        {
            work.Complete(provider);
        }
        return true;
    }

    private bool TryBeginOnLink(
        in ClientOrderId id, StateHash content, int providerAccount, int follower, out int provider, out int link)
    {
        link = -1;
        if (!TryBegin(in id, content, providerAccount, follower, out provider))
        {
            return false;
        }
        link = provider < 0 ? -1 : links.Find(provider, follower);
        RejectCode refusal = link < 0 ? RejectCode.NotFollowing
            : accounts[providerAccount].Has(AccountFlags.Liquidating) ? RejectCode.Liquidating
            : RejectCode.None;
        if (refusal != RejectCode.None)
        {
            answers.Refuse(in id, refusal);
        }
        return refusal == RejectCode.None;
    }

    /// <summary>Every copy must be closable now, or the whole is refused and nothing changes.</summary>
    private RejectCode CheckClosable(int follower, int provider, long now)
    {
        bool isUnconvertible = false;
        for (int place = accounts[follower].FirstOrder; place >= 0; place = orders[place].NextOfAccount)
        {
            if (!IsCopyOf(place, provider))
            {
                continue;
            }
            ref Order order = ref orders[place];
            if (!instruments[order.Symbol].IsInSession(now))
            {
                return RejectCode.MarketClosed;
            }
            isUnconvertible |= !execution.TryPrepare(place, order.Steps, quotes[order.Symbol].Raw, now, out _);
        }
        return isUnconvertible ? RejectCode.NoPrice : RejectCode.None;
    }

    private void EndCopies(in Unfollow command, long now)
    {
        int next;
        for (int place = accounts[command.Follower].FirstOrder; place >= 0; place = next)
        {
            next = orders[place].NextOfAccount;
            if (IsCopyOf(place, command.Provider))
            {
                EndCopy(place, command.OpenCopies, now);
            }
        }
    }

    private void EndCopy(int place, OpenCopies openCopies, long now)
    {
        ref Order order = ref orders[place];
        // A close can have become impossible only by the closes before it, at the account's very limit: then it is kept.
        if (openCopies == OpenCopies.Close
            && execution.TryPrepare(place, order.Steps, quotes[order.Symbol].Raw, now, out Closing closing))
        {
            execution.Close(place, in closing, Cause.Unfollow, default, now);
            return;
        }
        orders.Detach(place);
        order.MasterId = 0;
        order.Flags &= ~OrderFlags.PendingClose;
        OrderReport report = reports.Of(place, OrderStatus.Modified, Cause.Unfollow, now);
        output.Emit(in report);
    }

    private bool IsCopyOf(int place, int provider)
    {
        int master = orders[place].Master;
        return master >= 0 && orders[master].Account == provider;
    }

    private static bool IsSound(in CopySettings settings) =>
        settings.MinLotPolicy is MinLotPolicy.Skip or MinLotPolicy.Raise
        && settings.Mode switch
        {
            CopyMode.Proportional or CopyMode.Multiplier => settings.Ratio is > 0 and <= MaxRatio,
            CopyMode.FixedLots => settings.Lots > 0,
            CopyMode.FixedAmount => settings.Amount > 0 && settings.Amount <= Money.Limit.Units,
            _ => false,
        }
        && (settings.MaxLots == Field.NotGiven || settings.MaxLots > 0)
        && (settings.MaxSlippage == Field.NotGiven || settings.MaxSlippage >= 0);
}
