namespace CopyEngine.Protocol.MessagePack;

internal ref partial struct MessagePackReader
{
    /// <summary>Our deepest message nests three levels; the rest is room for fields added later.</summary>
    public const int MaximumDepth = 16;

    /// <summary>
    /// Passes over one value with everything in it, at most <see cref="MaximumDepth"/> containers deep. The containers that
    /// are still open are counted in an array of that size, so nesting ten thousand deep is refused after seventeen bytes.
    /// </summary>
    public MessagePackStatus Skip()
    {
        Span<int> pending = stackalloc int[MaximumDepth + 1];
        pending[0] = 1;
        var start = _position;
        for (var depth = 0; depth >= 0;)
        {
            if (pending[depth]-- == 0)
            {
                depth--;
                continue;
            }
            var status = SkipHeader(out var children);
            if (status == MessagePackStatus.Ok && children >= 0 && depth == MaximumDepth)
                status = MessagePackStatus.TooDeep;
            if (status != MessagePackStatus.Ok)
            {
                _position = start;
                return status;
            }
            if (children > 0)
                pending[++depth] = children;
        }
        return MessagePackStatus.Ok;
    }

    /// <summary>Passes over a scalar, or over the header of a container with <c>children</c> values; -1 for anything else.</summary>
    private MessagePackStatus SkipHeader(out int children)
    {
        children = -1;
        switch (NextKind)
        {
            case MessagePackKind.None:
                return MessagePackStatus.Incomplete;
            case MessagePackKind.Invalid:
                return MessagePackStatus.WrongType;
            case MessagePackKind.Array:
                return ReadArrayHeader(out children);
            case MessagePackKind.Map:
                var status = ReadMapHeader(out var pairs);
                children = pairs * 2;
                return status;
            case MessagePackKind.String:
                return ReadString(out _);
            case MessagePackKind.Binary:
                return ReadBinary(out _);
            case MessagePackKind.Extension:
                return SkipExtension();
            default:
                return SkipScalar();
        }
    }

    private MessagePackStatus SkipScalar()
    {
        var length = 1 + ScalarWidth(_source[_position]);
        if (length > Remaining)
            return MessagePackStatus.Incomplete;
        _position += length;
        return MessagePackStatus.Ok;
    }

    private MessagePackStatus SkipExtension()
    {
        var code = _source[_position];
        if (code < MessagePackCode.FixExt1)
        {
            if (!TryReadLength(code - MessagePackCode.Ext8, out var header, out var announced) || announced + 1L > Remaining - header)
                return MessagePackStatus.Incomplete;
            _position += header + 1 + (int)announced;
            return MessagePackStatus.Ok;
        }
        var length = 2 + (1 << (code - MessagePackCode.FixExt1));
        if (length > Remaining)
            return MessagePackStatus.Incomplete;
        _position += length;
        return MessagePackStatus.Ok;
    }
}
