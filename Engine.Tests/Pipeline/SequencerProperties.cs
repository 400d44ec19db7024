using CopyEngine.Pipeline;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

/// <summary>Random interleavings of claims, publications in any order and consumers in two stages, stepped on one thread against a plain model.</summary>
public sealed class SequencerProperties
{
    private const int BufferSize = 8;

    [Theory]
    [InlineData(ProducerType.Single)]
    [InlineData(ProducerType.Multi)]
    internal void Any_interleaving_keeps_to_the_model(ProducerType producerType)
    {
        var steps = Gen.Choose(0, 999).ArrayOf(200).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true), Prop.ForAll(steps, codes => new Run(producerType).Take(codes)));
    }

    private sealed class Run
    {
        private readonly ISequencer _sequencer;
        private readonly bool _anyOrder;
        private readonly Sequence[] _consumers = [new(), new()];
        private readonly SequenceBarrier[] _barriers;
        private readonly List<(long Low, long High)> _unpublished = [];
        private long _claimed = Sequence.InitialValue;

        public Run(ProducerType producerType)
        {
            _anyOrder = producerType == ProducerType.Multi;
            var waitStrategy = new BusySpinWaitStrategy();
            _sequencer = _anyOrder ? new MultiProducerSequencer(BufferSize, waitStrategy) : new SingleProducerSequencer(BufferSize, waitStrategy);
            _barriers = [_sequencer.NewBarrier(), _sequencer.NewBarrier(_consumers[0])];
            _sequencer.AddGatingSequences(_consumers[1]);
        }

        // The first sequence that is claimed and not published bounds what anyone may read.
        private long Readable => _unpublished.Count == 0 ? _claimed : _unpublished.Min(range => range.Low) - 1;

        public bool Take(int[] codes)
        {
            foreach (var code in codes)
            {
                switch (code % 4)
                {
                    case 0: Claim(1 + (code / 4 % BufferSize)); break;
                    case 1: Publish(code / 4); break;
                    case 2: Consume(0, code / 4); break;
                    default: Consume(1, code / 4); break;
                }

                Assert.Equal(BufferSize - (_claimed - _consumers[1].Value), _sequencer.GetRemainingCapacity());
            }

            return true;
        }

        private void Claim(int count)
        {
            var hasRoom = _claimed + count - BufferSize <= _consumers[1].Value;
            Assert.Equal(hasRoom, _sequencer.TryNext(count, out var high));
            if (!hasRoom)
                return;

            Assert.Equal(_claimed + count, high);
            _unpublished.Add((_claimed + 1, high));
            _claimed = high;
        }

        private void Publish(int choice)
        {
            if (_unpublished.Count == 0)
                return;

            var index = _anyOrder ? choice % _unpublished.Count : 0;
            _sequencer.Publish(_unpublished[index].Low, _unpublished[index].High);
            _unpublished.RemoveAt(index);
        }

        private void Consume(int stage, int choice)
        {
            var next = _consumers[stage].Value + 1;
            var limit = stage == 0 ? Readable : _consumers[0].Value;
            Assert.Equal(next <= limit, _barriers[stage].IsReached(next));
            if (next > limit)
                return;

            Assert.Equal(limit, _barriers[stage].WaitFor(next).AvailableSequence);
            _consumers[stage].SetValue(next + (choice % (limit - next + 1)));
        }
    }
}
