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

/// <summary>
/// The door of every order command: known account, new id, unfinished work on its provider done first, then the order
/// and whether it may be touched; and the one way in which a command is refused.
/// </summary>
internal sealed class OrderDoor(AccountTable accounts, OrderTable orders, OrderReports reports, WorkQueue work, Answers answers, EventOutput output)
{
    public bool IsKnown(int account, in ClientOrderId id)
    {
        if (accounts.Contains(account))
        {
            return true;
        }
        output.Emit(OrderReports.Refusal(RejectCode.UnknownAccount, -1, in id));
        return false;
    }

    /// <summary>Finds the order of a command after the unfinished work on it is done; false when it was answered already.</summary>
    public bool TryBegin(int account, in ClientOrderId id, StateHash content, long orderId, out int place)
    {
        place = -1;
        if (!IsKnown(account, in id) || !answers.IsNewOrder(account, in id, content))
        {
            return false;
        }
        CompleteOwn(account);
        place = orders.Find(account, orderId);
        if (place >= 0 && orders[place].Master >= 0)
        {
            CompleteOwn(orders[orders[place].Master].Account);
            place = orders.Find(account, orderId);
        }
        return true;
    }

    public void CompleteOwn(int account)
    {
        int provider = accounts.Profile(account).Provider;
        if (provider >= 0)
        {
            work.Complete(provider);
        }
    }

    public void CompleteMasters(int account)
    {
        int place = accounts[account].FirstOrder;
        while (place >= 0)
        {
            int master = orders[place].Master;
            int provider = master < 0 ? -1 : accounts.Profile(orders[master].Account).Provider;
            if (provider >= 0 && work.HasUnfinished(provider))
            {
                work.Complete(provider);
                place = accounts[account].FirstOrder;
                continue;
            }
            place = orders[place].NextOfAccount;
        }
    }

    public RejectCode CheckMayAct(int place)
    {
        int account = orders[place].Account;
        return accounts[account].Status == AccountStatus.Suspended ? RejectCode.AccountNotActive
            : accounts[account].Has(AccountFlags.Liquidating) || IsWaitingToClose(place) ? RejectCode.Liquidating
            : RejectCode.None;
    }

    /// <summary>A copy that a cascade is about to close, or will when a price or rate returns.</summary>
    public bool IsWaitingToClose(int place)
    {
        ref Order order = ref orders[place];
        return order.Master >= 0 && orders[order.Master].Has(OrderFlags.Cascading | OrderFlags.PendingClose);
    }

    public void Refuse(int place, int account, long orderId, RejectCode refusal, in ClientOrderId id, long now)
    {
        OrderReport report = place < 0 ? OrderReports.Refusal(refusal, account, in id) : Refusal(place, refusal, in id, now);
        report.OrderId = orderId;
        answers.Refuse(in report);
    }

    public OrderReport Refusal(int place, RejectCode refusal, in ClientOrderId id, long now)
    {
        OrderReport report = reports.Of(place, OrderStatus.Rejected, Cause.None, now);
        report.Reject = refusal;
        report.ClientOrderId = id;
        return report;
    }
}
