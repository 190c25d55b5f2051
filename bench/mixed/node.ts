import { backpropagate } from '../../src/engine/autodiff/autodiff.js';
import type { Graph, Value } from '../../src/engine/graph/graph.js';
import { type Variable, VariableSet } from '../../src/engine/graph/variables.js';
import { weightedSum } from '../../src/engine/ops/elementwise/weightedSum.js';
import { mixedEdges } from '../../src/engine/ops/mixed/mixedEdges.js';
import { batchNorm } from '../../src/engine/ops/norm/batchNorm.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import type { Prepared } from '../harness/prepared.js';
import { noise } from '../kernels/program.js';

/** The candidates of all edges that leave one node of a DARTS cell, mixed, forward and backward. */
export interface NodeWorkload {
  readonly name: string;
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  readonly edges: number;
}

/** Candidates with weights, one for each edge; then pools, which all edges share. */
const OWN = 4;
const SHARED = 2;
/** Weights of an edge: its candidates and the skip connection. */
const WEIGHTS = OWN + SHARED + 1;
const SEED = 1;

/** Raw candidates in one stack, mixed by the engine's kernel family. */
export function prepareFused(engine: Engine, workload: NodeWorkload): Promise<Prepared> {
  const { batch, size, channels, edges } = workload;
  const slots = OWN * edges + SHARED;
  const set = new VariableSet('stack');
  const stack = set.add('stack', [batch, size, size, slots * channels], noise);
  return prepare(engine, workload, [set], [stack], (graph, skip, weights) =>
    mixedEdges(
      { stack: graph.read(stack), slots, normalised: slots, skip },
      Array.from({ length: edges }, (_, edge) => ({
        candidates: slotsOf(edge, edges).map((slot, j) => ({ slot, weight: edge * WEIGHTS + j })),
        skip: (edge + 1) * WEIGHTS - 1,
      })),
      weights,
    ),
  );
}

/** The same numbers, each candidate by itself: batch norm, then the weighted sum of all. */
export async function prepareOpByOp(engine: Engine, workload: NodeWorkload): Promise<Prepared> {
  const { batch, size, channels, edges } = workload;
  const slots = OWN * edges + SHARED;
  const whole = new VariableSet('stack');
  const stack = whole.add('stack', [batch, size, size, slots * channels], noise);
  engine.allocate(whole, SEED);
  const data = await engine.read(stack);
  engine.release(whole);
  const set = new VariableSet('candidates');
  const candidates = Array.from({ length: slots }, (_, slot) => {
    const isOwn = (_: unknown, i: number) => Math.floor(i / channels) % slots === slot;
    return set.add(`${slot}`, [batch, size, size, channels], () => (data as Float32Array).filter(isOwn));
  });
  return prepare(engine, workload, [set], candidates, (graph, skip, weights) => {
    const normalised = candidates.map((candidate) => batchNorm(graph.read(candidate), { mode: 'training' }));
    return Array.from({ length: edges }, (_, edge) =>
      weightedSum(
        [...slotsOf(edge, edges).map((slot) => normalised[slot]), skip],
        weights,
        Array.from({ length: WEIGHTS }, (_, j) => edge * WEIGHTS + j),
      ),
    );
  });
}

function slotsOf(edge: number, edges: number): number[] {
  const own = Array.from({ length: OWN }, (_, operation) => operation * edges + edge);
  return [...own, ...Array.from({ length: SHARED }, (_, pool) => OWN * edges + pool)];
}

async function prepare(
  engine: Engine,
  { batch, size, channels, edges }: NodeWorkload,
  candidateSets: readonly VariableSet[],
  candidates: readonly Variable[],
  mix: (graph: Graph, skip: Value, weights: Value) => readonly Value[],
): Promise<Prepared> {
  const inputs = new VariableSet('inputs');
  const shape = [batch, size, size, channels];
  const skip = inputs.add('skip', shape, noise);
  const weights = inputs.add('weights', [edges, WEIGHTS], noise);
  const dys = Array.from({ length: edges }, (_, edge) => inputs.add(`dy ${edge}`, shape, noise));
  const sets = [...candidateSets, inputs];
  for (const set of sets) engine.allocate(set, SEED);
  const outputs = [...dys.map((_, edge) => `y ${edge}`), 'dskip', 'dweights'];
  const program = await engine.compile((graph) => {
    const ys = mix(graph, graph.read(skip), graph.read(weights));
    const seeds = ys.map((value, edge) => ({ value, gradient: graph.read(dys[edge]) }));
    const [dskip, dweights, ...rest] = backpropagate(
      seeds,
      [skip, weights, ...candidates].map((variable) => graph.read(variable)),
    ) as Value[];
    [...ys, dskip, dweights].forEach((value, i) => {
      graph.output(outputs[i], value);
    });
    rest.forEach((value, i) => {
      graph.output(`dcandidate ${i}`, value);
    });
  });
  return {
    program,
    tensors: async () => ({}),
    feeds: () => ({}),
    outputs,
    dispose: () => {
      program.dispose();
      for (const set of sets) engine.release(set);
    },
  };
}
