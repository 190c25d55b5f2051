import { DisposedError } from '../errors/errors.js';
import type { Cost } from '../graph/operation.js';
import { pipelineKey } from '../kernels/pipelines.js';
import { describeProgram, type ProgramDescription } from '../profile/describe.js';
import type { HostTimes } from '../profile/profile.js';
import { totalCost } from './cost.js';
import type { ProgramPlan } from './plan.js';
import { PlanOnlyError } from './planOnlyError.js';
import type { Program } from './program.js';

/** A program of an engine that only plans: what it would take is known, it can't run. */
export class PlannedProgram implements Program {
  readonly hostMilliseconds: HostTimes = { encode: 0, submit: 0 };
  readonly dispatchCount: number;
  readonly cost: Cost;
  private disposed = false;

  /** @param memoryBytes bytes of the program's own buffers, those in a workspace left out */
  constructor(
    private readonly plan: ProgramPlan,
    readonly memoryBytes: number,
    private readonly onDispose: () => void,
  ) {
    this.dispatchCount = plan.dispatches.length;
    this.cost = totalCost(plan.dispatches);
  }
  hasFeed(name: string): boolean {
    return this.plan.locations.feedValues.some(({ origin }) => origin?.kind === 'feed' && origin.name === name);
  }

  run(): never {
    throw new PlanOnlyError('run: got a program of an engine that only plans; compile it on an Engine');
  }

  async read(name: string): Promise<never> {
    throw new PlanOnlyError(
      `read: got output "${name}" of a program of an engine that only plans; compile it on an Engine`,
    );
  }

  async profile(): Promise<never> {
    throw new PlanOnlyError('profile: got a program of an engine that only plans; compile it on an Engine');
  }

  describe(): ProgramDescription {
    if (this.disposed) throw new DisposedError('program: used after dispose(); compile it again');
    const pipelines = new Set(this.plan.dispatches.map(({ call }) => pipelineKey(call))).size;
    return describeProgram({ ...this.plan, totalBytes: this.memoryBytes, pipelines });
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.onDispose();
  }
}
