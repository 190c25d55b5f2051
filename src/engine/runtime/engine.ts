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
import { buildPipelines, buildProgram } from './buildProgram.js';
import type { CompileOptions, Compiler } from './compiler.js';
import type { DeviceContext } from './deviceContext.js';
import { checkMemory } from './memoryLimit.js';
import { ownBytes, planProgram } from './plan.js';
import type { Program } from './program.js';
import { targetOf } from './target.js';
import { Workspace } from './workspace.js';

/** Options of an `Engine`. */
export interface EngineOptions {
  /** What kernels are chosen for; default: the device's own properties. */
  readonly target?: KernelTarget;
  /** Choices between kernels that `tune` measured on this device; default: the usual kernels. */
  readonly variants?: VariantTable;
  /** Records the phases of compiling and running; default: nothing is recorded. */
  readonly timeline?: Timeline;
}

const BUFFER_USAGE = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;

/**
 * Compiles graphs for one device and holds the variables that live on it. It owns the buffers of its variables, programs and
 * workspaces: `dispose` frees them all, and an operation that throws leaves none behind.
 */
export class Engine implements Compiler, DeviceContext {
  /** The compute pipelines built so far. */
  readonly pipelines: Pipelines;
  readonly target: KernelTarget;
  readonly timeline?: Timeline;
  private readonly buffers = new Map<VariableSet, GPUBuffer>();
  private readonly programs = new Set<Program>();
  private readonly workspaces = new Set<Workspace>();
  /** Bytes of programs that are being built. */
  private reserved = 0;
  private disposed = false;

  /** @param gpu an open device; it stays open when the engine is disposed of */
  constructor(
    readonly gpu: Gpu,
    { target = targetOf(gpu), variants, timeline }: EngineOptions = {},
  ) {
    this.timeline = timeline;
    this.pipelines = new Pipelines(gpu);
    this.target = variants ? { ...target, variants } : target;
  }

  allocate(set: VariableSet, seed = 0): void {
    this.checkAlive('allocate');
    set.checkOwner(this);
    set.seal();
    const known = this.buffers.get(set);
    const bytes = byteLength(set.size);
    if (!known) {
      const demand = { operation: `allocate "${set.name}"`, bytes, largest: bytes };
      checkMemory(this.gpu, demand, this.memoryBytes, this.gpu.memoryLimit);
    }
    const words = set.initialWords(seed);
    const buffer = known ?? this.gpu.device.createBuffer({ label: set.name, size: bytes, usage: BUFFER_USAGE });
    try {
      this.gpu.queue.writeBuffer(buffer, 0, words.buffer);
    } catch (error) {
      if (!known) buffer.destroy();
      throw error;
    }
    this.buffers.set(set, buffer);
    set.owner = this;
  }

  /**
   * The buffer that holds a set.
   * @throws {DisposedError} when the set has none, or the engine has been disposed of
   * @throws {OwnershipError} when the set belongs to another engine
   */
  bufferOf(set: VariableSet): GPUBuffer {
    this.checkAlive('a variable');
    if (set.owner && set.owner !== this)
      throw new OwnershipError(
        `variable set "${set.name}" belongs to another engine; build it again for this engine, or copy it by readSet and writeSet`,
      );
    const buffer = this.buffers.get(set);
    if (!buffer)
      throw new DisposedError(
        `variable set "${set.name}" has no memory: it was disposed of or never allocated; call engine.allocate(set, seed)`,
      );
    return buffer;
  }

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

  async readSet(set: VariableSet): Promise<Uint32Array> {
    return new Uint32Array(await readBuffer(this.gpu, this.bufferOf(set), 0, set.size * 4));
  }

  writeSet(set: VariableSet, words: Uint32Array): void {
    if (words.length !== set.size)
      throw new ShapeError(`writeSet "${set.name}": got ${words.length} elements, wanted ${set.size}`);
    this.gpu.queue.writeBuffer(this.bufferOf(set), 0, words.buffer, words.byteOffset, words.byteLength);
  }

  release(set: VariableSet): void {
    this.buffers.get(set)?.destroy();
    this.buffers.delete(set);
  }

  async compile(build: (graph: Graph) => void, options: CompileOptions = {}): Promise<Program> {
    const { memoryLimit = this.gpu.memoryLimit, variants, workspace, signal } = options;
    this.checkAlive('compile');
    this.gpu.check();
    signal?.throwIfAborted();
    const graph = new Graph(this.timeline);
    const traced = this.timeline?.begin('trace');
    build(graph);
    traced?.();
    signal?.throwIfAborted();
    const planned = this.timeline?.begin('plan');
    const target = variants ? { ...this.target, variants } : this.target;
    const plan = planProgram({ gpu: this.gpu, target }, graph);
    planned?.();
    signal?.throwIfAborted();
    const bytes = ownBytes(plan, workspace) + (workspace?.missing(plan.memory.slots) ?? 0);
    const { largest, largestContents } = plan;
    checkMemory(this.gpu, { operation: 'compile', bytes, largest, largestContents }, this.memoryBytes, memoryLimit);
    this.reserved += bytes;
    try {
      const pipelines = await buildPipelines(this, plan);
      // The engine may have been disposed of in the meantime: nothing would free the program's buffers.
      this.checkAlive('compile');
      signal?.throwIfAborted();
      const program: Program = buildProgram(
        this,
        graph,
        plan,
        pipelines,
        () => this.programs.delete(program),
        workspace,
      );
      this.programs.add(program);
      return program;
    } finally {
      this.reserved -= bytes;
    }
  }

  workspace(): Workspace {
    this.checkAlive('workspace');
    const workspace: Workspace = new Workspace(() => this.workspaces.delete(workspace));
    this.workspaces.add(workspace);
    return workspace;
  }

  idle(): Promise<void> {
    return this.gpu.idle();
  }

  get memoryBytes(): number {
    let bytes = this.reserved;
    for (const workspace of this.workspaces) bytes += workspace.bytes;
    for (const buffer of this.buffers.values()) bytes += buffer.size;
    for (const program of this.programs) bytes += program.memoryBytes;
    return bytes;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const program of [...this.programs]) program.dispose();
    for (const workspace of [...this.workspaces]) workspace.dispose();
    for (const set of [...this.buffers.keys()]) this.release(set);
  }

  private checkAlive(what: string): void {
    if (this.disposed) throw new DisposedError(`engine: ${what} used after dispose(); open a new engine`);
  }
}
