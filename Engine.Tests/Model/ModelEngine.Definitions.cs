using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>Instruments, groups and what a group does for an instrument.</summary>
internal sealed partial class ModelEngine
{
    /// <summary>Lot steps of one order.</summary>
    private const long MostSteps = 100_000_000;

    private void Apply(RegisterInstrument command)
    {
        ModelInstrument? known = _instruments.Find(instrument => instrument.Definition.Symbol.ToString() == command.Symbol.ToString());
        if (!IsSound(command) || (known is not null && !KeepsItsNature(known.Definition, command)))
        {
            Answer(default, RejectCode.InvalidSetting);
            return;
        }
        if (known is null)
        {
            known = new ModelInstrument { Id = _instruments.Count, Definition = command };
            _instruments.Add(known);
        }
        known.Definition = command;
        Emit(new InstrumentDefined { Definition = command, Id = known.Id });
    }

    private static bool IsSound(RegisterInstrument command) =>
        command.Digits <= 8 && command.LotStep > 0 && command.ContractSize > 0
        && command.MinLot > 0 && command.MinLot % command.LotStep == 0
        && command.MaxLot >= command.MinLot && command.MaxLot % command.LotStep == 0
        && command.MaxLot / command.LotStep <= MostSteps
        && Units.ToDecimal(command.MarginFactor) is > 0 and <= 1_000
        && command.StaleAfterSeconds >= 0 && command.JumpLimit >= 0 && command.MaxLeverage >= 0 && command.StopsLevelPoints >= 0
        && ProfitIsExact(command);

    /// <summary>Digits + decimals of (lot step × contract size) ≤ 8.</summary>
    private static bool ProfitIsExact(RegisterInstrument command)
    {
        decimal stepValue = Units.ToDecimal(command.LotStep) * Units.ToDecimal(command.ContractSize);
        decimal scaled = stepValue * Units.PowerOfTen(8 - command.Digits);
        return scaled == decimal.Floor(scaled);
    }

    private static bool KeepsItsNature(RegisterInstrument before, RegisterInstrument after) =>
        before.Digits == after.Digits && before.ContractSize == after.ContractSize && before.LotStep == after.LotStep
        && before.AssetClass == after.AssetClass
        && before.BaseCurrency.ToString() == after.BaseCurrency.ToString()
        && before.ProfitCurrency.ToString() == after.ProfitCurrency.ToString();

    /// <summary>The margin price cannot change: what is open has its margin frozen, or not.</summary>
    private void Apply(RegisterGroup command)
    {
        ModelGroup? known = _groups.Find(group => group.Definition.Name.ToString() == command.Name.ToString());
        bool changesItsNature = known is not null && known.Definition.MarginPrice != command.MarginPrice;
        if (changesItsNature || !IsSound(command))
        {
            Answer(default, RejectCode.InvalidSetting);
            return;
        }
        if (known is null)
        {
            known = new ModelGroup { Id = _groups.Count, Definition = command };
            _groups.Add(known);
        }
        known.Definition = command;
        Emit(new GroupDefined { Definition = command, Id = known.Id });
    }

    /// <summary>Levels up to 1,000 percent.</summary>
    private static bool IsSound(RegisterGroup command) =>
        command.LiquidationLevel >= 0 && command.WarningLevel >= command.LiquidationLevel && command.WarningLevel <= 10_000_000
        && command.WarningIntervalSeconds >= 0 && command.MaxLeverage >= 0;

    private void Apply(SetGroupInstrument command)
    {
        ModelGroup? group = FindGroup(command.Group);
        ModelInstrument? instrument = FindInstrument(command.Symbol);
        if (group is null || instrument is null)
        {
            Answer(default, group is null ? RejectCode.UnknownGroup : RejectCode.UnknownSymbol);
            return;
        }
        if (!IsSound(command, instrument.Definition))
        {
            Answer(default, RejectCode.InvalidSetting);
            return;
        }
        group.Instruments[instrument.Id] = command;
        Emit(new GroupInstrumentDefined { Definition = command });
    }

    private static bool IsSound(SetGroupInstrument command, RegisterInstrument instrument) =>
        command.MinLot > 0 && command.MinLot % instrument.LotStep == 0
        && command.MaxLot >= command.MinLot && command.MaxLot % instrument.LotStep == 0
        && command.MaxLot / instrument.LotStep <= MostSteps
        && command.HalfSpreadPoints is >= 0 and <= 1_000_000
        && Units.ToDecimal(command.Commission) is >= 0 and <= 1_000_000
        && Enum.IsDefined(command.CommissionBasis) && Enum.IsDefined(command.CommissionSide);

    private static decimal MinLot(ModelGroup group, ModelInstrument instrument) =>
        Units.ToDecimal(group.Instruments.TryGetValue(instrument.Id, out SetGroupInstrument own) ? own.MinLot : instrument.Definition.MinLot);

    private static decimal MaxLot(ModelGroup group, ModelInstrument instrument) =>
        Units.ToDecimal(group.Instruments.TryGetValue(instrument.Id, out SetGroupInstrument own) ? own.MaxLot : instrument.Definition.MaxLot);

    private static decimal HalfSpread(ModelGroup group, ModelInstrument instrument) =>
        group.Instruments.TryGetValue(instrument.Id, out SetGroupInstrument own) ? own.HalfSpreadPoints * instrument.Point : 0;

    /// <summary>min(account, instrument cap, group cap), caps of 0 ignored.</summary>
    private static int EffectiveLeverage(ModelAccount account, ModelInstrument instrument)
    {
        int[] caps = [account.Leverage, instrument.Definition.MaxLeverage, account.Group.Definition.MaxLeverage];
        return caps.Where(cap => cap > 0).Min();
    }
}
