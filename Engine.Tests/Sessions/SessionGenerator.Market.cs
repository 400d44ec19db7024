using CopyEngine.Commands;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>Prices and time.</summary>
internal sealed partial class SessionGenerator
{
    private void PassTime()
    {
        _time += _random.Chance(0.05) ? 0 : _random.Between(0, 2_000_000);
        if (!Has(Features.TimeJumps))
        {
            return;
        }
        if (_random.Chance(0.02))
        {
            _time += _random.OneOf(30L, 61, 3_600, 40_000, 100_000, 250_000) * 1_000_000;
        }
        if (_random.Chance(0.02))
        {
            _time -= 5_000_000;
        }
    }

    private void SendMove()
    {
        int symbol = _random.Between(0, _markets.Count - 1);
        if (_isLate[symbol] && !_random.Chance(0.02))
        {
            symbol = _random.Between(0, _markets.Count - 1);
        }
        if (_isLate[symbol] && !_random.Chance(0.1))
        {
            return;
        }
        decimal move = _random.Between(-0.003m, 0.004m) * (symbol % 2 == 0 ? 1 : -1);
        if (Has(Features.HighLeverage) && _random.Chance(0.25))
        {
            move *= 5;
        }
        if (Has(Features.Gaps) && _random.Chance(0.06))
        {
            move = _random.OneOf(0.05m, -0.05m, 0.5m, -0.5m, 9m, -0.9m);
        }
        SendQuote(symbol, move);
        if (_markets[symbol] is var market && Math.Abs(move) > 0.02m && _model.Instruments[symbol].Definition.JumpLimit > 0 && _random.Chance(0.5))
        {
            SendQuote(symbol, 0.0001m);
            SendQuote(symbol, 0);
        }
    }

    private void SendQuote(int symbol, decimal move)
    {
        Candidate market = _markets[symbol];
        decimal point = 1m / Units.PowerOfTen(market.Digits);
        decimal price = Math.Clamp(_prices[symbol] * (1 + move), market.Price / 25, market.Price * 25);
        _prices[symbol] = price;
        decimal bid = decimal.Floor(price / point) * point;
        decimal ask = bid + _random.OneOf(0, 0, 1, 2, 5, 15) * point;
        _sourceTime += _random.Chance(0.02) ? -3_000_000 : _random.Between(0, 1_000_000);
        Send(new Quote
        {
            Symbol = symbol,
            Bid = Units.FromDecimal(bid),
            Ask = Units.FromDecimal(ask),
            SourceTime = _sourceTime,
        });
    }

    private void SendBadQuote() =>
        Send(new Quote
        {
            Symbol = _random.OneOf(-1, 0, 1, 77),
            Bid = _random.OneOf(0, -1, 1, 100_000_000, 110_000_000, long.MaxValue, long.MinValue, 1_000_000_000_000_000_000),
            Ask = _random.OneOf(0, -1, 1, 100_000_000, 109_000_000, long.MaxValue, long.MinValue, 1_000_000_000_000_000_000),
            SourceTime = _sourceTime,
        });

    /// <summary>The lowest and the highest price that an instrument can have: sound, and sums run into their limits.</summary>
    private void SendPriceAtLimit()
    {
        int symbol = _random.Between(0, _markets.Count - 1);
        long point = Units.FromDecimal(_model.Instruments[symbol].Point);
        long bid = point * _random.OneOf(1, 2, 1_000_000_000, 999_999_990, 1_000_000_001);
        Send(new Quote { Symbol = symbol, Bid = bid, Ask = bid + point * _random.OneOf(0, 1), SourceTime = _sourceTime });
    }

    private void SendRollover()
    {
        int today = (int)(_model.Now / 86_400_000_000);
        if (_random.Chance(0.5))
        {
            _time = Math.Max(_time, _model.Now / 86_400_000_000 * 86_400_000_000 + 86_400_000_000);
        }
        Send(new Rollover { Day = today - _random.OneOf(0, 0, 0, 1, 2) });
    }
}
