using CopyEngine.Commands;

namespace CopyEngine.Tests.Simulation;

/// <summary>Something that a client wants done once, however often it has to be sent.</summary>
internal sealed class Intention(int place, CommandSlot command)
{
    /// <summary>Place in the order in which things are wanted.</summary>
    public int Place => place;

    /// <summary>The command without sender.</summary>
    public CommandSlot Command => command;

    /// <summary>The engine remembers it: sent again it is answered again and does nothing.</summary>
    public bool IsRemembered { get; } = HasId(command);

    /// <summary>It can be sent again without harm.</summary>
    public bool IsRepeatable => IsRemembered || command.Header.Type
        is not (CommandType.PlaceOrder or CommandType.CloseOrder or CommandType.MoveFunds);

    public int Answers { get; set; }

    /// <summary>Answers that tell of an effect and are not repetitions of an earlier one.</summary>
    public int Effects { get; set; }

    /// <summary>Ids of orders are remembered for their account, those of requests for the key that sent them.</summary>
    private static bool HasId(CommandSlot command) => command.Header.Type switch
    {
        CommandType.PlaceOrder => !command.As<PlaceOrder>().ClientOrderId.IsEmpty,
        CommandType.CloseOrder => !command.As<CloseOrder>().ClientOrderId.IsEmpty,
        CommandType.ModifyOrder => !command.As<ModifyOrder>().ClientOrderId.IsEmpty,
        CommandType.CancelOrder => !command.As<CancelOrder>().ClientOrderId.IsEmpty,
        CommandType.CloseAll => !command.As<CloseAll>().ClientOrderId.IsEmpty,
        _ when command.Header.Key == 0 => false,
        CommandType.MoveFunds => !command.As<MoveFunds>().RequestId.IsEmpty,
        CommandType.Follow => !command.As<Follow>().RequestId.IsEmpty,
        CommandType.Unfollow => !command.As<Unfollow>().RequestId.IsEmpty,
        CommandType.SetLinkStatus => !command.As<SetLinkStatus>().RequestId.IsEmpty,
        CommandType.SetAccountStatus => !command.As<SetAccountStatus>().RequestId.IsEmpty,
        _ => false,
    };
}
