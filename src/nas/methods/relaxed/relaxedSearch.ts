import { channelStatistics } from '../../data/images/statistics.js';
import type { EpochRecord } from '../../records/epochRecord.js';
import type { SearchOutcome } from '../../records/outcome.js';
import { SearchError } from '../../search/errors.js';
import { inPhase, type PhaseEvent } from '../../search/events.js';
import type { Search, SearchProgress, SearchState } from '../../search/method.js';
import type { Problem, SupernetContext } from '../../search/problem.js';
import { BilevelTrainer } from '../../training/bilevel/bilevelTrainer.js';
import { ResourceScope } from '../../training/loop/resourceScope.js';
import { SharedEvaluator } from '../../training/paths/sharedEvaluator.js';
import { deriveArchitecture } from '../shared/derivation.js';
import { requireMethod, WholeSteps } from '../shared/searchState.js';
import { type CollapseSettings, cappedScores, measuresHessian, stopAfter, WINDOW } from './collapse.js';
import type { Stage, StageEnd, StageParts } from './stages.js';
import { telemetryOf } from './telemetry.js';
import { searchWarnings } from './warnings.js';

export interface RelaxedSettings {
  readonly method: string;
  /** Makes each stage from the ends of those before it, in order. */
  readonly stages: readonly ((ended: readonly StageEnd[]) => Stage)[];
  /** Early stopping, in the last stage, and limits of skip connections; default: none. */
  readonly collapse?: CollapseSettings;
}

/**
 * A search by gradients on a relaxed supernet: a step is an epoch; at the end the architecture is derived from the scores of the
 * candidates.
 * @throws {SearchError} when the problem has no supernet
 */
export function relaxedSearch(problem: Problem, settings: RelaxedSettings): Search {
  const context = problem.supernet;
  if (!context)
    throw new SearchError(`${settings.method}: the problem has no supernet; give it one of a space that has`);
  return new RelaxedSearch(problem, context, settings);
}

/** A stage under way. */
interface Running {
  readonly trainer: BilevelTrainer;
  readonly parts: StageParts;
  evaluator(): Promise<SharedEvaluator>;
}

/** `SearchState.values` of a relaxed search. */
interface RelaxedValues {
  readonly epochs: EpochRecord[];
  readonly epochsDone: number;
  readonly inStage: number;
  readonly ended: number[][][];
  readonly architecture?: string;
  readonly stopped?: SearchOutcome['stopped'];
  readonly past: number[][][];
}

class RelaxedSearch implements Search {
  private readonly whole: WholeSteps;
  private running?: Running;
  private epochs: EpochRecord[] = [];
  /** Epochs of the present stage that are done. */
  private inStage = 0;
  private ended: StageEnd[] = [];
  private architecture: unknown;
  private stopped: SearchOutcome['stopped'];
  /** Architecture parameters at the latest measurements of the eigenvalue, to which early stopping may return. */
  private past: (readonly Float32Array[])[] = [];
  /** Whether the start of the present stage's training has been reported. */
  private reported = false;

  constructor(
    private readonly problem: Problem,
    private readonly context: SupernetContext,
    private readonly settings: RelaxedSettings,
  ) {
    this.whole = new WholeSteps(settings.method);
  }

  get stages(): number {
    return this.settings.stages.length;
  }

  async step(): Promise<boolean> {
    if (this.ended.length === this.stages) return false;
    return this.whole.run(this.problem.signal, () => this.epoch());
  }

  progress(): SearchProgress {
    return { done: this.epochs.length, total: this.total, unit: 'epoch' };
  }

  result(): SearchOutcome {
    const { epochs, architecture, stopped, settings } = this;
    const { space } = this.problem;
    if (epochs.length === 0)
      throw new SearchError(`${settings.method}: result() before the first step(), nothing was trained yet`);
    if (architecture === undefined)
      throw new SearchError(`${settings.method}: result() before the last step(), the architecture is decided there`);
    const { tables, selection } = space.relaxation;
    const warnings = searchWarnings(tables, selection(architecture), epochs);
    return {
      architecture: space.format(architecture),
      epochs,
      evaluations: [],
      ...(warnings.length > 0 ? { warnings } : {}),
      ...(stopped ? { stopped } : {}),
    };
  }

  async save(): Promise<SearchState> {
    this.whole.requireWhole('save');
    const { arrays, epochsDone } = await (await this.begin()).trainer.save();
    const { epochs, inStage, architecture, stopped } = this;
    const plain = (tables: readonly Float32Array[]) => tables.map((each) => [...each]);
    const values: RelaxedValues = {
      epochs,
      epochsDone,
      inStage,
      ended: this.ended.map(({ operationScores }) => plain(operationScores)),
      architecture: architecture === undefined ? undefined : this.problem.space.format(architecture),
      stopped,
      past: this.past.map(plain),
    };
    return { method: this.settings.method, values: { ...values }, arrays };
  }

  async restore(state: SearchState): Promise<void> {
    requireMethod(state, this.settings.method);
    const values = state.values as unknown as RelaxedValues;
    const arrays = (tables: number[][]) => tables.map((each) => Float32Array.from(each));
    this.dispose();
    this.ended = values.ended.map((operationScores) => ({ operationScores: arrays(operationScores) }));
    const { trainer } = await this.begin();
    trainer.restore({ epochsDone: values.epochsDone, arrays: state.arrays });
    this.epochs = [...values.epochs];
    this.inStage = values.inStage;
    this.stopped = values.stopped;
    this.past = values.past.map(arrays);
    this.architecture = values.architecture === undefined ? undefined : this.problem.space.parse(values.architecture);
    this.whole.reset();
  }

  dispose(): void {
    this.running?.trainer.dispose();
    this.running = undefined;
    this.reported = false;
  }

  async plan(): Promise<void> {
    const { protocol } = this.context;
    const undecided = this.problem.space.relaxation.tables.map(({ edges, operations }) =>
      new Float32Array(edges.length * operations.length).fill(1 / operations.length),
    );
    const measures = Array.from({ length: protocol.epochs }, (_, epoch) =>
      measuresHessian(this.settings.collapse ?? {}, epoch + 1),
    );
    for (let index = 0; index < this.stages; index++) {
      const before = Array.from({ length: index }, () => ({ operationScores: undecided }));
      const { trainer } = await this.build(index, before);
      try {
        await trainer.plan(measures.includes(true));
      } finally {
        trainer.dispose();
      }
    }
  }

  /** Epochs of all stages. */
  private get total(): number {
    return this.stages * this.context.protocol.epochs;
  }

  /** The stage under way, or the last one. */
  private get stage(): number {
    return Math.min(this.ended.length, this.stages - 1);
  }

  private async begin(): Promise<Running> {
    if (this.running) return this.running;
    const { stage } = this;
    this.running = await inPhase(this.problem, this.phase('preparation'), () =>
      this.build(stage, this.ended.slice(0, stage)),
    );
    return this.running;
  }

  private async build(index: number, ended: readonly StageEnd[]): Promise<Running> {
    const { problem, context } = this;
    const { engine, source } = context;
    const { supernet: options, sizes, archStart, begin } = this.settings.stages[index](ended);
    const protocol = { ...context.protocol, ...sizes };
    const supernet = context.build(options, { channels: protocol.channels, cells: protocol.cells });
    const parts = begin(supernet, { ...context, protocol });
    const { trainSplit, validationSplit } = source;
    const { seed, signal } = problem;
    const { archUpdate } = parts;
    const common = { engine, supernet, shape: source, signal };
    const trainer = await BilevelTrainer.create({
      ...common,
      archUpdate,
      archStart,
      trainSplit,
      validationSplit,
      protocol,
      seed,
    });
    const evaluator = () =>
      SharedEvaluator.create({
        ...common,
        tables: problem.space.relaxation.tables,
        images: validationSplit,
        statistics: channelStatistics(trainSplit, source.channels),
        batch: Math.min(protocol.batch, validationSplit.count),
        workspace: trainer.workspace,
      });
    return { trainer, parts, evaluator };
  }

  private async epoch(): Promise<boolean> {
    const { problem, total } = this;
    const { collapse = {} } = this.settings;
    const { tables } = problem.space.relaxation;
    const { trainer, parts } = await this.begin();
    if (!this.reported) problem.report?.({ kind: 'phase', state: 'start', ...this.phase('training') });
    this.reported = true;
    const { rule } = parts.archUpdate;
    const before = this.epochs.length;
    const trained = await trainer.epoch((done, steps) =>
      problem.report?.({ kind: 'step', done: before * steps + done, total: total * steps }),
    );
    let parameters: readonly Float32Array[] = await trainer.parameters();
    let operationScores = rule.operationScores(parameters);
    const measures = measuresHessian(collapse, before + 1);
    const telemetry = {
      tables: telemetryOf(tables, operationScores),
      ...(measures ? { eigenvalue: await trainer.largestEigenvalue() } : {}),
    };
    const record = { ...trained, epoch: before + 1, telemetry };
    this.epochs.push(record);
    this.inStage++;
    const { epochs: length } = this.context.protocol;
    const inLast = this.ended.length + 1 === this.stages;
    const stop = inLast && this.inStage < length ? stopAfter(this.epochs, tables, collapse) : undefined;
    if (measures && collapse.stopEigenvalue !== undefined) this.past = [...this.past, parameters].slice(-WINDOW - 1);
    if (stop) {
      this.stopped = { epoch: this.epochs.length, reason: stop.reason };
      parameters = this.past.at(-1 - stop.back) ?? parameters;
      operationScores = rule.operationScores(parameters);
    }
    const ends = this.inStage === length || stop !== undefined;
    const last = ends && inLast;
    problem.report?.({ kind: 'epoch', done: this.epochs.length, total, record });
    if (ends) problem.report?.({ kind: 'phase', state: 'end', ...this.phase('training') });
    this.architecture = await this.derive(operationScores, parameters, last);
    if (ends) {
      this.ended = [...this.ended, { operationScores }];
      this.inStage = 0;
      this.past = [];
      if (!last) this.dispose();
    }
    return !last;
  }

  /** The architecture after an epoch; undefined where the method decides it at the end. */
  private async derive(
    operationScores: readonly Float32Array[],
    parameters: readonly Float32Array[],
    last: boolean,
  ): Promise<unknown> {
    const { parts, evaluator } = await this.begin();
    const { relaxation } = this.problem.space;
    const capped = cappedScores(relaxation.tables, operationScores, this.settings.collapse ?? {});
    if (!parts.derive) return deriveArchitecture(relaxation, capped);
    if (!last) return undefined;
    const scope = new ResourceScope();
    const phase = { phase: 'selection', index: 1, count: 1 } as const;
    try {
      return await inPhase(this.problem, phase, () =>
        parts.derive?.(capped, { parameters, evaluator: async () => scope.own(await evaluator()) }),
      );
    } finally {
      scope.dispose();
    }
  }

  private phase(phase: PhaseEvent['phase']): Pick<PhaseEvent, 'phase' | 'index' | 'count'> {
    return { phase, index: this.stage + 1, count: this.stages };
  }
}
