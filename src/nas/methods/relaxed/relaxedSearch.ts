import { channelStatistics } from '../../data/images/statistics.js';
import type { Supernet, SupernetOptions } from '../../networks/classifier.js';
import type { EpochRecord } from '../../records/epochRecord.js';
import type { SearchOutcome } from '../../records/outcome.js';
import type { Protocol } from '../../records/protocol.js';
import type { Problem, Search, SupernetContext } from '../../search/method.js';
import { SearchError } from '../../search/method.js';
import { BilevelTrainer } from '../../training/bilevel.js';
import type { AlphaOptimizer, Order } from '../../training/bilevelOptions.js';
import { Holder } from '../../training/holder.js';
import type { RelaxedRule } from '../../training/relaxedRule.js';
import { SharedEvaluator } from '../../training/sharedEvaluator.js';
import { deriveArchitecture } from '../shared/derivation.js';
import { requireMethod } from '../shared/samplingSearch.js';
import { type CollapseSettings, cappedScores, measuresHessian, stopAfter, WINDOW } from './collapse.js';
import { telemetryOf } from './telemetry.js';
import { searchWarnings } from './warnings.js';

/** A supernet that is trained for some epochs; most methods have one, P-DARTS three. */
export interface Stage {
  readonly supernet: SupernetOptions;
  /** What differs from the problem's protocol: depth, epochs. */
  readonly protocol?: Partial<Protocol>;
  rule(supernet: Supernet, context: SupernetContext): RelaxedRule;
  readonly alphaOptimizer: AlphaOptimizer;
  readonly order?: Order;
  /** Epochs at the start in which the weights alone are trained. */
  readonly alphaStart?: number;
}

/** What a stage ended with: the strength of every candidate, for each table [edges, operations]. */
export interface StageEnd {
  readonly operationScores: readonly Float32Array[];
}

export interface RelaxedSettings {
  readonly method: string;
  readonly stages: number;
  /** Epochs of all stages together; those of the problem's protocol where left out. */
  readonly epochs?: number;
  /** @param ended the stages before, in order */
  stage(index: number, ended: readonly StageEnd[]): Stage;
  /** The architecture of the last stage's end; `deriveArchitecture` where left out. */
  derive?(ended: readonly StageEnd[], trained: TrainedSupernet): unknown | Promise<unknown>;
  /** When it stops early, in the last stage, and what is capped; absent: never, nothing. */
  readonly collapse?: CollapseSettings;
}

/** What derivation may measure with. */
export interface TrainedSupernet {
  readonly supernet: Supernet;
  readonly parameters: readonly Float32Array[];
  /** Measures architectures on the alphas' half with the weights as they are. Of a gated supernet; freed after derivation. */
  evaluator(): Promise<SharedEvaluator>;
}

interface Running {
  readonly trainer: BilevelTrainer;
  readonly supernet: Supernet;
  readonly rule: RelaxedRule;
  readonly epochs: number;
  readonly batch: number;
}

/**
 * A search by gradients on a relaxed supernet: an epoch a step; at the end the architecture is read off the operationScores of the
 * candidates.
 */
export function relaxedSearch(problem: Problem, settings: RelaxedSettings): Search {
  const { method, collapse = {} } = settings;
  const { relaxation } = problem.space;
  const context = problem.supernet;
  if (!context) throw new SearchError(`${method}: the problem has no supernet; give it one of a space that has`);
  const { engine, source } = context;
  let running: Running | undefined;
  let epochs: EpochRecord[] = [];
  let ended: StageEnd[] = [];
  let inStage = 0;
  let architecture: unknown;
  let stopped: SearchOutcome['stopped'];
  /** Architecture parameters at the latest measurements of the eigenvalue, which a stop may go back to. */
  let past: (readonly Float32Array[])[] = [];

  const total = settings.epochs ?? context.protocol.epochs;

  const build = async (index: number, before: readonly StageEnd[]): Promise<Running> => {
    const stage = settings.stage(index, before);
    const protocol = { ...context.protocol, ...stage.protocol };
    const supernet = context.build(stage.supernet, { channels: protocol.channels, cells: protocol.cells });
    const rule = stage.rule(supernet, { ...context, protocol });
    const trainer = await BilevelTrainer.create({
      engine,
      supernet,
      rule,
      order: stage.order,
      alphaStart: stage.alphaStart,
      shape: source,
      weights: source.trainSplit,
      alphas: source.validationSplit,
      protocol,
      alphaOptimizer: stage.alphaOptimizer,
      seed: problem.seed,
    });
    return {
      trainer,
      supernet,
      rule,
      epochs: protocol.epochs,
      batch: Math.min(protocol.batch, source.validationSplit.count),
    };
  };

  const begin = async (): Promise<Running> => {
    const index = Math.min(ended.length, settings.stages - 1);
    running ??= await build(index, ended.slice(0, index));
    return running;
  };

  const derive = async (
    rule: NonNullable<RelaxedSettings['derive']>,
    now: readonly StageEnd[],
    parameters: readonly Float32Array[],
  ): Promise<unknown> => {
    const { supernet, batch, trainer } = await begin();
    const held = new Holder();
    const evaluator = async () => {
      const statistics = channelStatistics(source.trainSplit, source.channels);
      const tables = problem.space.relaxation.tables;
      const images = source.validationSplit;
      const { workspace } = trainer;
      return held.hold(
        await SharedEvaluator.create({ engine, supernet, tables, shape: source, images, statistics, batch, workspace }),
      );
    };
    try {
      return await rule(now, { supernet, parameters, evaluator });
    } finally {
      held.dispose();
    }
  };

  const end = () => {
    running?.trainer.dispose();
    running = undefined;
  };

  return {
    async step() {
      if (ended.length === settings.stages) return false;
      const { trainer, rule, epochs: length } = await begin();
      const before = epochs.length;
      const record = await trainer.epoch((done, steps) =>
        problem.report?.({ kind: 'step', done: before * steps + done, total: total * steps }),
      );
      let parameters: readonly Float32Array[] = await trainer.parameters();
      let operationScores = rule.operationScores(parameters);
      const measures = measuresHessian(collapse, before + 1);
      const telemetry = {
        tables: telemetryOf(relaxation.tables, operationScores),
        ...(measures ? { eigenvalue: await trainer.largestEigenvalue() } : {}),
      };
      epochs.push({ ...record, epoch: before + 1, telemetry });
      inStage++;
      const inLast = ended.length + 1 === settings.stages;
      const stop = inLast && inStage < length ? stopAfter(epochs, relaxation.tables, collapse) : undefined;
      if (measures && collapse.stopEigenvalue !== undefined) past = [...past, parameters].slice(-WINDOW - 1);
      if (stop) {
        stopped = { epoch: epochs.length, reason: stop.reason };
        parameters = past.at(-1 - stop.back) ?? parameters;
        operationScores = rule.operationScores(parameters);
      }
      const ends = inStage === length || stop !== undefined;
      const last = ends && inLast;
      const now = [...ended, { operationScores }];
      const capped = cappedScores(relaxation.tables, operationScores, collapse);
      architecture = settings.derive
        ? last
          ? await derive(settings.derive, [...ended, { operationScores: capped }], parameters)
          : undefined
        : deriveArchitecture(relaxation, capped);
      if (ends) {
        ended = now;
        inStage = 0;
        past = [];
        if (!last) end();
      }
      problem.report?.({ kind: 'epoch', done: epochs.length, total, record: epochs[epochs.length - 1] });
      return !last;
    },
    async save() {
      const { arrays, epochsDone } = await (await begin()).trainer.save();
      const stages = ended.map(({ operationScores }) => operationScores.map((each) => [...each]));
      const text = architecture === undefined ? undefined : problem.space.format(architecture);
      const kept = past.map((parameters) => parameters.map((each) => [...each]));
      return {
        method,
        values: { epochs, epochsDone, inStage, ended: stages, architecture: text, stopped, past: kept },
        arrays,
      };
    },
    async restore(state) {
      requireMethod(state, method);
      const values = state.values as {
        epochs: EpochRecord[];
        epochsDone: number;
        inStage: number;
        ended: number[][][];
        architecture?: string;
        stopped?: SearchOutcome['stopped'];
        past: number[][][];
      };
      end();
      ended = values.ended.map((operationScores) => ({
        operationScores: operationScores.map((each) => Float32Array.from(each)),
      }));
      const { trainer } = await begin();
      trainer.restore({ epochsDone: values.epochsDone, arrays: state.arrays });
      epochs = [...values.epochs];
      inStage = values.inStage;
      stopped = values.stopped;
      past = values.past.map((parameters) => parameters.map((each) => Float32Array.from(each)));
      architecture = values.architecture === undefined ? undefined : problem.space.parse(values.architecture);
    },
    result() {
      if (epochs.length === 0)
        throw new SearchError(`${method}: result() before the first step(), nothing was trained yet`);
      if (architecture === undefined)
        throw new SearchError(`${method}: result() before the last step(), the architecture is decided there`);
      const warnings = searchWarnings(relaxation.tables, relaxation.selection(architecture), epochs);
      return {
        architecture: problem.space.format(architecture),
        epochs,
        evaluations: [],
        ...(warnings.length > 0 ? { warnings } : {}),
        ...(stopped ? { stopped } : {}),
      };
    },
    progress: () => ({ done: epochs.length, total, unit: 'epoch' }),
    dispose: end,
    stages: settings.stages,
    async plan() {
      const undecided = relaxation.tables.map(({ edges, operations }) =>
        new Float32Array(edges.length * operations.length).fill(1 / operations.length),
      );
      for (let index = 0; index < settings.stages; index++) {
        const stages = Array.from({ length: index }, () => ({ operationScores: undecided }));
        const { trainer, epochs: length } = await build(index, stages);
        await trainer.plan(
          Array.from({ length }, (_, epoch) => epoch + 1).some((each) => measuresHessian(collapse, each)),
        );
        trainer.dispose();
      }
    },
  };
}
