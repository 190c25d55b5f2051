import { Bytes, bytesOf, type Field, float32, floats, signed, signedIntegers } from './protobuf.js';

/** Names of TensorProto.DataType, by number. */
const ELEMENT_TYPES = [
  'undefined',
  'float',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'double',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
] as const;

export type ElementType = (typeof ELEMENT_TYPES)[number];

/** Most elements of a tensor: far more than in any operator vector, far less than a corrupt size could claim. */
const MAX_ELEMENTS = 2 ** 26;

export interface Tensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Row-major; 64-bit integers rounded to the nearest double. Empty for element types that aren't real numbers. */
  readonly data: Float64Array;
}

/** An attribute of a node: the numbers, text or tensor it holds. Graphs (bodies of If, Loop) are not read. */
export type Attribute =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'numbers'; readonly value: readonly number[] }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'other' };

export interface OnnxNode {
  readonly operator: string;
  /** Operator set it belongs to; '' is ONNX's own. */
  readonly domain: string;
  /** Names of values; '' stands for an optional one left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A graph's input or output; its shape only where all extents are given as numbers. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType | undefined;
  readonly shape: readonly number[] | undefined;
}

export interface Model {
  readonly file: string;
  /** Version of every operator set used, by its domain. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Tensor[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/**
 * Reads the parts of an ONNX ModelProto that are needed to run it (field numbers: onnx.proto of ONNX 1.12).
 * @param file named in errors
 * @throws {ProtobufError} with the position at which the file is not a valid message
 */
export function readModel(file: string, data: Uint8Array): Model {
  const opsets = new Map<string, number>();
  let graph: Graph | undefined;
  for (const field of Bytes.of(file, data).fields()) {
    if (field.number === 7) graph = readGraph(bytesOf(field));
    else if (field.number === 8) {
      const { domain, version } = readOpset(bytesOf(field));
      opsets.set(domain, version);
    }
  }
  if (!graph) throw Bytes.of(file, data).error(0, 'a model without a graph');
  return { file, opsets, ...graph };
}

/** Reads a TensorProto, the form of an operator vector's inputs and outputs. @throws ProtobufError */
export function readTensorFile(file: string, data: Uint8Array): Tensor {
  return readTensor(Bytes.of(file, data));
}

type Graph = Pick<Model, 'nodes' | 'initializers' | 'inputs' | 'outputs'>;

function readGraph(message: Bytes): Graph {
  const nodes: OnnxNode[] = [];
  const initializers: Tensor[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  for (const field of message.fields()) {
    if (field.number === 1) nodes.push(readNode(bytesOf(field)));
    else if (field.number === 5) initializers.push(readTensor(bytesOf(field)));
    else if (field.number === 11) inputs.push(readValueInfo(bytesOf(field)));
    else if (field.number === 12) outputs.push(readValueInfo(bytesOf(field)));
  }
  return { nodes, initializers, inputs, outputs };
}

function readOpset(message: Bytes): { domain: string; version: number } {
  let domain = '';
  let version = 0;
  for (const field of message.fields()) {
    if (field.number === 1) domain = bytesOf(field).text();
    else if (field.number === 2) version = signed(field);
  }
  return { domain: domain === 'ai.onnx' ? '' : domain, version };
}

function readNode(message: Bytes): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let operator = '';
  let domain = '';
  for (const field of message.fields()) {
    if (field.number === 1) inputs.push(bytesOf(field).text());
    else if (field.number === 2) outputs.push(bytesOf(field).text());
    else if (field.number === 4) operator = bytesOf(field).text();
    else if (field.number === 7) domain = bytesOf(field).text();
    else if (field.number === 5) {
      const { name, attribute } = readAttribute(bytesOf(field));
      attributes.set(name, attribute);
    }
  }
  return { operator, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

function readAttribute(message: Bytes): { name: string; attribute: Attribute } {
  let name = '';
  let attribute: Attribute | undefined;
  const list: number[] = [];
  for (const field of message.fields()) {
    if (field.number === 1) name = bytesOf(field).text();
    else if (field.number === 2) attribute = { kind: 'number', value: float32(field) };
    else if (field.number === 3) attribute = { kind: 'number', value: signed(field) };
    else if (field.number === 4) attribute = readTextAttribute(field);
    else if (field.number === 5) attribute = { kind: 'tensor', value: readTensor(bytesOf(field)) };
    else if (field.number === 7 || field.number === 8) {
      list.push(...(field.number === 7 ? floats(field, 4) : signedIntegers(field)));
      attribute = { kind: 'numbers', value: list };
    }
  }
  return { name, attribute: attribute ?? { kind: 'other' } };
}

/** A `bytes` field: as text where it is valid UTF-8, otherwise unused. */
function readTextAttribute(field: Field): Attribute {
  const bytes = bytesOf(field);
  try {
    return { kind: 'text', value: bytes.text() };
  } catch {
    return { kind: 'other' };
  }
}

function readValueInfo(message: Bytes): ValueInfo {
  let name = '';
  let type: ElementType | undefined;
  let shape: number[] | undefined;
  for (const field of message.fields()) {
    if (field.number === 1) name = bytesOf(field).text();
    if (field.number !== 2) continue;
    for (const kind of bytesOf(field).fields()) {
      if (kind.number !== 1) continue;
      for (const part of bytesOf(kind).fields()) {
        if (part.number === 1) type = elementType(part);
        else if (part.number === 2) shape = readShape(bytesOf(part));
      }
    }
  }
  return { name, type, shape };
}

/** Undefined where an extent is missing or symbolic. */
function readShape(message: Bytes): number[] | undefined {
  const shape: number[] = [];
  let whole = true;
  for (const field of message.fields()) {
    if (field.number !== 1) continue;
    let extent: number | undefined;
    for (const part of bytesOf(field).fields()) if (part.number === 1) extent = signed(part);
    if (extent === undefined) whole = false;
    else shape.push(extent);
  }
  return whole ? shape : undefined;
}

function elementType(field: Field): ElementType {
  const number = signed(field);
  return ELEMENT_TYPES[number] ?? 'undefined';
}

function readTensor(message: Bytes): Tensor {
  const shape: number[] = [];
  const listed: number[] = [];
  let type: ElementType = 'undefined';
  let name = '';
  let raw: Bytes | undefined;
  for (const field of message.fields()) {
    if (field.number === 1) for (const extent of signedIntegers(field)) shape.push(extent);
    else if (field.number === 2) type = elementType(field);
    else if (field.number === 4) for (const value of floats(field, 4)) listed.push(value);
    else if (field.number === 5 || field.number === 7) for (const value of signedIntegers(field)) listed.push(value);
    else if (field.number === 8) name = bytesOf(field).text();
    else if (field.number === 9) raw = bytesOf(field);
    else if (field.number === 10) for (const value of floats(field, 8)) listed.push(value);
    else if (field.number === 11)
      for (const value of signedIntegers(field)) listed.push(value < 0 ? value + 2 ** 64 : value);
    else if (field.number === 13)
      throw message.error(message.start, `tensor "${name}" lies in another file, which is not read`);
  }
  const size = shape.reduce((total, extent) => total * extent, 1);
  if (shape.some((extent) => !Number.isInteger(extent) || extent < 0) || size > MAX_ELEMENTS)
    throw message.error(
      message.start,
      `tensor "${name}" has shape [${shape}], wanted at most ${MAX_ELEMENTS} elements`,
    );
  const reader = RAW[type];
  if (!reader) return { name, type, shape, data: new Float64Array(0) };
  const data = raw ? readRaw(raw, reader) : Float64Array.from(listed);
  if (data.length !== size)
    throw message.error(
      message.start,
      `tensor "${name}" of shape [${shape}] has ${data.length} elements, wanted ${size}`,
    );
  return { name, type, shape, data };
}

interface RawReader {
  readonly width: number;
  readonly read: (view: DataView, at: number) => number;
}

/** Readers of one element of `raw_data`, which is little-endian; absent for element types that are not real numbers. */
const RAW: Partial<Record<ElementType, RawReader>> = {
  float: { width: 4, read: (view, at) => view.getFloat32(at, true) },
  double: { width: 8, read: (view, at) => view.getFloat64(at, true) },
  uint8: { width: 1, read: (view, at) => view.getUint8(at) },
  int8: { width: 1, read: (view, at) => view.getInt8(at) },
  bool: { width: 1, read: (view, at) => view.getUint8(at) },
  uint16: { width: 2, read: (view, at) => view.getUint16(at, true) },
  int16: { width: 2, read: (view, at) => view.getInt16(at, true) },
  uint32: { width: 4, read: (view, at) => view.getUint32(at, true) },
  int32: { width: 4, read: (view, at) => view.getInt32(at, true) },
  uint64: { width: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  int64: { width: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
};

function readRaw(raw: Bytes, { width, read }: RawReader): Float64Array {
  if (raw.length % width !== 0)
    throw raw.error(raw.start, `${raw.length} bytes of raw data, wanted a multiple of ${width}`);
  const view = raw.view();
  return Float64Array.from({ length: raw.length / width }, (_, i) => read(view, i * width));
}
