using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>Following, unfollowing, pausing.</summary>
internal sealed partial class ModelEngine
{
    private void Apply(Follow command) =>
        OnLink(
            command.Provider,
            command.Follower,
            command.RequestId,
            RememberedAnswers.ContentOf(command with { RequestId = default }),
            (provider, follower) => Follow(provider, follower, command.Settings));

    private void Apply(Unfollow command) =>
        OnLink(
            command.Provider,
            command.Follower,
            command.RequestId,
            RememberedAnswers.ContentOf(command with { RequestId = default }),
            (provider, follower) => Unfollow(FindLink(provider, follower), command.OpenCopies));

    private void Apply(SetLinkStatus command) =>
        OnLink(
            command.Provider,
            command.Follower,
            command.RequestId,
            RememberedAnswers.ContentOf(command with { RequestId = default }),
            (provider, follower) => SetStatus(FindLink(provider, follower), command.Status));

    private void OnLink(
        int providerId,
        int followerId,
        Numerics.ClientOrderId id,
        byte[] content,
        Func<ModelAccount, ModelAccount, RejectCode> carryOut)
    {
        ModelAccount? provider = FindAccount(providerId);
        ModelAccount? follower = FindAccount(followerId);
        if (provider is null || follower is null)
        {
            Answer(id, RejectCode.UnknownAccount);
            return;
        }
        OnceForKey(id, content, () => carryOut(provider, follower));
    }

    private ModelLink? FindLink(ModelAccount provider, ModelAccount follower) =>
        _links.Find(link => link.Provider == provider && link.Follower == follower);

    private RejectCode Follow(ModelAccount provider, ModelAccount follower, CopySettings settings)
    {
        RejectCode code = CheckFollow(provider, follower, settings);
        if (code != RejectCode.None)
        {
            return code;
        }
        var link = new ModelLink
        {
            Provider = provider,
            Follower = follower,
            Subscription = ++_lastSubscription,
            Settings = settings,
        };
        _links.Add(link);
        Tell(link);
        return RejectCode.None;
    }

    private RejectCode CheckFollow(ModelAccount provider, ModelAccount follower, CopySettings settings)
    {
        if (!provider.IsProvider)
        {
            return RejectCode.NotAProvider;
        }
        if (!follower.IsFollower)
        {
            return RejectCode.NotAFollower;
        }
        if (FindLink(provider, follower) is not null)
        {
            return RejectCode.AlreadyFollowing;
        }
        if (provider.IsLiquidating)
        {
            return RejectCode.Liquidating;
        }
        return IsSound(settings) ? RejectCode.None : RejectCode.InvalidSetting;
    }

    private static bool IsSound(CopySettings settings)
    {
        bool usesRatio = settings.Mode is CopyMode.Proportional or CopyMode.Multiplier;
        return Enum.IsDefined(settings.Mode) && Enum.IsDefined(settings.MinLotPolicy)
            && (!usesRatio || (settings.Ratio > 0 && Units.ToDecimal(settings.Ratio) <= 1_000))
            && (settings.Mode != CopyMode.FixedLots || settings.Lots > 0)
            && (settings.Mode != CopyMode.FixedAmount || (settings.Amount > 0 && Units.ToDecimal(settings.Amount) <= LargestAmount))
            && (settings.MaxLots == Field.NotGiven || settings.MaxLots > 0)
            && (settings.MaxSlippage == Field.NotGiven || settings.MaxSlippage >= 0);
    }

    private RejectCode Unfollow(ModelLink? link, OpenCopies openCopies)
    {
        if (link is null)
        {
            return RejectCode.NotFollowing;
        }
        if (link.Provider.IsLiquidating)
        {
            return RejectCode.Liquidating;
        }
        if (!Enum.IsDefined(openCopies))
        {
            return RejectCode.InvalidSetting;
        }
        List<ModelOrder> copies = [.. link.Follower.Holdings.Where(order => order.Link == link).OrderBy(order => order.Id)];
        RejectCode code = openCopies == OpenCopies.Close ? CheckAllClosable(copies) : RejectCode.None;
        if (code != RejectCode.None)
        {
            return code;
        }
        foreach (ModelOrder copy in copies)
        {
            if (openCopies == OpenCopies.Close)
            {
                Close(copy, copy.Remaining, Cause.Unfollow);
            }
            else
            {
                Detach(copy);
            }
        }
        _links.Remove(link);
        Tell(link, isRemoved: true);
        return RejectCode.None;
    }

    private RejectCode CheckAllClosable(List<ModelOrder> copies)
    {
        if (copies.Exists(copy => !IsInSession(copy.Instrument)))
        {
            return RejectCode.MarketClosed;
        }
        return copies.TrueForAll(CanClose) ? RejectCode.None : RejectCode.NoPrice;
    }

    /// <summary>The copy stays as the follower's own order.</summary>
    private void Detach(ModelOrder copy)
    {
        copy.Master = null;
        copy.Link = null;
        (copy.Pending, copy.PendingSince) = (PendingClose.None, 0);
        Emit(Describe(copy, OrderStatus.Modified, Cause.Unfollow));
    }

    private RejectCode SetStatus(ModelLink? link, LinkStatus status)
    {
        if (link is null)
        {
            return RejectCode.NotFollowing;
        }
        if (link.Provider.IsLiquidating)
        {
            return RejectCode.Liquidating;
        }
        if (!Enum.IsDefined(status))
        {
            return RejectCode.InvalidSetting;
        }
        link.Status = status;
        link.PauseReason = status == LinkStatus.Paused ? RejectCode.LinkPaused : RejectCode.None;
        Tell(link);
        return RejectCode.None;
    }

    private void Tell(ModelLink link, bool isRemoved = false) =>
        Emit(new LinkChanged
        {
            Provider = link.Provider.Id,
            Follower = link.Follower.Id,
            Subscription = link.Subscription,
            Status = link.Status,
            PauseReason = link.PauseReason,
            Removed = isRemoved,
            Settings = link.Settings,
        });
}
