using System.Globalization;
using CopyEngine.Events;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Tests.Model;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.State;

/// <summary>
/// What listeners know after a stream of events, as lines: the directory of names, and the picture that the Redis keys
/// are made of. Not compared: when an order was reported last and its own margin at that moment, which belong to the
/// report, and what has still to be written.
/// </summary>
internal sealed class Picture
{
    private readonly EngineDirectory _directory = new();
    private readonly ProjectedState _state = new(new RedisLimits());

    public void Take(EventLog events)
    {
        for (int i = 0; i < events.Count; i++)
        {
            EventSlot slot = events[i];
            _directory.OnEvent(ref slot, endOfBatch: true);
            _state.Apply(ref slot);
        }
    }

    public List<string> Lines()
    {
        var lines = new List<string>();
        for (int id = 0; id < _directory.InstrumentCount; id++)
        {
            lines.Add($"{CommandText.Of(_directory.Instrument(id).Definition)} {_state.Market[id]}");
        }
        for (int group = 0; group < _directory.GroupCount; group++)
        {
            lines.Add($"{CommandText.Of(_directory.Group(group).Definition)} {CommandText.Of(_state.Groups[group])}");
            for (int symbol = 0; symbol < _directory.InstrumentCount; symbol++)
            {
                lines.Add($"group {group} symbol {symbol}: {(_directory.GroupInstrument(group, symbol) is { } set ? CommandText.Of(set) : "as the instrument")}");
            }
        }
        for (int id = 0; id < _directory.AccountCount; id++)
        {
            AddAccount(lines, id);
        }
        return lines;
    }

    private void AddAccount(List<string> lines, int id)
    {
        ref ProjectedAccount account = ref _state.Account(id);
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{_directory.Account(id)} {account.Number} {account.UserType} group {account.Group} leverage {account.Leverage} {account.Status} "
            + $"balance {account.Balance} warned {account.WarnedAt} liquidating {account.IsLiquidating} {CommandText.Of(account.Portfolio)}"));
        for (int slot = account.FirstOrder; slot != ProjectedAccount.None; slot = _state.Orders[slot].Next)
        {
            ProjectedOrder order = _state.Orders[slot];
            order.UpdatedAt = 0;
            order.Margin = default;
            order.Next = order.Previous = order.NextChanged = 0;
            order.IsChanged = false;
            lines.Add($"  {CommandText.Of(order)}");
        }
        IEnumerable<int> followed = Enumerable.Range(0, _directory.AccountCount).Where(provider => _state.Links.IsActive(provider, id));
        lines.Add($"  follows {string.Join(" ", followed)}, the earliest {_state.Links.EarliestActiveProvider(id)}");
    }
}
