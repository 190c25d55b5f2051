import { NasTransferError } from '../../src/engine/errors/errors.js';

/** A file that is not a valid protocol-buffer message of the expected kind. */
export class ProtobufError extends NasTransferError {
  override readonly code = 'protobuf';
}

/** Largest nesting depth of messages; ONNX graphs in attributes of nodes nest deepest. */
const DEEPEST = 64;

/** Wire types by their number in the encoding. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** One field of a message: its number and its encoded contents. */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Of a varint; 0n for the others. */
  readonly integer: bigint;
  /** Of everything but a varint. */
  readonly bytes: Bytes;
}

/** A range of a file with its offset, for error messages. */
export class Bytes {
  constructor(
    readonly file: string,
    readonly data: Uint8Array,
    readonly start: number,
    readonly end: number,
    private readonly depth = 0,
  ) {}

  static of(file: string, data: Uint8Array): Bytes {
    return new Bytes(file, data, 0, data.length);
  }

  get length(): number {
    return this.end - this.start;
  }

  view(): DataView {
    return new DataView(this.data.buffer, this.data.byteOffset + this.start, this.length);
  }

  /** The text, which has to be UTF-8. */
  text(): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.data.subarray(this.start, this.end));
    } catch (cause) {
      throw new ProtobufError(`${this.file}: text at byte ${this.start} is not UTF-8`, { cause });
    }
  }

  /** Fields of this range parsed as a message, in the order of the file. @throws ProtobufError */
  *fields(): Generator<Field> {
    if (this.depth > DEEPEST)
      throw this.error(this.start, `messages nest deeper than the ${DEEPEST} levels that are read`);
    let at = this.start;
    while (at < this.end) {
      const fieldStart = at;
      const key = this.varint(at);
      at = key.next;
      const number = Number(key.value >> 3n);
      const wireType = Number(key.value & 7n);
      if (number < 1 || number > 0x1fffffff)
        throw this.error(fieldStart, `field number ${number}, wanted 1 to ${0x1fffffff}`);
      if (wireType === VARINT) {
        const { value, next } = this.varint(at);
        at = next;
        yield { number, wireType, integer: value, bytes: this.part(at, at) };
        continue;
      }
      let length: number;
      if (wireType === FIXED32) length = 4;
      else if (wireType === FIXED64) length = 8;
      else if (wireType === BYTES) {
        const { value, next } = this.varint(at);
        if (value > BigInt(this.end - next))
          throw this.error(fieldStart, `field ${number} is ${value} bytes long, but ${this.end - next} are left`);
        length = Number(value);
        at = next;
      } else throw this.error(fieldStart, `field ${number} has wire type ${wireType}, wanted 0, 1, 2 or 5`);
      if (length > this.end - at)
        throw this.error(fieldStart, `field ${number} is ${length} bytes long, but ${this.end - at} are left`);
      yield { number, wireType, integer: 0n, bytes: this.part(at, at + length) };
      at += length;
    }
  }

  /** Integers of a packed repeated field. */
  *varints(): Generator<bigint> {
    let at = this.start;
    while (at < this.end) {
      const { value, next } = this.varint(at);
      yield value;
      at = next;
    }
  }

  error(offset: number, problem: string): ProtobufError {
    return new ProtobufError(`${this.file}: at byte ${offset}: ${problem}; the file is damaged or of another format`);
  }

  private part(start: number, end: number): Bytes {
    return new Bytes(this.file, this.data, start, end, this.depth + 1);
  }

  private varint(start: number): { value: bigint; next: number } {
    let value = 0n;
    for (let i = 0; i < 10; i++) {
      if (start + i >= this.end) throw this.error(start, 'the integer has no end');
      const byte = this.data[start + i];
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: start + i + 1 };
    }
    throw this.error(start, 'the integer is longer than the 10 bytes allowed');
  }
}

/** A number of a field as a signed 64-bit integer, rounded to the nearest double. */
export function signed(field: Field): number {
  return Number(BigInt.asIntN(64, expectKind(field, VARINT).integer));
}

/** The bytes of a field: text, a message, packed numbers. */
export function bytesOf(field: Field): Bytes {
  return expectKind(field, BYTES).bytes;
}

export function float32(field: Field): number {
  return expectKind(field, FIXED32).bytes.view().getFloat32(0, true);
}

/** Signed integers of a repeated field, packed or one at a time. */
export function signedIntegers(field: Field): number[] {
  if (field.wireType === VARINT) return [signed(field)];
  return Array.from(bytesOf(field).varints(), (value) => Number(BigInt.asIntN(64, value)));
}

/** Floating-point numbers of a repeated field, packed or one at a time. */
export function floats(field: Field, width: 4 | 8): number[] {
  const { bytes } = expectKind(field, BYTES, width === 4 ? FIXED32 : FIXED64);
  if (bytes.length % width !== 0)
    throw bytes.error(bytes.start, `${bytes.length} bytes of packed numbers, wanted a multiple of ${width}`);
  const view = bytes.view();
  return Array.from({ length: bytes.length / width }, (_, i) =>
    width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  );
}

function expectKind(field: Field, ...wireTypes: number[]): Field {
  if (!wireTypes.includes(field.wireType))
    throw field.bytes.error(
      field.bytes.start,
      `field ${field.number} has wire type ${field.wireType}, wanted ${wireTypes.join(' or ')}`,
    );
  return field;
}
