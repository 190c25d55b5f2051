import { NasTransferError } from '../errors/errors.js';
import { Graph } from '../graph/graph.js';
import type { Variable, VariableSet } from '../graph/variables.js';
import { byteLength } from '../passes/memoryPlan.js';
import { type CompileOptions, Engine } from './engine.js';
import { ownBytes, type Program, planProgram } from './program.js';

/** Something was to be computed on an engine that only plans. */
export class PlanOnlyError extends NasTransferError {
  override readonly code = 'planOnly';
}

/** Bytes of what an engine would hold. */
export interface PlannedMemory {
  readonly sets: readonly { readonly name: string; readonly bytes: number }[];
  readonly programs: number;
  readonly total: number;
}

/**
 * An engine that counts the memory of variables and programs and takes none. What is written is lost, and whatever would run or
 * be read rejects with PlanOnlyError.
 */
export class PlanningEngine extends Engine {
  private readonly sets = new Map<VariableSet, number>();
  private readonly plans = new Map<Program, number>();
  /** Of all moments the one at which most was held. */
  peak: PlannedMemory = { sets: [], programs: 0, total: 0 };
  /** Bytes of the largest single buffer. */
  largest = 0;

  override allocate(set: VariableSet): void {
    set.seal();
    set.owner = this;
    this.sets.set(set, byteLength(set.size));
    this.note(byteLength(set.size));
  }

  override release(set: VariableSet): void {
    this.sets.delete(set);
  }

  override async compile(build: (graph: Graph) => void, { workspace }: CompileOptions = {}): Promise<Program> {
    const graph = new Graph();
    build(graph);
    const plan = planProgram(this, graph);
    const bytes = ownBytes(plan, workspace);
    workspace?.take(plan.memory.slots);
    const refuse = () => {
      throw new PlanOnlyError('run: got a program of an engine that only plans; compile it on an Engine');
    };
    const program = {
      memoryBytes: bytes,
      hasFeed: () => true,
      run: refuse,
      read: async () => refuse(),
      dispose: () => this.plans.delete(program),
    } as unknown as Program;
    this.plans.set(program, bytes);
    this.note(plan.largest);
    return program;
  }

  override get memoryBytes(): number {
    return sum(this.sets.values()) + this.programBytes;
  }

  override bufferOf(set: VariableSet): GPUBuffer {
    throw new PlanOnlyError(`variable set "${set.name}" has no memory on an engine that only plans`);
  }

  override async read(variable: Variable): Promise<Float32Array | Uint32Array> {
    return this.bufferOf(variable.set) as never;
  }

  override async readSet(set: VariableSet): Promise<Uint32Array> {
    return this.bufferOf(set) as never;
  }

  override write(): void {}

  override writeSet(): void {}

  override dispose(): void {
    this.sets.clear();
    this.plans.clear();
    super.dispose();
  }

  private get programBytes(): number {
    return sum(this.plans.values()) + this.workspaceBytes;
  }

  private note(largest: number): void {
    this.largest = Math.max(this.largest, largest);
    const total = this.memoryBytes;
    if (total <= this.peak.total) return;
    const sets = [...this.sets].map(([{ name }, bytes]) => ({ name, bytes }));
    this.peak = { sets, programs: this.programBytes, total };
  }
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
