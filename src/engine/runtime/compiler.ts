import type { Graph } from '../graph/graph.js';
import type { KernelTarget, VariantTable } from '../graph/kernelTarget.js';
import type { Variable, VariableSet } from '../graph/variables.js';
import type { Program } from './program.js';
import type { Workspace } from './workspace.js';

/** Options of `Compiler.compile`. */
export interface CompileOptions {
  /** Bytes that programs and variables of this engine may take together; default: the device's own limit. */
  readonly memoryLimit?: number;
  /** Choices between kernels for this program; default: those of the engine. */
  readonly variants?: VariantTable;
  /** Holds the program's temporary values, shared with programs that do not run at the same time; default: buffers of its own. */
  readonly workspace?: Workspace;
  /** Aborts compiling between its phases (tracing, planning, building pipelines); nothing stays allocated. */
  readonly signal?: AbortSignal;
}

/**
 * Traces and compiles graphs and holds the variables that they read and update. `Engine` does so on a device; `PlanningEngine`
 * only counts the memory. Code that takes a `Compiler` runs on either.
 */
export interface Compiler {
  /** What kernels are chosen for. */
  readonly target: KernelTarget;
  /** Bytes of the buffers of variables, programs and workspaces. */
  readonly memoryBytes: number;

  /**
   * Allocates the buffer of a set and fills it by the set's initialisers. A set that has a buffer is filled again. When it
   * throws, the set is as it was before.
   * @param seed of the initialisers' random numbers; default 0
   * @throws {OwnershipError} when the set belongs to another engine
   * @throws {MemoryLimitError} when the set does not fit, before anything is allocated
   * @throws {AttributeError} when an initialiser returns the wrong number of elements
   * @throws {DisposedError} when the engine has been disposed of
   */
  allocate(set: VariableSet, seed?: number): void;

  /** Frees the buffer of a set; does nothing where it has none. */
  release(set: VariableSet): void;

  /**
   * Reads a variable.
   * @returns its elements, row-major without padding
   * @throws {DisposedError} when the set has no buffer
   * @throws {OwnershipError} when the set belongs to another engine
   * @throws {PlanOnlyError} on an engine that only plans
   */
  read(variable: Variable): Promise<Float32Array | Uint32Array>;

  /**
   * Writes a variable.
   * @param data row-major elements without padding
   * @throws {ShapeError} when `data` has the wrong number of elements
   * @throws {DisposedError} when the set has no buffer
   * @throws {OwnershipError} when the set belongs to another engine
   */
  write(variable: Variable, data: ArrayLike<number>): void;

  /**
   * Reads the whole buffer of a set, for checkpoints.
   * @returns `set.size` 4-byte words, padding included
   * @throws as `read`
   */
  readSet(set: VariableSet): Promise<Uint32Array>;

  /**
   * Writes the whole buffer of a set: the inverse of `readSet`.
   * @param words `set.size` 4-byte words, padding included
   * @throws {ShapeError} when there are more or fewer words
   * @throws as `write`
   */
  writeSet(set: VariableSet, words: Uint32Array): void;

  /**
   * Traces `build` once and compiles the graph into a program. When it throws, nothing stays allocated.
   * @throws {MemoryLimitError} when the program does not fit, before anything is allocated
   * @throws {DTypeError} when the graph has f16 values and the device lacks shader-f16
   * @throws {OwnershipError} when a variable of the graph belongs to another engine, or is read after an update replaced it
   * @throws {DisposedError} when a variable has no buffer, or the engine has been disposed of
   * @throws {GpuError | DeviceLostError} when the device fails
   * @throws the reason of `options.signal` when it is aborted, and whatever `build` throws
   */
  compile(build: (graph: Graph) => void, options?: CompileOptions): Promise<Program>;

  /** A workspace for programs of this engine that run in turn. Freed with the engine, or by its own `dispose`. */
  workspace(): Workspace;

  /**
   * Waits until the device has finished all submitted work.
   * @throws {GpuError | DeviceLostError | DisposedError} when the device failed or has been disposed of
   */
  idle(): Promise<void>;

  /** Frees variables, programs and workspaces. The device stays open. A second call does nothing. */
  dispose(): void;
}
