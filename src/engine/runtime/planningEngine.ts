import type { DeviceDescription } from '../device/description.js';
import { DisposedError, type NasTransferError } from '../errors/errors.js';
import { Graph } from '../graph/graph.js';
import type { KernelTarget, VariantTable } from '../graph/kernelTarget.js';
import type { Variable, VariableRole, VariableSet } from '../graph/variables.js';
import { byteLength } from '../passes/memoryPlan.js';
import type { CompileOptions, Compiler } from './compiler.js';
import { ownBytes, planProgram } from './plan.js';
import { PlannedProgram } from './plannedProgram.js';
import { PlanOnlyError } from './planOnlyError.js';
import { targetOf } from './target.js';
import { Workspace } from './workspace.js';

/** Bytes that an engine would hold. */
export interface PlannedMemory {
  readonly sets: readonly { readonly name: string; readonly role: VariableRole; readonly bytes: number }[];
  /** Of programs and workspaces. */
  readonly programs: number;
  readonly total: number;
}

/** Options of a `PlanningEngine`. */
export interface PlanningOptions {
  /** What kernels are chosen for; default: the device's own properties. */
  readonly target?: KernelTarget;
  /** Choices between kernels that `tune` measured on the device; default: the usual kernels. */
  readonly variants?: VariantTable;
}

/**
 * Counts the memory of variables and programs and allocates none; needs no open device. Writes are discarded, and whatever would
 * run or be read throws or rejects with PlanOnlyError.
 */
export class PlanningEngine implements Compiler {
  readonly target: KernelTarget;
  /** The memory held at the moment at which most was held. */
  peak: PlannedMemory = { sets: [], programs: 0, total: 0 };
  /** Bytes of the largest single buffer. */
  largest = 0;
  private readonly sets = new Map<VariableSet, number>();
  private readonly programs = new Set<PlannedProgram>();
  private readonly workspaces = new Set<Workspace>();
  private disposed = false;

  constructor(
    readonly gpu: DeviceDescription,
    { target = targetOf(gpu), variants }: PlanningOptions = {},
  ) {
    this.target = variants ? { ...target, variants } : target;
  }

  allocate(set: VariableSet): void {
    this.checkAlive('allocate');
    set.checkOwner(this);
    set.seal();
    set.owner = this;
    this.sets.set(set, byteLength(set.size));
    this.note(byteLength(set.size));
  }

  release(set: VariableSet): void {
    this.sets.delete(set);
  }

  async read(variable: Variable): Promise<never> {
    throw noMemory(variable.set);
  }

  async readSet(set: VariableSet): Promise<never> {
    throw noMemory(set);
  }

  write(): void {}

  writeSet(): void {}

  async compile(
    build: (graph: Graph) => void,
    { variants, workspace, signal }: CompileOptions = {},
  ): Promise<PlannedProgram> {
    this.checkAlive('compile');
    signal?.throwIfAborted();
    const graph = new Graph();
    build(graph);
    const target = variants ? { ...this.target, variants } : this.target;
    const plan = planProgram({ gpu: this.gpu, target }, graph);
    workspace?.take(plan.memory.slots);
    const program: PlannedProgram = new PlannedProgram(plan, ownBytes(plan, workspace), () =>
      this.programs.delete(program),
    );
    this.programs.add(program);
    this.note(plan.largest);
    return program;
  }

  workspace(): Workspace {
    this.checkAlive('workspace');
    const workspace: Workspace = new Workspace(() => this.workspaces.delete(workspace));
    this.workspaces.add(workspace);
    return workspace;
  }

  async idle(): Promise<void> {}

  get memoryBytes(): number {
    return sum(this.sets.values()) + this.programBytes;
  }

  dispose(): void {
    this.disposed = true;
    this.sets.clear();
    this.programs.clear();
    for (const workspace of [...this.workspaces]) workspace.dispose();
  }

  private get programBytes(): number {
    let bytes = 0;
    for (const { memoryBytes } of this.programs) bytes += memoryBytes;
    for (const workspace of this.workspaces) bytes += workspace.bytes;
    return bytes;
  }

  private checkAlive(what: string): void {
    if (this.disposed) throw new DisposedError(`planning engine: ${what} used after dispose(); make a new one`);
  }

  private note(largest: number): void {
    this.largest = Math.max(this.largest, largest);
    const total = this.memoryBytes;
    if (total <= this.peak.total) return;
    const sets = [...this.sets].map(([{ name, role }, bytes]) => ({ name, role, bytes }));
    this.peak = { sets, programs: this.programBytes, total };
  }
}

function noMemory(set: VariableSet): NasTransferError {
  return new PlanOnlyError(`variable set "${set.name}" has no memory on an engine that only plans; use an Engine`);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
