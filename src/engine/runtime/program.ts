import { BufferUsage } from '../device/usage.js';
import { DisposedError, DTypeError, NasTransferError, ShapeError } from '../errors/errors.js';
import { decode, encode, storedElements } from '../graph/encoding.js';
import type { Gate, Graph, Node, Value } from '../graph/graph.js';
import type { Cost, KernelCall } from '../graph/operation.js';
import { formatType, logicalSize, physicalSize, rowsOf, vectorsPerRow, wordsOf } from '../graph/types.js';
import type { Command } from '../kernels/command.js';
import { type Dispatch, lowerNodes, type Memory } from '../kernels/lowering.js';
import type { Pipeline } from '../kernels/pipelines.js';
import { readBuffer } from '../kernels/readBack.js';
import { encodeUniforms, type Shader } from '../kernels/shader.js';
import { liveNodes } from '../passes/deadCode.js';
import { foldConstants } from '../passes/foldConstants.js';
import { type Location, type Locations, locate, type Root } from '../passes/locations.js';
import { byteLength, type MemoryPlan, planMemory } from '../passes/memoryPlan.js';
import { describeProgram, type ProgramDescription } from '../profile/describe.js';
import {
  type HostTimes,
  type Profile,
  type Profiled,
  type ProfileOptions,
  profileDispatches,
} from '../profile/profile.js';
import type { Engine } from './engine.js';
import type { Workspace } from './workspace.js';

const STORAGE = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;
const UNIFORM = BufferUsage.UNIFORM | BufferUsage.COPY_DST;

/** A number or row-major elements for every feed. */
export type Feeds = Readonly<Record<string, number | ArrayLike<number>>>;

/** A compiled graph: a flat list of dispatches with their bind groups made, run many times. */
export class Program {
  /** Host time of the last run. */
  hostMilliseconds: HostTimes = { encode: 0, submit: 0 };
  private disposed = false;
  private readonly feedWords: ArrayBuffer;
  private readonly gated: boolean;
  readonly dispatchCount: number;

  constructor(
    private readonly engine: Engine,
    private commands: readonly Command[],
    private readonly plan: ProgramPlan & Pick<Profiled, 'resource'>,
    private readonly buffers: readonly GPUBuffer[],
    private readonly feedBuffer: GPUBuffer,
    private readonly feeds: ReadonlyMap<string, { value: Value; base: number }>,
    private readonly outputs: ReadonlyMap<string, { value: Value; location: Location; buffer: GPUBuffer }>,
    /** Bytes of the buffers of this program alone; variables and workspaces are counted by the engine. */
    readonly memoryBytes: number,
    /** Multiply-adds and least bytes of one run. */
    readonly cost: Cost,
    /** Gradients of which closed gates leave parts unwritten: zero before every run. */
    private readonly cleared: readonly GPUBuffer[],
    private readonly onDispose: () => void,
  ) {
    this.feedWords = new ArrayBuffer(feedBuffer.size);
    this.gated = commands.some(({ gate }) => gate);
    this.dispatchCount = commands.length;
  }

  hasFeed(name: string): boolean {
    return this.feeds.has(name);
  }

  /**
   * Runs the program once: writes the feeds, encodes every dispatch in one pass, submits once. Returns at once; later
   * runs and reads come after it in order.
   * @param feeds a number or row-major elements for every feed of the graph
   * @param times runs in the same submit, for timing what is too short for the clock
   */
  run(feeds: Feeds = {}, times = 1): void {
    const start = performance.now();
    this.prepare(feeds);
    const { device, queue } = this.engine.gpu;
    const encoder = device.createCommandEncoder();
    for (const buffer of this.cleared) encoder.clearBuffer(buffer);
    const pass = encoder.beginComputePass();
    const commands = this.gated ? this.commands.filter(this.openFor(feeds)) : this.commands;
    let bound: GPUComputePipeline | undefined;
    for (let time = 0; time < times; time++)
      for (const { pipeline, bindGroup, grid } of commands) {
        if (pipeline !== bound) pass.setPipeline(pipeline);
        bound = pipeline;
        pass.setBindGroup(0, bindGroup);
        pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
      }
    pass.end();
    const commandBuffer = encoder.finish();
    const encoded = performance.now();
    queue.submit([commandBuffer]);
    const submitted = performance.now();
    this.hostMilliseconds = { encode: encoded - start, submit: submitted - encoded };
    this.engine.timeline?.add({ name: 'encode', startMilliseconds: start, milliseconds: encoded - start });
    this.engine.timeline?.add({ name: 'submit', startMilliseconds: encoded, milliseconds: submitted - encoded });
  }

  /** Elements of an output after the last run, row-major without padding. */
  async read(name: string): Promise<Float32Array | Uint32Array> {
    this.checkAlive();
    const output = this.outputs.get(name);
    if (!output)
      throw new NasTransferError(`read: no output "${name}"; this program has ${[...this.outputs.keys()].join(', ')}`);
    const { value, location, buffer } = output;
    const bytes = await readBuffer(this.engine.gpu, buffer, location.base * 4, location.extent * 4);
    const source = storedElements(value.type, bytes, 0, bytes.byteLength / (value.dtype === 'f16' ? 2 : 4));
    const dense = source.slice(0, physicalSize(value.type));
    const width = vectorsPerRow(value.type) * 4;
    for (let row = 0; row < rowsOf(value.type); row++) {
      const start = (location.offset + row * location.stride) * 4;
      dense.set(source.subarray(start, start + width), row * width);
    }
    return decode(value.type, dense);
  }

  /** Runs once with every dispatch timed on the device: by its timestamps, or without them in batches by the host's clock. */
  async profile(feeds: Feeds = {}, options: ProfileOptions = {}): Promise<Profile> {
    this.prepare(feeds);
    const isOpen = this.openFor(feeds);
    const commands = this.commands.filter(isOpen);
    const dispatches = this.plan.dispatches.filter((_, index) => isOpen(this.commands[index]));
    return profileDispatches(this.engine.gpu, { ...this.plan, dispatches, commands }, options);
  }

  /** The dispatches and the memory of the program, as plain data. */
  describe(): ProgramDescription {
    this.checkAlive();
    const pipelines = new Set(this.commands.map(({ pipeline }) => pipeline)).size;
    return describeProgram({ ...this.plan, totalBytes: this.memoryBytes, pipelines });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const buffer of this.buffers) buffer.destroy();
    // Whoever still holds the program should not hold its bind groups.
    this.commands = [];
    this.onDispose();
  }

  /** Whether a command runs in a run with these feeds: all but those behind gates that they leave closed. */
  private openFor(feeds: Feeds): (command: Command) => boolean {
    const known = new Map<Gate, boolean>();
    return ({ gate }) => {
      if (!gate) return true;
      let open = known.get(gate);
      if (open === undefined) {
        const given = feeds[(gate.flags.origin as { name: string }).name];
        const data = typeof given === 'number' ? [given] : given;
        open = gate.elements.some((element) => data[element] !== 0);
        known.set(gate, open);
      }
      return open;
    };
  }

  private prepare(feeds: Feeds): void {
    this.checkAlive();
    this.engine.gpu.check();
    for (const name of Object.keys(feeds))
      if (!this.feeds.has(name))
        throw new NasTransferError(
          `run: feed "${name}" is not one of this program's: ${[...this.feeds.keys()].join(', ') || 'none'}`,
        );
    for (const [name, { value, base }] of this.feeds) {
      const given = feeds[name];
      if (given === undefined)
        throw new NasTransferError(`run: feed "${name}" is missing; wanted ${formatType(value.type)}`);
      const data = typeof given === 'number' ? [given] : given;
      if (data.length !== logicalSize(value.type))
        throw new ShapeError(`run: feed "${name}" got ${data.length} elements, wanted ${formatType(value.type)}`);
      encode(value.type, data, this.feedWords, base * 4);
    }
    if (this.feeds.size > 0) this.engine.gpu.queue.writeBuffer(this.feedBuffer, 0, this.feedWords);
  }

  private checkAlive(): void {
    if (this.disposed) throw new DisposedError('program: used after dispose(); compile it again');
  }
}

/** A traced graph with everything decided, before any memory is taken. */
export interface ProgramPlan {
  readonly locations: Locations;
  readonly dispatches: readonly Dispatch[];
  readonly memory: MemoryPlan;
  /** Bytes of all buffers of the program. */
  readonly bytes: number;
  /** Bytes of the largest buffer that kernels are bound to, and what it holds. */
  readonly largest: number;
  readonly describe: string;
}

/** Passes and memory plan of a traced graph. */
export function planProgram(engine: Engine, graph: Graph): ProgramPlan {
  const nodes = liveNodes(graph, foldConstants(graph, liveNodes(graph)));
  checkElementTypes(engine, nodes);
  const locations = locate(graph, nodes);
  for (const output of graph.outputs.values()) locations.of(output);
  const { dispatches, scratch } = lowerNodes(nodes, locations, engine.target);
  const memory = planMemory(nodes, locations, scratch);
  const roots = [...memory.slotOf.keys(), ...memory.persistent, locations.feeds, locations.constants];
  const largest = roots.reduce((most, root) => (root.elements > most.elements ? root : most));
  return {
    locations,
    dispatches,
    memory,
    bytes: memory.bytes + uniformBytes(engine, new Set(dispatches.map(({ call }) => call)).size),
    largest: byteLength(largest.elements),
    describe:
      'value' in largest && largest.value
        ? `a value ${formatType(largest.value.type)} of ${largest.value.node?.operation.name}`
        : 'the largest of its buffers',
  };
}

/** Bytes of a planned program's buffers besides those in a workspace. */
export function ownBytes({ bytes, memory }: ProgramPlan, workspace: Workspace | undefined): number {
  return workspace ? bytes - memory.slots.reduce((sum, slot) => sum + slot, 0) : bytes;
}

/** Throws DTypeError where a graph has f16 and the device has not. */
function checkElementTypes({ gpu, target }: Engine, nodes: readonly Node[]): void {
  if (target.f16) return;
  for (const { operation, inputs, outputs } of nodes) {
    const half = [...inputs, ...outputs].find(({ dtype }) => dtype === 'f16');
    if (half)
      throw new DTypeError(
        `compile: ${operation.name} has ${formatType(half.type)}, and ${gpu.info.name} has no shader-f16; build the graph with f32 (cast nothing to f16), or use a device that has it`,
      );
  }
}

/** Pipelines, buffers and bind groups of a planned program. */
export async function buildProgram(
  engine: Engine,
  graph: Graph,
  programPlan: ProgramPlan,
  onDispose: () => void,
  workspace?: Workspace,
): Promise<Program> {
  const { locations, dispatches, memory: plan } = programPlan;
  const setBuffers = collectSets(dispatches, engine);
  const built = engine.timeline?.begin('pipelines');
  const pipelines = await engine.pipelines.ofCalls(dispatches.map(({ call }) => call));
  built?.();

  const { device, queue } = engine.gpu;
  const created: GPUBuffer[] = [];
  const create = (label: string, size: number, usage = STORAGE): GPUBuffer => {
    const buffer = device.createBuffer({ label, size, usage });
    created.push(buffer);
    return buffer;
  };
  const slots = workspace
    ? (workspace.take(plan.slots, (size) =>
        device.createBuffer({ label: 'workspace', size, usage: STORAGE }),
      ) as GPUBuffer[])
    : plan.slots.map((bytes, index) => create(`slot ${index}`, bytes));
  const rootBuffers = new Map<Root, GPUBuffer>();
  for (const root of plan.persistent) rootBuffers.set(root, create('persistent', byteLength(root.elements)));
  rootBuffers.set(locations.feeds, create('feeds', byteLength(locations.feeds.elements)));
  rootBuffers.set(locations.constants, create('constants', byteLength(locations.constants.elements)));
  for (const value of locations.constantValues)
    writeConstant(queue, rootBuffers.get(locations.constants) as GPUBuffer, value, locations.of(value).base);
  const bufferOf = (root: Root): GPUBuffer => {
    if (root.set) return setBuffers.get(root.set) ?? engine.bufferOf(root.set);
    const slot = plan.slotOf.get(root);
    const buffer = slot === undefined ? rootBuffers.get(root) : slots[slot];
    if (!buffer) throw new NasTransferError('memory plan: a value has no buffer');
    return buffer;
  };
  const resource = (memory: Memory): GPUBufferBinding =>
    'root' in memory
      ? { buffer: bufferOf(memory.root), offset: memory.base * 4, size: memory.extent * 4 }
      : { buffer: slots[plan.slotOf.get(memory) as number], offset: 0, size: memory.elements * 4 };
  const commands = createCommands(engine, dispatches, pipelines, resource, create);
  return new Program(
    engine,
    commands,
    { ...programPlan, resource },
    created,
    rootBuffers.get(locations.feeds) as GPUBuffer,
    new Map(
      locations.feedValues.map((value) => [
        (value.origin as { name: string }).name,
        { value, base: locations.of(value).base },
      ]),
    ),
    new Map(
      [...graph.outputs].map(([name, value]) => {
        const location = locations.of(value);
        return [name, { value, location, buffer: bufferOf(location.root) }];
      }),
    ),
    created.reduce((sum, buffer) => sum + buffer.size, 0),
    totalCost(commands),
    gatedArenas(dispatches).map((root) => bufferOf(root)),
    onDispose,
  );
}

/** Bind groups and pipelines of dispatches; `resource` says which buffer a place in memory lies in. */
export function createCommands(
  engine: Engine,
  dispatches: readonly Dispatch[],
  pipelines: readonly Pipeline[],
  resource: (memory: Memory) => GPUBufferBinding,
  create: (label: string, size: number, usage: number) => GPUBuffer,
): Command[] {
  const { device, queue, limits } = engine.gpu;
  const step = uniformStep(engine);
  // Equal calls share their uniforms.
  const placeOf = new Map<KernelCall, GPUBufferBinding>();
  const uniforms = new Uint8Array(uniformBytes(engine, new Set(dispatches.map(({ call }) => call)).size));
  const uniformBuffer = create('uniforms', uniforms.length, UNIFORM);
  const uniformsOf = (call: KernelCall, shader: Shader): GPUBufferBinding => {
    let place = placeOf.get(call);
    if (!place) {
      const encoded = encodeUniforms(shader, call.uniforms);
      place = { buffer: uniformBuffer, offset: placeOf.size * step, size: encoded.length };
      uniforms.set(encoded, place.offset);
      placeOf.set(call, place);
    }
    return place;
  };
  const commands = dispatches.map(({ call, node, memory, cost }, index): Command => {
    const { shader, layout, pipeline } = pipelines[index];
    if (call.grid.some((extent) => !(extent >= 1) || extent > limits.maxComputeWorkgroupsPerDimension))
      throw new NasTransferError(
        `${node.operation.name}: kernel ${call.kernel} wants a grid of [${call.grid}] workgroups, the device allows 1 to ${limits.maxComputeWorkgroupsPerDimension} in each dimension`,
      );
    const entries = shader.bindings.map(({ name, binding, kind }): GPUBindGroupEntry => {
      if (kind === 'uniform') return { binding, resource: uniformsOf(call, shader) };
      const bound = memory[name];
      if (!bound)
        throw new NasTransferError(`${node.operation.name}: kernel ${call.kernel} has nothing bound to "${name}"`);
      return { binding, resource: resource(bound) };
    });
    return {
      label: `${node.operation.name}: ${call.kernel}`,
      pipeline,
      bindGroup: device.createBindGroup({ layout, entries }),
      grid: call.grid,
      cost,
      gate: node.gate,
    };
  });
  queue.writeBuffer(uniformBuffer, 0, uniforms);
  return commands;
}

/** Roots of the gradients that an optimiser reads whole, of which nodes behind gates write parts. */
function gatedArenas(dispatches: readonly Dispatch[]): Root[] {
  const roots = dispatches.flatMap(({ node, memory }) =>
    node.gate ? Object.values(memory).flatMap((place) => ('root' in place ? [place.root] : [])) : [],
  );
  return [...new Set(roots)].filter(({ kind }) => kind === 'persistent');
}

function collectSets(dispatches: readonly Dispatch[], engine: Engine) {
  const buffers = new Map<NonNullable<Root['set']>, GPUBuffer>();
  for (const { memory } of dispatches)
    for (const place of Object.values(memory))
      if ('root' in place && place.root.set) buffers.set(place.root.set, engine.bufferOf(place.root.set));
  return buffers;
}

function writeConstant(queue: GPUQueue, buffer: GPUBuffer, value: Value, base: number): void {
  const { origin, type } = value;
  if (origin?.kind !== 'constant') return;
  const bytes = new ArrayBuffer(wordsOf(type) * 4);
  encode(type, origin.data, bytes);
  queue.writeBuffer(buffer, base * 4, bytes);
}

function totalCost(commands: readonly Command[]): Cost {
  let multiplyAdds = 0;
  let bytes = 0;
  for (const { cost } of commands) {
    multiplyAdds += cost.multiplyAdds;
    bytes += cost.bytes;
  }
  return { multiplyAdds, bytes };
}

/** Bytes from the uniforms of one call to those of the next. */
function uniformStep(engine: Engine): number {
  return Math.max(256, engine.gpu.limits.minUniformBufferOffsetAlignment);
}

function uniformBytes(engine: Engine, calls: number): number {
  return Math.max(1, calls) * uniformStep(engine);
}
