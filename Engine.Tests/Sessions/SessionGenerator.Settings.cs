using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Sessions;

/// <summary>Definitions that change, and come, in the middle of a session.</summary>
internal sealed partial class SessionGenerator
{
    private void Redefine()
    {
        int symbol = _random.Between(0, _markets.Count - 1);
        switch (_random.Between(0, 9))
        {
            case 0:
                Send(Definition(_markets[symbol]));
                break;
            case 1:
                SendUnsoundInstrument(symbol);
                break;
            case 2:
            case 3:
                ChangeGroup();
                break;
            case 4:
                SendUnsoundGroup();
                break;
            case 5:
                SendUnsoundGroupSettings(symbol);
                break;
            case 6:
                AddLateInstrument();
                break;
            case 7:
                AddLateAccount();
                break;
            default:
                Send(GroupSettings(_random.Between(0, _model.Groups.Count - 1), symbol));
                break;
        }
    }

    private void ChangeGroup()
    {
        RegisterGroup group = _random.ItemOf(_model.Groups).Definition;
        group.WarningLevel = _random.OneOf(500_000, 800_000, 1_000_000, 10_000_000);
        group.LiquidationLevel = _random.OneOf(0, 100_000, 200_000, 500_000, group.WarningLevel);
        group.WarningIntervalSeconds = _random.OneOf(0, 30, 3_600);
        group.Liquidation = _random.OneOf(LiquidationRule.LargestLossFirst, LiquidationRule.All);
        group.NegativeBalanceProtection = _random.Chance(0.5);
        group.MaxLeverage = _random.OneOf(0, 1, 50);
        group.Conversion = Has(Features.ConversionModes)
            ? _random.OneOf(ConversionPrice.Ask, ConversionPrice.Mid, ConversionPrice.Conservative)
            : ConversionPrice.Ask;
        group.MarginPrice = _random.Chance(0.1) ? MarginPrice.Open : group.MarginPrice;
        Send(in group);
    }

    private void SendUnsoundInstrument(int symbol)
    {
        RegisterInstrument other = Definition(_markets[symbol]);
        switch (_random.Between(0, 7))
        {
            case 0: other.ContractSize *= 2; break;
            case 1: other.Digits++; break;
            case 2: other.LotStep *= 10; break;
            case 3: other.MinLot += 1; break;
            case 4: other.MaxLot = other.MinLot - other.LotStep; break;
            case 5: other.ProfitCurrency = CurrencyCode.From("SEK"); break;
            case 6: other.MarginFactor = _random.OneOf(0, -1, 1_000 * Fixed8.One + 1); break;
            default: other.StaleAfterSeconds = -1; break;
        }
        Send(in other);
    }

    private void SendUnsoundGroup()
    {
        RegisterGroup group = _random.ItemOf(_model.Groups).Definition;
        switch (_random.Between(0, 5))
        {
            case 0: group.LiquidationLevel = group.WarningLevel + 1; break;
            case 1: group.LiquidationLevel = -1; break;
            case 2: group.WarningLevel = 10_000_001; break;
            case 3: group.WarningIntervalSeconds = -1; break;
            case 4: group.MaxLeverage = -1; break;
            default: group.MarginPrice = group.MarginPrice == MarginPrice.Open ? MarginPrice.Current : MarginPrice.Open; break;
        }
        Send(in group);
    }

    private void SendUnsoundGroupSettings(int symbol)
    {
        SetGroupInstrument settings = GroupSettings(0, symbol);
        switch (_random.Between(0, 6))
        {
            case 0: settings.Group = _random.OneOf(-1, 50); break;
            case 1: settings.Symbol = _random.OneOf(-1, 99); break;
            case 2: settings.MinLot = _random.OneOf(0, -1, 1); break;
            case 3: settings.MaxLot = _random.OneOf(0, settings.MinLot - _model.Instruments[symbol].Definition.LotStep, long.MaxValue); break;
            case 4: settings.HalfSpreadPoints = _random.OneOf(-1, 1_000_001); break;
            case 5: settings.Commission = _random.OneOf(-1, 1_000_000 * Fixed8.One + 1); break;
            default: settings.CommissionSide = (CommissionSide)7; break;
        }
        Send(in settings);
    }

    /// <summary>One that brings new routes of conversion when it is quoted.</summary>
    private void AddLateInstrument()
    {
        Candidate candidate = _random.OneOf(Candidates);
        if (!_markets.Contains(candidate))
        {
            AddInstrument(candidate);
        }
    }

    private void AddLateAccount()
    {
        UserType type = _random.OneOf(UserType.StrategyProvider, UserType.CopyFollower, UserType.CopyFollower, UserType.Live);
        AddAccount(type, _model.Accounts.Count + 1, _random.Between(0, _model.Groups.Count - 1));
    }
}
