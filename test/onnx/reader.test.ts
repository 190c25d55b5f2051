import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtobufError } from './protobuf.js';
import { readModel, readTensorFile } from './reader.js';

/** Fields of a message, written by hand: [number, contents]. Numbers are varints, bytes and text have a length. */
type Contents = number | Uint8Array | string;

function message(...fields: [number, Contents][]): Uint8Array {
  const out: number[] = [];
  for (const [number, contents] of fields) {
    if (typeof contents === 'number') out.push(...varint(number * 8), ...varint(contents));
    else {
      const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
      out.push(...varint(number * 8 + 2), ...varint(bytes.length), ...bytes);
    }
  }
  return Uint8Array.from(out);
}

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  return [...out, Number(rest)];
}

const bytesOf = (values: Float32Array | Float64Array | BigInt64Array) => new Uint8Array(values.buffer);

const weights = message([1, 2], [1, 2], [2, 1], [8, 'w'], [9, bytesOf(Float32Array.of(1, -2, 0.5, 4))]);
const strides = message([1, 'strides'], [8, Uint8Array.of(2, 3)], [20, 7]);
const mode = message([1, 'auto_pad'], [4, 'VALID'], [20, 3]);
const node = message([1, 'x'], [1, 'w'], [2, 'y'], [4, 'Conv'], [5, strides], [5, mode]);
const shape = message([1, message([1, 5])], [1, message([1, 300])]);
const x = message([1, 'x'], [2, message([1, message([1, 1], [2, shape])])]);
const y = message([1, 'y'], [2, message([1, message([1, 1], [2, message([1, message([2, 'batch'])])])])]);
const graph = message([1, node], [5, weights], [11, x], [12, y]);
const model = message([1, 8], [7, graph], [8, message([1, ''], [2, 13])], [8, message([1, 'other'], [2, 1])]);

describe('the reader of ONNX models', () => {
  it('reads nodes, attributes, initialisers, shapes and versions', () => {
    const read = readModel('model', model);
    expect([...read.opsets]).toEqual([
      ['', 13],
      ['other', 1],
    ]);
    expect(read.nodes).toHaveLength(1);
    expect(read.nodes[0]).toMatchObject({ operator: 'Conv', domain: '', inputs: ['x', 'w'], outputs: ['y'] });
    expect(read.nodes[0].attributes.get('strides')).toEqual({ kind: 'numbers', value: [2, 3] });
    expect(read.nodes[0].attributes.get('auto_pad')).toEqual({ kind: 'text', value: 'VALID' });
    expect(read.initializers[0]).toEqual({
      name: 'w',
      type: 'float',
      shape: [2, 2],
      data: Float64Array.of(1, -2, 0.5, 4),
    });
    expect(read.inputs).toEqual([{ name: 'x', type: 'float', shape: [5, 300] }]);
    expect(read.outputs).toEqual([{ name: 'y', type: 'float', shape: undefined }]);
  });

  it('reads tensors of listed, packed and raw elements alike', () => {
    const float = bytesOf(Float32Array.of(1.5, -2));
    const double = bytesOf(Float64Array.of(1.5, -2));
    const negative = Uint8Array.from(varint(-7));
    const long = bytesOf(BigInt64Array.of(-7n));
    for (const [fields, type, data] of [
      [
        [
          [1, 2],
          [2, 1],
          [4, float],
        ],
        'float',
        [1.5, -2],
      ],
      [
        [
          [1, 2],
          [2, 1],
          [9, float],
        ],
        'float',
        [1.5, -2],
      ],
      [
        [
          [1, 2],
          [2, 11],
          [10, double],
        ],
        'double',
        [1.5, -2],
      ],
      [
        [
          [1, 2],
          [2, 11],
          [9, double],
        ],
        'double',
        [1.5, -2],
      ],
      [
        [
          [1, 1],
          [2, 7],
          [7, -7],
        ],
        'int64',
        [-7],
      ],
      [
        [
          [1, 1],
          [2, 7],
          [7, negative],
        ],
        'int64',
        [-7],
      ],
      [
        [
          [1, 1],
          [2, 7],
          [9, long],
        ],
        'int64',
        [-7],
      ],
      [
        [
          [1, 1],
          [2, 6],
          [5, -7],
        ],
        'int32',
        [-7],
      ],
      [
        [
          [1, 2],
          [2, 9],
          [9, Uint8Array.of(1, 0)],
        ],
        'bool',
        [1, 0],
      ],
    ] as [[number, Contents][], string, number[]][]) {
      const tensor = readTensorFile('tensor', message(...fields));
      expect(tensor.type).toBe(type);
      expect(Array.from(tensor.data)).toEqual(data);
    }
  });

  it('names the file and the byte where a model is invalid', () => {
    expect(() => readModel('cut.onnx', model.subarray(0, 40))).toThrow(
      /cut\.onnx: at byte 2: field 7 is \d+ bytes long/,
    );
    expect(() => readModel('empty.onnx', new Uint8Array(0))).toThrow(/empty\.onnx.*without a graph/);
    expect(() => readTensorFile('t.pb', message([1, 3], [2, 1], [9, Uint8Array.of(0, 0, 128, 63)]))).toThrow(
      /t\.pb.*shape \[3\] has 1 elements, wanted 3/,
    );
    expect(() => readTensorFile('t.pb', message([1, 1e15], [2, 1]))).toThrow(/wanted at most/);
    expect(() => readTensorFile('t.pb', message([1, -1], [2, 1]))).toThrow(/shape \[-1\]/);
    expect(() => readModel('wires.onnx', Uint8Array.of(0x0f))).toThrow(/wire type 7/);
    expect(() => readModel('endless.onnx', new Uint8Array(12).fill(0xff))).toThrow(/longer than the 10 bytes/);
  });

  it('reads any truncated or altered model, or throws a ProtobufError', () => {
    const attempt = (bytes: Uint8Array) => {
      try {
        readModel('model', bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError);
      }
    };
    for (let end = 0; end < model.length; end++) attempt(model.subarray(0, end));
    fc.assert(
      fc.property(fc.nat(model.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        attempt(model.map((before, i) => (i === at ? byte : before)));
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), attempt), { numRuns: 500 });
  });
});
