using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Accounts;

/// <summary>Whether an id was seen before.</summary>
internal enum AnswerMatch
{
    /// <summary>Never, or longer ago than the bound.</summary>
    New,

    /// <summary>With the same content: the first answer is given again.</summary>
    Same,

    /// <summary>With other content: refused.</summary>
    Different,
}

/// <summary>
/// First answers by client order id (per account) and request id (per key), so that a command sent twice acts once. A
/// stated number per owner is kept, the newest; older ones are forgotten in order, which keeps the table bounded and
/// deterministic.
/// </summary>
internal sealed class AnswerTable(CurrentLimits limits)
{
    private const int Buckets = 1 << 20;
    private const int None = -1;

    private readonly PagedArray<Answer> _answers = new(256);
    private readonly PagedArray<Owner> _owners = new(1_024);
    private readonly Dictionary<long, int> _ownerPlaces = [];
    private int[]? _buckets;

    private struct Answer
    {
        public EventSlot First;
        public ulong ContentHigh;
        public ulong ContentLow;
        public long Owner;
        public ClientOrderId Id;
        public int NextInBucket;
        public int NextOfOwner;
        private readonly int _padding;
    }

    private struct Owner
    {
        public int Oldest;
        public int Newest;
        public int Count;
    }

    /// <summary>The owner of an account's client order ids.</summary>
    public static long OfAccount(int account) => account;

    /// <summary>The owner of a key's request ids.</summary>
    public static long OfKey(int key) => (1L << 40) | unchecked((uint)key);

    /// <summary>Looks an id up; <paramref name="place"/> is where its first answer stands or, if new, is to be put.</summary>
    public AnswerMatch Find(long owner, in ClientOrderId id, StateHash content, out int place)
    {
        int bucket = Bucket(owner, in id);
        for (place = BucketHeads[bucket]; place != None; place = _answers[place].NextInBucket)
        {
            ref Answer known = ref _answers[place];
            if (known.Owner == owner && Equal(in known.Id, in id))
            {
                return known.ContentHigh == content.High && known.ContentLow == content.Low
                    ? AnswerMatch.Same
                    : AnswerMatch.Different;
            }
        }
        place = Add(owner, in id, content, bucket);
        return AnswerMatch.New;
    }

    /// <summary>The first answer.</summary>
    public ref EventSlot At(int place) => ref _answers[place].First;

    /// <summary>Keeps the first answer of a new id.</summary>
    public void Keep<TEvent>(int place, long sequence, long time, in TEvent answer) where TEvent : unmanaged, IEvent
    {
        ref EventSlot first = ref _answers[place].First;
        first.Header = new EventHeader { Sequence = sequence, Time = time, Type = TEvent.Type };
        first.As<TEvent>() = answer;
    }

    /// <summary>The answers and their owners; where each owner and each bucket begins follows from them.</summary>
    public void Transfer(StateTransfer transfer)
    {
        _answers.Transfer(transfer);
        _owners.Transfer(transfer);
        if (!transfer.IsLoading)
        {
            return;
        }
        _ownerPlaces.EnsureCapacity(_owners.Count);
        for (int place = 0; place < _owners.Count; place++)
        {
            _ownerPlaces.Add(_answers[_owners[place].Oldest].Owner, place);
        }
        FindBucketHeads();
    }

    /// <summary>A bucket's head is the one of its answers that no other points to.</summary>
    private void FindBucketHeads()
    {
        var isBehindAnother = new bool[_answers.Count];
        for (int place = 0; place < _answers.Count; place++)
        {
            ref Answer answer = ref _answers[place];
            if (!answer.Id.IsEmpty && answer.NextInBucket != None)
            {
                isBehindAnother[answer.NextInBucket] = true;
            }
        }
        for (int place = 0; place < _answers.Count; place++)
        {
            ref Answer answer = ref _answers[place];
            if (!answer.Id.IsEmpty && !isBehindAnother[place])
            {
                BucketHeads[Bucket(answer.Owner, in answer.Id)] = place;
            }
        }
    }

    private int[] BucketHeads => _buckets ??= CreateBuckets();

    private static int[] CreateBuckets()
    {
        var buckets = new int[Buckets];
        Array.Fill(buckets, None);
        return buckets;
    }

    private int Add(long owner, in ClientOrderId id, StateHash content, int bucket)
    {
        ref Owner list = ref OwnerOf(owner);
        // More than one when the limit has been lowered since the owner's last new id.
        while (list.Count >= limits.ClientOrderIdsPerAccount)
        {
            Forget(ref list);
        }
        int place = _answers.Take();
        ref Answer answer = ref _answers[place];
        answer.Owner = owner;
        answer.Id = id;
        answer.ContentHigh = content.High;
        answer.ContentLow = content.Low;
        answer.NextInBucket = BucketHeads[bucket];
        answer.NextOfOwner = None;
        BucketHeads[bucket] = place;
        if (list.Count == 0)
        {
            list.Oldest = place;
        }
        else
        {
            _answers[list.Newest].NextOfOwner = place;
        }
        list.Newest = place;
        list.Count++;
        return place;
    }

    private void Forget(ref Owner list)
    {
        int oldest = list.Oldest;
        ref Answer answer = ref _answers[oldest];
        ref int link = ref BucketHeads[Bucket(answer.Owner, in answer.Id)];
        while (link != oldest)
        {
            link = ref _answers[link].NextInBucket;
        }
        link = answer.NextInBucket;
        list.Oldest = answer.NextOfOwner;
        list.Count--;
        _answers.Return(oldest);
    }

    private ref Owner OwnerOf(long owner)
    {
        if (!_ownerPlaces.TryGetValue(owner, out int place))
        {
            place = _owners.Take();
            _ownerPlaces.Add(owner, place);
        }
        return ref _owners[place];
    }

    private static int Bucket(long owner, in ClientOrderId id)
    {
        var hasher = new StateHasher();
        hasher.Add(owner);
        hasher.Add(AsciiText.ReadOnlyBytes(in id));
        return (int)(hasher.Result.High & (Buckets - 1));
    }

    private static bool Equal(in ClientOrderId left, in ClientOrderId right) =>
        AsciiText.ReadOnlyBytes(in left).SequenceEqual(AsciiText.ReadOnlyBytes(in right));
}
