using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>What a person should look at.</summary>
internal sealed partial class ModelEngine
{
    private void Ring(AlarmKind kind, ModelOrder order) =>
        Emit(new Alarm { Account = order.Account.Id, Symbol = order.Instrument.Id, OrderId = order.Id, Kind = kind });

    /// <summary>Once, until the account is liquidated or above its level again.</summary>
    private void RingOnce(ModelAccount account, AlarmKind kind)
    {
        if (!account.HasAlarmRung)
        {
            account.HasAlarmRung = true;
            Emit(new Alarm { Account = account.Id, Symbol = -1, Kind = kind });
        }
    }
}
