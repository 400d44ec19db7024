"""Reads MessagePack values as hex, one a line; prints what they mean and how python3-msgpack writes them."""
import struct
import sys

import msgpack


def describe(value):
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return "f" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "s" + value.encode().hex()
    if isinstance(value, bytes):
        return "b" + value.hex()
    if isinstance(value, list):
        return "[" + ",".join(describe(item) for item in value) + "]"
    return "{" + ",".join(describe(key) + ":" + describe(item) for key, item in value.items()) + "}"


for line in sys.stdin:
    read = msgpack.unpackb(bytes.fromhex(line.strip()), raw=False)
    print(describe(read) + "\t" + msgpack.packb(read, use_bin_type=True).hex())
