import { Graph, type Node } from '../graph/graph.js';
import type { KernelTarget, VariantChoice } from '../graph/kernelTarget.js';
import type { Operation } from '../graph/operation.js';
import { typeKey } from '../graph/types.js';
import { lowerNodes } from '../kernels/lowering.js';
import { choiceKey } from '../ops/record/variants.js';
import { Engine } from '../runtime/engine.js';
import { type PlanningContext, planProgram } from '../runtime/plan.js';
import type { Program } from '../runtime/program.js';
import { disagreement } from './agreement.js';
import { choicesIn } from './choices.js';
import { contained } from './contained.js';
import { decide } from './decide.js';
import { LoneNode } from './loneNode.js';
import { type TuningRecord, variantsOf } from './record.js';
import { type Measure, measureInterleaved } from './timing.js';

/** A graph, or a function that traces one. */
export type Tuned = Graph | ((graph: Graph) => void);

/** Options of `tune`. */
export interface TuneOptions {
  /** Choices that were decided before; they are kept. */
  readonly known?: readonly TuningRecord[];
  /** Time after which no further choice is measured; default: no limit. Choices with the most computation come first. */
  readonly seconds?: number;
  /** Share of the usual variant's time that another has to save to be chosen; default 0.05. */
  readonly leastGain?: number;
  /** Measures the variants' times; default: `measureInterleaved`. */
  readonly measure?: Measure;
  /** Aborts tuning between two measurements. Records made so far have been passed to `onRecord`. */
  readonly signal?: AbortSignal;
  /** Called after every choice, and awaited. `total` counts the choices found so far. */
  onRecord?(record: TuningRecord, done: number, total: number): void | Promise<void>;
}

/** Result of `tune`. */
export interface Tuning {
  /** The choices decided by this call. */
  readonly records: readonly TuningRecord[];
  /** Number of choices that were not measured for lack of time. */
  readonly left: number;
}

/**
 * Finds the choices between kernel variants in graphs, and measures on the engine's device which variant is fastest. Every node
 * is run alone, with its own shapes and random inputs. A variant is only chosen if its outputs agree with those of the usual
 * variant within rounding.
 *
 * Pass the result on as `new Engine(gpu, { variants: variantsOf(records) })`; `engine` itself does not change. All memory that
 * tuning takes is freed.
 * @param work graphs, or functions that trace them
 * @throws {DeviceLostError | DisposedError} when the device is lost or has been disposed of
 * @throws {MemoryLimitError} when the inputs of a node do not fit
 * @throws the reason of `options.signal` when it is aborted, and whatever `work` or `onRecord` throws
 */
export async function tune(engine: Engine, work: Tuned | readonly Tuned[], options: TuneOptions = {}): Promise<Tuning> {
  const { known = [], seconds = Number.POSITIVE_INFINITY, signal, onRecord } = options;
  signal?.throwIfAborted();
  const deadline = performance.now() + 1000 * seconds;
  const table = new Map(variantsOf(known));
  const decided = new Set(known.map(({ key }) => key));
  const { gpu } = engine;
  const target: KernelTarget = { ...engine.target, onChoice: undefined };
  const tuner = new Engine(gpu, { target });
  /** Undecided choices that come up while `lower` runs. */
  const open = (lower: Lower): VariantChoice[] =>
    choicesIn(target, table, lower).filter((choice) => choice.candidates.length > 1 && !decided.has(choiceKey(choice)));

  const records: TuningRecord[] = [];
  try {
    const context = { gpu, target: { ...target, variants: table } };
    const nodes = nodesOf(context, [work].flat()).filter(({ lower }) => open(lower).length > 0);
    const openKeys = () => new Set(nodes.flatMap(({ lower }) => open(lower).map(choiceKey)));
    for (const { node } of nodes) {
      const alone = new LoneNode(tuner, node);
      let allocated = false;
      const next = () => open((lowered) => alone.calls({ gpu, target: lowered })).at(0);
      for (let choice = next(); choice; choice = next()) {
        if (performance.now() >= deadline) return { records, left: openKeys().size };
        signal?.throwIfAborted();
        if (!allocated) alone.allocate();
        allocated = true;
        const record = await decideChoice(tuner, table, alone, node, choice, options);
        decided.add(record.key);
        if (record.chosen !== record.usual) table.set(record.key, record.chosen);
        records.push(record);
        await onRecord?.(record, records.length, records.length + openKeys().size);
      }
      alone.dispose();
    }
    return { records, left: 0 };
  } finally {
    tuner.dispose();
  }
}

/** Lowers nodes for a target. */
type Lower = (target: KernelTarget) => void;

/** A node to tune, and how it is lowered in its graph. */
interface TunedNode {
  node: Node;
  lower: Lower;
  /** Multiply-adds and bytes moved by all equal nodes. */
  cost: number;
}

/** The distinct nodes that run kernels, those with the highest cost first. */
function nodesOf(context: PlanningContext, work: readonly Tuned[]): TunedNode[] {
  const found = new Map<Operation, Map<string, TunedNode>>();
  const all: TunedNode[] = [];
  for (const tuned of work) {
    const graph = tuned instanceof Graph ? tuned : new Graph();
    if (typeof tuned === 'function') tuned(graph);
    const { dispatches, locations } = planProgram(context, graph);
    for (const node of new Set(dispatches.map((dispatch) => dispatch.node))) {
      const { operation, attributes, attributesKey } = node;
      const types = node.inputs.map(({ type }) => type);
      const outputs = node.outputs.map(({ type }) => type);
      const { multiplyAdds, bytes } = operation.cost(types, outputs, attributes);
      let equal = found.get(operation);
      if (!equal) found.set(operation, (equal = new Map()));
      const key = `${types.map(typeKey)} ${attributesKey}`;
      const lower: Lower = (target) => lowerNodes([node], locations, target);
      const known = equal.get(key);
      if (known) {
        Object.assign(known, { node, lower, cost: known.cost + multiplyAdds + bytes });
        continue;
      }
      const entry = { node, lower, cost: multiplyAdds + bytes };
      equal.set(key, entry);
      all.push(entry);
    }
  }
  return all.sort((a, b) => b.cost - a.cost);
}

interface Candidate {
  readonly variant: string;
  readonly program: Program;
}

async function decideChoice(
  tuner: Engine,
  table: ReadonlyMap<string, string>,
  alone: LoneNode,
  node: Node,
  choice: VariantChoice,
  { leastGain = 0.05, measure = measureInterleaved, signal }: TuneOptions,
): Promise<TuningRecord> {
  const key = choiceKey(choice);
  const [usual] = choice.candidates;
  const candidates: Candidate[] = [];
  const rejected: { variant: string; reason: string }[] = [];
  const lowered = new Set<string>();
  let wanted: Awaited<ReturnType<LoneNode['read']>> | undefined;
  try {
    for (const variant of choice.candidates) {
      signal?.throwIfAborted();
      const variants = new Map(table).set(key, variant);
      const outcome = await contained(tuner.gpu, async () => {
        // Two variants may be the same kernel calls at these sizes: one of them is enough.
        const calls = JSON.stringify(alone.calls({ gpu: tuner.gpu, target: { ...tuner.target, variants } }));
        if (lowered.has(calls)) return undefined;
        lowered.add(calls);
        const program = await alone.compile(variants);
        candidates.push({ variant, program });
        program.run();
        return alone.read(program);
      });
      let reason = 'failure' in outcome ? outcome.failure : undefined;
      if ('value' in outcome && outcome.value) {
        wanted ??= outcome.value;
        reason = disagreement(node, outcome.value, wanted);
      }
      if (reason !== undefined) {
        rejected.push({ variant, reason });
        if (candidates.at(-1)?.variant === variant) candidates.pop()?.program.dispose();
        // Without the usual variant there is nothing to compare with.
        if (variant === usual) break;
      }
    }
    const runs = candidates.map(({ program }) => async (times: number) => {
      signal?.throwIfAborted();
      program.run({}, times);
      await tuner.gpu.idle();
    });
    const { chosen, seconds } =
      runs.length > 1 ? await decide(runs, measure, leastGain) : { chosen: 0, seconds: [] as number[] };
    return {
      key,
      measuredOn: alone.description,
      usual,
      chosen: candidates[chosen]?.variant ?? usual,
      times: seconds.map((each, i) => ({ variant: candidates[i].variant, microseconds: each * 1e6 })),
      rejected,
    };
  } finally {
    for (const { program } of candidates) program.dispose();
  }
}
