import { BufferUsage } from '../../../src/engine/device/usage.js';
import { decode, encode, storedElements } from '../../../src/engine/graph/encoding.js';
import { Graph, type Node, type Value } from '../../../src/engine/graph/graph.js';
import type { Operation, Sample } from '../../../src/engine/graph/operation.js';
import { pack, physicalSize, rowsOf, type ValueType, vectorsPerRow, wordsOf } from '../../../src/engine/graph/types.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { lowerNodes, type Memory } from '../../../src/engine/kernels/lowering.js';
import { readBuffer } from '../../../src/engine/kernels/readBack.js';
import type { Location, Locations, Root } from '../../../src/engine/passes/locations.js';
import { byteLength } from '../../../src/engine/passes/memoryPlan.js';
import { createCommands } from '../../../src/engine/runtime/createCommands.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { inputType } from './sampleData.js';

/** Bits of a float NaN and of an index out of range, so that reading them is noticed. */
const CANARY = 0x7fc0dead;
/** Guard elements before and after every value, in whole binding units. */
const GUARD = 64;

export interface GuardedResult {
  /** Outputs, row-major without padding. */
  readonly outputs: Float64Array[];
  /** Raw words of the outputs, for comparing runs bit by bit. */
  readonly words: Uint32Array[];
  /** Violations: writes to guard bands or to gaps between rows of a view, nonzero padding lanes. */
  readonly problems: string[];
}

/**
 * Runs an operation's kernels with every value as a view, contiguous or strided, between guard bands: kernels that read or
 * write outside their values give NaN or overwrite a canary.
 */
export async function runGuarded(
  engine: Engine,
  operation: Operation,
  sample: Sample<never>,
  data: readonly Float64Array[],
  strided: boolean,
): Promise<GuardedResult> {
  const { node, inputs } = traceSample(operation, sample);
  const places = new Map<Value, Location>();
  const inPlaceOutputs = new Map<Value, Value>();
  node.outputs.forEach((output, index) => {
    const target = operation.inPlace?.[index];
    if (target !== undefined) inPlaceOutputs.set(output, inputs[target]);
  });
  const place = (value: Value): Location => {
    const origin = inPlaceOutputs.get(value) ?? value;
    let location = places.get(origin);
    if (!location) {
      location = guardedLocation(origin.type, strided && value.type.layout === 'rows' && value.shape.length > 1);
      places.set(origin, location);
    }
    return location;
  };
  const locations: Locations = {
    of: place,
    isView: () => false,
    assembled: () => node.inputs.map(() => false),
    feeds: { kind: 'feeds', elements: 0 },
    constants: { kind: 'constants', elements: 0 },
    feedValues: [],
    constantValues: [],
  };
  const { dispatches } = lowerNodes([node], locations, engine.target);
  const { device, queue } = engine.gpu;
  const created: GPUBuffer[] = [];
  const create = (
    label: string,
    size: number,
    usage: number = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC,
  ): GPUBuffer => {
    const buffer = device.createBuffer({ label, size, usage });
    created.push(buffer);
    return buffer;
  };
  const buffers = new Map<Root, GPUBuffer>();
  const scratch = new Map<Memory, GPUBuffer>();
  const fill = (value: Value, contents: Float64Array | undefined): void => {
    const location = place(value);
    const words = new Uint32Array(byteLength(location.root.elements) / 4).fill(CANARY);
    if (contents) writeValue(value.type, contents, location, words);
    const buffer = create('guarded', words.byteLength);
    queue.writeBuffer(buffer, 0, words);
    buffers.set(location.root, buffer);
  };
  inputs.forEach((value, index) => {
    if (!buffers.has(place(value).root)) fill(value, data[index]);
  });
  for (const output of node.outputs) {
    // Gradient arenas start zeroed; all other outputs must be written completely.
    const start = operation.assembles === 'variables' ? new Float64Array(physicalSize(output.type)) : undefined;
    if (!buffers.has(place(output).root)) fill(output, start);
  }
  const resource = (memory: Memory): GPUBufferBinding => {
    if ('root' in memory) {
      // Bound to the end of the buffer, guard band included, so that writes beyond the value are noticed, not clamped.
      const buffer = buffers.get(memory.root) as GPUBuffer;
      return { buffer, offset: memory.base * 4, size: buffer.size - memory.base * 4 };
    }
    let buffer = scratch.get(memory);
    if (!buffer) {
      buffer = create('scratch', byteLength(memory.elements));
      queue.writeBuffer(buffer, 0, new Uint32Array(buffer.size / 4).fill(CANARY));
      scratch.set(memory, buffer);
    }
    return { buffer, offset: 0, size: memory.elements * 4 };
  };
  const pipelines = await Promise.all(dispatches.map(({ call }) => engine.pipelines.get(call.kernel, call.constants)));
  const commands = createCommands(engine.gpu, dispatches, pipelines, resource, create);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const command of commands) {
    pass.setPipeline(command.pipeline);
    pass.setBindGroup(0, command.bindGroup);
    pass.dispatchWorkgroups(...command.grid);
  }
  pass.end();
  queue.submit([encoder.finish()]);

  const result: GuardedResult = { outputs: [], words: [], problems: [] };
  for (const [index, output] of node.outputs.entries()) {
    const location = place(output);
    const buffer = buffers.get(location.root) as GPUBuffer;
    const words = new Uint32Array(await readBuffer(engine.gpu, buffer, 0, buffer.size));
    const name = node.outputs.length > 1 ? `output ${index}` : 'output';
    result.outputs.push(readValue(output.type, location, words));
    result.words.push(words);
    result.problems.push(...inspect(name, output.type, location, words));
  }
  for (const buffer of created) buffer.destroy();
  return result;
}

/** Traces a sample as one node, with variables as inputs so that in-place updates work. */
export function traceSample(
  operation: Operation,
  sample: Sample<never>,
): { graph: Graph; node: Node; inputs: Value[] } {
  const graph = new Graph();
  const inputs = sample.inputs.map((input, index) => {
    const { shape, dtype, layout } = inputType(input);
    return graph.read(new VariableSet(`set ${index}`).add(`input ${index}`, shape, zeros, { dtype, layout }));
  });
  graph.apply(operation, inputs, sample.attributes);
  return { graph, node: graph.nodes[0], inputs };
}

function guardedLocation(type: ValueType, strided: boolean): Location {
  const vectors = vectorsPerRow(type);
  const offset = strided ? 3 : 0;
  const stride = strided ? vectors + 2 : vectors;
  const extent = (offset + rowsOf(type) * stride) * wordsPerVector(type);
  return { root: { kind: 'persistent', elements: GUARD + extent + GUARD }, base: GUARD, extent, offset, stride };
}

/** Positions of the words of a value's vec4s, in order, padding lanes included. */
function positions(type: ValueType, location: Location): number[] {
  const words = wordsPerVector(type);
  const width = vectorsPerRow(type) * words;
  const result: number[] = [];
  for (let row = 0; row < rowsOf(type); row++)
    for (let word = 0; word < width; word++)
      result.push(location.base + (location.offset + row * location.stride) * words + word);
  return result;
}

function wordsPerVector(type: ValueType): number {
  return (wordsOf(type) / physicalSize(type)) * 4;
}

function writeValue(type: ValueType, data: Float64Array, location: Location, words: Uint32Array): void {
  const bits = new Uint32Array(wordsOf(type));
  if (data.length === physicalSize(type)) storedElements(type, bits.buffer).set(data);
  else encode(type, data, bits.buffer);
  positions(type, location).forEach((position, i) => {
    words[position] = bits[i];
  });
}

function readValue(type: ValueType, location: Location, words: Uint32Array): Float64Array {
  const bits = Uint32Array.from(positions(type, location), (position) => words[position]);
  return Float64Array.from(decode(type, storedElements(type, bits.buffer)));
}

function inspect(name: string, type: ValueType, location: Location, words: Uint32Array): string[] {
  const own = positions(type, location);
  const inside = new Set(own);
  const problems: string[] = [];
  for (let i = 0; i < words.length; i++)
    if (!inside.has(i) && words[i] !== CANARY) {
      problems.push(`${name}: wrote outside, word ${i - location.base} of ${location.extent}`);
      break;
    }
  // Padding lanes must be zero.
  const marks = new Float64Array(physicalSize(type));
  pack(type, new Float64Array(type.shape.reduce((a, b) => a * b, 1)).fill(1), marks);
  const stored = storedElements(type, Uint32Array.from(own, (position) => words[position]).buffer);
  const zeros = type.dtype === 'f16' ? [0, 0x8000] : [0];
  const dirty = stored.findIndex((element, i) => marks[i] === 0 && !zeros.includes(Math.abs(element)));
  if (dirty >= 0) problems.push(`${name}: padding lane ${dirty} holds ${stored[dirty]}, wanted zero`);
  return problems;
}
