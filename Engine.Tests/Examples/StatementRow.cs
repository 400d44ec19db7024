using System.Globalization;

namespace CopyEngine.Tests.Examples;

/// <summary>One trade of a broker's statement, as the data's README describes it.</summary>
internal sealed record StatementRow(
    string Ticket,
    string OpenTime,
    bool IsBuy,
    string Lots,
    string Symbol,
    string OpenPrice,
    string CloseTime,
    string ClosePrice,
    decimal Costs,
    decimal Swap,
    decimal Profit,
    string Comment,
    string ContractSize,
    string ProfitClass,
    bool IsExact)
{
    /// <summary>Closed trades of a statement.</summary>
    public static List<StatementRow> Closed(string statement) => Of(statement, "closed");

    /// <summary>Rows of one section.</summary>
    public static List<StatementRow> Of(string statement, string section) =>
        [.. SharedData.Lines(Path.Combine("statements", statement))
            .Select(line => line.Split(','))
            .Where(fields => fields[0] == section)
            .Select(Read)];

    /// <summary>Decimals that a price is printed with.</summary>
    public int Digits => Math.Max(DecimalsOf(OpenPrice), DecimalsOf(ClosePrice));

    public decimal Close => decimal.Parse(ClosePrice, CultureInfo.InvariantCulture);

    /// <summary>Everything that the row changed the balance by.</summary>
    public decimal Total => Profit + Swap + Costs;

    private static int DecimalsOf(string price) => price.Contains('.') ? price.Length - price.IndexOf('.') - 1 : 0;

    private static StatementRow Read(string[] fields) => new(
        Ticket: fields[1],
        OpenTime: fields[2],
        IsBuy: fields[3] == "buy",
        Lots: fields[4],
        Symbol: fields[5].TrimEnd('.'),
        OpenPrice: fields[6],
        CloseTime: fields[9],
        ClosePrice: fields[10],
        Costs: Amount(fields[11]) + Amount(fields[12]),
        Swap: Amount(fields[13]),
        Profit: Amount(fields[14]),
        Comment: fields[15],
        ContractSize: fields[16],
        ProfitClass: fields[17],
        IsExact: fields[18] == "exact");

    private static decimal Amount(string text) => text.Length == 0 ? 0 : decimal.Parse(text, CultureInfo.InvariantCulture);
}
