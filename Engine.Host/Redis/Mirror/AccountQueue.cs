namespace CopyEngine.Host.Redis.Mirror;

/// <summary>
/// Accounts that wait to be written, nearest to their warning level first: a first-in-first-out list for each range of
/// distances, linked through the accounts themselves, so that it takes no memory and every step is a few assignments.
/// </summary>
internal sealed class AccountQueue(PagedSlots<ProjectedAccount> accounts)
{
    /// <summary>List of what is only written when there is nothing else to do.</summary>
    public const int Leisure = UrgentLists;

    private const int None = ProjectedAccount.None;
    private const int UrgentLists = 8;

    /// <summary>Margin level as a multiple of the warning level, in percent, up to which an account belongs to a list.</summary>
    private static readonly int[] Bounds = [100, 110, 125, 150, 200, 400];

    private readonly int[] _first = [.. Enumerable.Repeat(None, UrgentLists + 1)];
    private readonly int[] _last = [.. Enumerable.Repeat(None, UrgentLists + 1)];

    /// <summary>Accounts that wait, those of <see cref="Leisure"/> not counted.</summary>
    public int Count { get; private set; }

    /// <summary>Accounts in <see cref="Leisure"/>.</summary>
    public int LeisureCount { get; private set; }

    /// <summary>The list to which an account's figures belong.</summary>
    public static int ListOf(in ProjectedAccount account, int warningLevel)
    {
        if (account.Portfolio.UsedMargin.Units <= 0)
        {
            return UrgentLists - 1;
        }
        // Level and warning level in 10^-4 percent: equity × 10^6 / used margin against warning level × bound / 100.
        Int128 level = (Int128)account.Portfolio.Equity.Units * 1_000_000 * 100;
        Int128 warning = (Int128)account.Portfolio.UsedMargin.Units * warningLevel;
        for (int i = 0; i < Bounds.Length; i++)
        {
            if (level <= warning * Bounds[i])
            {
                return i;
            }
        }
        return Bounds.Length;
    }

    /// <summary>Puts an account at the end of a list, out of another one if need be.</summary>
    public void Put(int id, int list)
    {
        ref ProjectedAccount account = ref accounts[id];
        if (account.Queue == list)
        {
            return;
        }
        Remove(id);
        account.Queue = list;
        account.PreviousQueued = _last[list];
        account.NextQueued = None;
        if (_last[list] == None)
        {
            _first[list] = id;
        }
        else
        {
            accounts[_last[list]].NextQueued = id;
        }
        _last[list] = id;
        Note(list, 1);
    }

    /// <summary>The account longest in the nearest list, or none.</summary>
    public int TakeNearest()
    {
        int list = 0;
        while (list < UrgentLists && _first[list] == None)
        {
            list++;
        }
        return list == UrgentLists ? None : Take(list);
    }

    /// <summary>The account longest in the farthest list, or none.</summary>
    public int TakeFarthest()
    {
        int list = UrgentLists - 1;
        while (list >= 0 && _first[list] == None)
        {
            list--;
        }
        return list < 0 ? None : Take(list);
    }

    /// <summary>The account longest in <see cref="Leisure"/>, or none.</summary>
    public int TakeLeisure() => _first[Leisure] == None ? None : Take(Leisure);

    private int Take(int list)
    {
        int id = _first[list];
        Remove(id);
        return id;
    }

    private void Remove(int id)
    {
        ref ProjectedAccount account = ref accounts[id];
        int list = account.Queue;
        if (list == None)
        {
            return;
        }
        Link(account.PreviousQueued, account.NextQueued, list);
        account.Queue = None;
        Note(list, -1);
    }

    private void Link(int previous, int next, int list)
    {
        if (previous == None)
        {
            _first[list] = next;
        }
        else
        {
            accounts[previous].NextQueued = next;
        }
        if (next == None)
        {
            _last[list] = previous;
        }
        else
        {
            accounts[next].PreviousQueued = previous;
        }
    }

    private void Note(int list, int change)
    {
        if (list == Leisure)
        {
            LeisureCount += change;
        }
        else
        {
            Count += change;
        }
    }
}
