// Reads MessagePack values as hex, one a line; prints what they mean and how @msgpack/msgpack writes them.
import { createInterface } from "node:readline";
import { decode, encode } from "@msgpack/msgpack";

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function float(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return "f" + hex(bytes);
}

function describe(value) {
  if (value === null) return "nil";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : float(value);
  if (typeof value === "string") return "s" + hex(Buffer.from(value, "utf8"));
  if (value instanceof Uint8Array) return "b" + hex(value);
  if (Array.isArray(value)) return "[" + value.map(describe).join(",") + "]";
  return "{" + Object.entries(value).map(([key, item]) => describe(key) + ":" + describe(item)).join(",") + "}";
}

for await (const line of createInterface({ input: process.stdin })) {
  const value = decode(Buffer.from(line, "hex"), { useBigInt64: true });
  console.log(describe(value) + "\t" + hex(encode(value, { useBigInt64: true })));
}
