import type { Gpu } from '../device/gpu.js';
import { BufferUsage } from '../device/usage.js';
import { DisposedError, OwnershipError, ShapeError } from '../errors/errors.js';
import { decode, encode, storedElements } from '../graph/encoding.js';
import { Graph } from '../graph/graph.js';
import type { KernelTarget, VariantTable } from '../graph/kernelTarget.js';
import type { Timeline } from '../graph/timeline.js';
import { logicalSize, wordsOf } from '../graph/types.js';
import type { Variable, VariableSet } from '../graph/variables.js';
import { Pipelines } from '../kernels/pipelines.js';
import { readBuffer } from '../kernels/readBack.js';
import { byteLength } from '../passes/memoryPlan.js';
import { checkMemory } from './memoryLimit.js';
import { buildProgram, ownBytes, type Program, planProgram } from './program.js';
import { Workspace } from './workspace.js';

export interface EngineOptions {
  /** What kernels are chosen for; the device's own figures where absent. */
  readonly target?: KernelTarget;
  /** Choices between kernels that were measured on this device (`tune`); the usual ones where absent. */
  readonly variants?: VariantTable;
  /** Where the phases of compiling and running are noted; absent: nowhere. */
  readonly timeline?: Timeline;
}

export interface CompileOptions {
  /** Bytes that programs and variables of this engine may take together; the device's own figure where absent. */
  readonly memoryLimit?: number;
  /** Where the program's temporary values lie, shared with other programs that do not run at the same time; absent: buffers of its own. */
  readonly workspace?: Workspace;
}

const BUFFER_USAGE = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;

/** Compiles graphs for one device and holds the variables that live on it. */
export class Engine {
  readonly pipelines: Pipelines;
  readonly target: KernelTarget;
  /** Where the phases of compiling and running are noted; absent: nowhere. */
  readonly timeline?: Timeline;
  private readonly buffers = new Map<VariableSet, GPUBuffer>();
  private readonly programs = new Set<Program>();
  private readonly workspaces = new Set<Workspace>();
  /** Bytes of programs that are being built. */
  private reserved = 0;
  private disposed = false;

  constructor(
    readonly gpu: Gpu,
    { target = targetOf(gpu), variants, timeline }: EngineOptions = {},
  ) {
    this.timeline = timeline;
    this.pipelines = new Pipelines(gpu);
    this.target = variants ? { ...target, variants } : target;
  }

  /** Gives a set its buffer, filled by its initialisers from `seed`; fills it anew when it has one. */
  allocate(set: VariableSet, seed = 0): void {
    this.checkAlive('allocate');
    this.adopt(set);
    set.seal();
    let buffer = this.buffers.get(set);
    if (!buffer) {
      checkMemory(this, `allocate "${set.name}"`, byteLength(set.size), byteLength(set.size), this.gpu.memoryLimit);
      buffer = this.gpu.device.createBuffer({ label: set.name, size: byteLength(set.size), usage: BUFFER_USAGE });
      this.buffers.set(set, buffer);
    }
    this.gpu.queue.writeBuffer(buffer, 0, set.initialWords(seed).buffer);
  }

  bufferOf(set: VariableSet): GPUBuffer {
    this.checkAlive('a variable');
    if (set.owner && set.owner !== this)
      throw new OwnershipError(
        `variable set "${set.name}" lies on another device; build it again for this engine, or copy it through writeSet`,
      );
    const buffer = this.buffers.get(set);
    if (!buffer)
      throw new DisposedError(
        `variable set "${set.name}" has no memory: it was disposed of or never allocated; call engine.allocate(set, seed)`,
      );
    return buffer;
  }

  /** Elements of a variable, row-major without padding. */
  async read(variable: Variable): Promise<Float32Array | Uint32Array> {
    const bytes = await readBuffer(
      this.gpu,
      this.bufferOf(variable.set),
      variable.offset * 4,
      wordsOf(variable.type) * 4,
    );
    return decode(variable.type, storedElements(variable.type, bytes));
  }

  write(variable: Variable, data: ArrayLike<number>): void {
    const size = logicalSize(variable.type);
    if (data.length !== size)
      throw new ShapeError(`write "${variable.name}": got ${data.length} elements, wanted ${size}`);
    const bytes = new ArrayBuffer(wordsOf(variable.type) * 4);
    encode(variable.type, data, bytes);
    this.gpu.queue.writeBuffer(this.bufferOf(variable.set), variable.offset * 4, bytes);
  }

  /** The whole buffer of a set, padding included: what a checkpoint keeps. */
  async readSet(set: VariableSet): Promise<Uint32Array> {
    return new Uint32Array(await readBuffer(this.gpu, this.bufferOf(set), 0, set.size * 4));
  }

  writeSet(set: VariableSet, words: Uint32Array): void {
    if (words.length !== set.size)
      throw new ShapeError(`writeSet "${set.name}": got ${words.length} elements, wanted ${set.size}`);
    this.gpu.queue.writeBuffer(this.bufferOf(set), 0, words.buffer, words.byteOffset, words.byteLength);
  }

  /** Frees the memory of a set. */
  release(set: VariableSet): void {
    this.buffers.get(set)?.destroy();
    this.buffers.delete(set);
  }

  /**
   * Traces `build` once and makes a program of it.
   * @throws MemoryLimitError when it can't fit, before any memory is taken
   */
  async compile(build: (graph: Graph) => void, options: CompileOptions = {}): Promise<Program> {
    this.checkAlive('compile');
    this.gpu.check();
    const { timeline } = this;
    const graph = new Graph(timeline);
    const traced = timeline?.begin('trace');
    build(graph);
    traced?.();
    const planned = timeline?.begin('plan');
    const plan = planProgram(this, graph);
    planned?.();
    const bytes = ownBytes(plan, options.workspace) + (options.workspace?.missing(plan.memory.slots) ?? 0);
    checkMemory(this, 'compile', bytes, plan.largest, options.memoryLimit ?? this.gpu.memoryLimit, plan.describe);
    this.reserved += bytes;
    try {
      const program = await buildProgram(this, graph, plan, () => this.programs.delete(program), options.workspace);
      this.programs.add(program);
      return program;
    } finally {
      this.reserved -= bytes;
    }
  }

  /** A workspace for programs of this engine that take turns. */
  workspace(): Workspace {
    const workspace: Workspace = new Workspace(() => this.workspaces.delete(workspace));
    this.workspaces.add(workspace);
    return workspace;
  }

  /** Bytes of all workspaces. */
  protected get workspaceBytes(): number {
    return [...this.workspaces].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Bytes of the buffers of variables, programs and workspaces. */
  get memoryBytes(): number {
    let bytes = this.reserved + this.workspaceBytes;
    for (const buffer of this.buffers.values()) bytes += buffer.size;
    for (const program of this.programs) bytes += program.memoryBytes;
    return bytes;
  }

  /** Frees variables and programs; the device stays open. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const program of [...this.programs]) program.dispose();
    for (const workspace of [...this.workspaces]) workspace.dispose();
    for (const set of [...this.buffers.keys()]) this.release(set);
  }

  private adopt(set: VariableSet): void {
    if (set.owner && set.owner !== this)
      throw new OwnershipError(`allocate: variable set "${set.name}" belongs to another engine; make a new set`);
    set.owner = this;
  }

  private checkAlive(what: string): void {
    if (this.disposed) throw new DisposedError(`engine: ${what} used after dispose(); open a new engine`);
  }
}

/** What kernels may count on and are shaped for on a device. */
export function targetOf(gpu: Gpu): KernelTarget {
  const { device, subgroups, features } = gpu;
  const subgroupLanes = subgroups ? (device.adapterInfo?.subgroupMinSize ?? 0) : 0;
  return { softwareLanes: softwareLanes(gpu, subgroupLanes), subgroupLanes, f16: features.has('shader-f16') };
}

/**
 * Lanes of a software driver as kernels may count on them: 8 where subgroups of 8 are sure (lavapipe on AVX), or else 4;
 * 0 on a real GPU.
 */
function softwareLanes({ info }: Gpu, subgroupLanes: number): number {
  if (info.kind === 'hardware') return 0;
  return info.kind === 'lavapipe' && subgroupLanes >= 8 ? 8 : 4;
}
