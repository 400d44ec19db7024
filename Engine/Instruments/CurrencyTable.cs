using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Instruments;

/// <summary>
/// Currencies as dense ids, in order of first use. USDT is a currency of its own for accounts and books, and the dollar
/// in every conversion (semantics, section 3).
/// </summary>
internal sealed class CurrencyTable(int capacity)
{
    private readonly List<CurrencyCode> _codes = [];
    private readonly List<int> _conversionIds = [];
    private readonly List<int> _minorDecimals = [];

    /// <summary>Id of the dollar, through which currencies without a pair are converted; registered first.</summary>
    public const int Usd = 0;

    public int Count => _codes.Count;

    /// <summary>Whether the code could be a currency's.</summary>
    public static bool IsCode(in CurrencyCode code) =>
        AsciiText.IsValid(AsciiText.Trim(AsciiText.ReadOnlyBytes(in code)), CurrencyCode.Length);

    private bool HasRoom => _codes.Count < capacity;

    public CurrencyCode Code(int currency) => _codes[currency];

    /// <summary>The currency that stands for this one in conversions.</summary>
    public int ConversionId(int currency) => _conversionIds[currency];

    /// <summary>Decimals of the smallest booked unit.</summary>
    public int MinorDecimals(int currency) => _minorDecimals[currency];

    /// <summary>The id of a known code, or -1.</summary>
    public int Find(in CurrencyCode code)
    {
        for (int id = 0; id < _codes.Count; id++)
        {
            CurrencyCode known = _codes[id];
            if (AsciiText.ReadOnlyBytes(in known).SequenceEqual(AsciiText.ReadOnlyBytes(in code)))
            {
                return id;
            }
        }
        return -1;
    }

    /// <summary>The id of a code, new if need be; -1 when there is no room or the code is no code.</summary>
    public int FindOrAdd(in CurrencyCode code)
    {
        int found = Find(in code);
        if (found >= 0 || !HasRoom || !IsCode(in code))
        {
            return found;
        }
        _codes.Add(code);
        AddTraits(_codes.Count - 1);
        return _codes.Count - 1;
    }

    /// <summary>The codes; what else is known of a currency follows from its code.</summary>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Values(_codes);
        if (!transfer.IsLoading)
        {
            return;
        }
        _conversionIds.Clear();
        _minorDecimals.Clear();
        for (int id = 0; id < _codes.Count; id++)
        {
            AddTraits(id);
        }
    }

    private void AddTraits(int id)
    {
        string name = _codes[id].ToString();
        _conversionIds.Add(name == "USDT" ? Usd : id);
        _minorDecimals.Add(MinorDecimals(name));
    }

    internal static int MinorDecimals(string code) => code switch
    {
        "JPY" or "KRW" or "CLP" or "VND" or "ISK" or "PYG" or "UGX" => 0,
        "KWD" or "BHD" or "OMR" or "JOD" or "TND" => 3,
        "BTC" or "ETH" => 8,
        _ => 2,
    };
}
