using System.Globalization;
using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Redis.Mirror;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>
/// Whether a key, or a member of one, stands for something in the state. What has ended but is still to be removed in
/// good order counts as standing.
/// </summary>
internal sealed class Counterparts(ProjectedState state, EngineDirectory directory)
{
    private const int None = ProjectedAccount.None;

    /// <summary>Whether a key has its counterpart. Collections always do; their members are asked for one by one.</summary>
    public bool Has(OwnedKey key) => key.Family switch
    {
        KeyFamily.Config or KeyFamily.Portfolio or KeyFamily.OrdersIndex => AccountId(key.Account) != None,
        KeyFamily.Holdings => state.Orders.TryGet(key.Number, out int slot) && state.Orders[slot].Account == AccountId(key.Account),
        KeyFamily.OrderData => state.Orders.TryGet(key.Number, out _),
        KeyFamily.OrderTriggers => HasTriggers(key.Number),
        KeyFamily.PendingOrder => IsPending(key.Number),
        KeyFamily.Market => directory.FindInstrument(key.Symbol) is { } instrument && state.Market[instrument.Id].IsGiven,
        KeyFamily.Group => HasGroup(key),
        KeyFamily.FollowerMaster => Follower(key.Number) is var follower and not None && state.Links.EarliestActiveProvider(follower) != None,
        KeyFamily.AlertSent => AccountId(key.Account) is var warned and not None && state.Account(warned).WarnedAt != 0,
        KeyFamily.Liquidating => AccountId(key.Account) is var id and not None && state.Account(id).IsLiquidating,
        _ => true,
    };

    /// <summary>Whether a member of a collection has its counterpart.</summary>
    public bool Has(OwnedKey key, ReadOnlySpan<byte> member)
    {
        string text = Encoding.UTF8.GetString(member);
        if (key.Family == KeyFamily.SymbolHolders)
        {
            return AccountName.TryParse(text, out AccountName name) && name.UserTypeName == key.Qualifier && Holds(name, key.Symbol);
        }
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }
        return key.Family == KeyFamily.MasterFollowers ? IsActiveLink(key.Number, number) : IsIndexed(key, number);
    }

    private bool IsIndexed(OwnedKey key, long orderId)
    {
        if (!state.Orders.TryGet(orderId, out int slot))
        {
            return false;
        }
        ref ProjectedOrder order = ref state.Orders[slot];
        if (directory.Instrument(order.Symbol).Symbol != key.Symbol)
        {
            return false;
        }
        bool isSide = Encoding.UTF8.GetString(Names.Of(order.Side)) == key.Qualifier;
        return key.Family switch
        {
            KeyFamily.StopLossIndex => isSide && (order.NeedsStopLossEntry || order.HasStopLossEntry),
            KeyFamily.TakeProfitIndex => isSide && (order.NeedsTakeProfitEntry || order.HasTakeProfitEntry),
            _ => IsNamed(order.PendingType, key.Qualifier) || IsNamed(order.PendingEntry, key.Qualifier),
        };
    }

    private bool HasTriggers(long orderId)
    {
        if (!state.Orders.TryGet(orderId, out int slot))
        {
            return false;
        }
        ref ProjectedOrder order = ref state.Orders[slot];
        return order.NeedsStopLossEntry || order.NeedsTakeProfitEntry || order.HasStopLossEntry || order.HasTakeProfitEntry;
    }

    private bool IsPending(long orderId) =>
        state.Orders.TryGet(orderId, out int slot)
        && (state.Orders[slot].PendingType != PendingType.None || state.Orders[slot].PendingEntry != PendingType.None);

    private bool Holds(AccountName name, string symbol)
    {
        int id = AccountId(name);
        if (id == None || directory.FindInstrument(symbol) is not { } instrument)
        {
            return false;
        }
        ref ProjectedAccount account = ref state.Account(id);
        for (int slot = account.FirstOrder; slot != None; slot = state.Orders[slot].Next)
        {
            if (state.Orders[slot].Symbol == instrument.Id)
            {
                return true;
            }
        }
        for (int slot = account.FirstChangedOrder; slot != None; slot = state.Orders[slot].NextChanged)
        {
            if (state.Orders[slot].Symbol == instrument.Id)
            {
                return true;
            }
        }
        return false;
    }

    private bool HasGroup(OwnedKey key) => directory.FindGroup(key.Qualifier) is not null
        && (key.Symbol == "settings" || directory.FindInstrument(key.Symbol) is not null);

    private bool IsActiveLink(long providerNumber, long followerNumber)
    {
        int provider = AccountId(new AccountName(UserType.StrategyProvider, providerNumber));
        int follower = Follower(followerNumber);
        return provider != None && follower != None && state.Links.IsActive(provider, follower);
    }

    private int Follower(long number) => AccountId(new AccountName(UserType.CopyFollower, number));

    /// <summary>The directory may be ahead of the state, which takes events by whole commands.</summary>
    private int AccountId(AccountName name) =>
        directory.FindAccount(name) is { } entry && entry.Id < state.AccountCount && state.Account(entry.Id).IsOpen ? entry.Id : None;

    private static bool IsNamed(PendingType type, string name) =>
        type != PendingType.None && Encoding.UTF8.GetString(Names.Of(type)) == name;
}
