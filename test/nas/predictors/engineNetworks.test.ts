import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { gradients } from '../../../src/engine/autodiff/autodiff.js';
import { Graph } from '../../../src/engine/graph/graph.js';
import { interpret } from '../../../src/engine/graph/interpret.js';
import type { Variable } from '../../../src/engine/graph/variables.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { graphShape } from '../../../src/nas/predictors/adjacency.js';
import { encodeSpace, selectRows } from '../../../src/nas/predictors/encodings.js';
import { PredictorError } from '../../../src/nas/predictors/errors.js';
import { graphConvolutions } from '../../../src/nas/predictors/graphNetwork.js';
import { mlpNetwork } from '../../../src/nas/predictors/mlp.js';
import { FitData, NetworkRegressor, type PredictorNetwork } from '../../../src/nas/predictors/networkRegressor.js';
import type { Features, Regressor } from '../../../src/nas/predictors/predictor.js';
import { predictorByName } from '../../../src/nas/predictors/predictors.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { fitRows, heldOut, targetsOf } from './convolutionCount.js';
import { featuresOf, largestDifference, regressor, space } from './support.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

function made(name: string, seed = 0, options: unknown = {}): Regressor {
  return regressor(name, options, seed, engine);
}

describe.each(['mlp', 'graph-network'])('%s', (name) => {
  const features = encodeSpace(space, predictorByName(name).encoding);
  const fit = selectRows(features, fitRows);
  const predict = selectRows(features, heldOut);
  const few = { epochs: 3 };

  it('predicts the same bits with the same seed, whatever it was fitted on before, and others with another seed', async () => {
    const first = made(name, 3, few);
    await first.fit(fit, targetsOf(fitRows));
    const wanted = await first.predict(predict);
    const used = made(name, 3, few);
    await used.fit(selectRows(features, heldOut), targetsOf(heldOut));
    await used.fit(fit, targetsOf(fitRows));
    expect([...(await used.predict(predict)).mean]).toEqual([...wanted.mean]);
    const other = made(name, 4, few);
    await other.fit(fit, targetsOf(fitRows));
    expect([...(await other.predict(predict)).mean]).not.toEqual([...wanted.mean]);
    for (const regressor of [first, used, other]) regressor.dispose?.();
  });

  it('compiles nothing more for a similar number of rows, and frees everything', async () => {
    const before = engine.memoryBytes;
    const regressor = made(name, 0, few);
    await regressor.fit(selectRows(features, fitRows.slice(0, 20)), targetsOf(fitRows.slice(0, 20)));
    await regressor.predict(predict);
    const once = engine.memoryBytes;
    const compile = vi.spyOn(engine, 'compile');
    expect(once).toBeGreaterThan(before);
    await regressor.fit(selectRows(features, fitRows.slice(0, 31)), targetsOf(fitRows.slice(0, 31)));
    await regressor.predict(fit);
    expect(compile).not.toHaveBeenCalled();
    compile.mockRestore();
    expect(engine.memoryBytes).toBe(once);
    regressor.dispose?.();
    expect(engine.memoryBytes).toBe(before);
  });

  it('states what is wrong with its arguments', async () => {
    const regressor = made(name, 0, few);
    await expect(regressor.predict(predict)).rejects.toThrow(`${name}: predict before fit; fit it first`);
    await expect(regressor.fit(fit, [1])).rejects.toThrow(
      `${name}: fit got 1 targets, wanted one for each of 200 rows`,
    );
    await regressor.fit(fit, targetsOf(fitRows));
    await expect(regressor.predict(featuresOf([[1, 2]]))).rejects.toThrow(`${name}: predict got 2 features a row`);
    await expect(regressor.fit(fit, [1])).rejects.toThrow(PredictorError);
    await expect(regressor.predict(predict)).rejects.toThrow('predict before fit');
    regressor.dispose?.();
    const predictor = predictorByName(name);
    const without = predictor.create({ space, seed: 0 }, predictor.options.parse(few));
    await expect(without.fit(fit, targetsOf(fitRows))).rejects.toThrow(`${name}: got no engine`);
  });
});

/** Adam in float64 (Kingma and Ba 2015, algorithm 1) on the gradients of the float64 interpreter. */
class HostFit {
  readonly parameters = new Map<Variable, Float64Array>();

  constructor(
    private readonly network: PredictorNetwork,
    seed: number,
  ) {
    const { name, variables } = network.weights;
    for (const variable of variables) {
      const random = new Random(seed, `${name}/${variable.name}`);
      this.parameters.set(variable, Float64Array.from(variable.initializer(variable.type, random), Math.fround));
    }
  }

  fit(features: Features, targets: Float64Array, { epochs, learningRate, weightDecay }: typeof training): void {
    const { network, parameters } = this;
    const rows = network.prepare?.(features) ?? features.values;
    const data = new FitData(targets.length, network.inputs);
    const graph = new Graph();
    const wanted = gradients(
      data.loss(graph, network),
      network.weights.variables.map((variable) => graph.read(variable)),
    );
    const moments = network.weights.variables.map((variable) => {
      const { length } = parameters.get(variable)!;
      return { first: new Float64Array(length), second: new Float64Array(length) };
    });
    for (let step = 1; step <= epochs; step++) {
      const variables = new Map<Variable, ArrayLike<number>>([...parameters, ...data.contents(rows, targets)]);
      const lookup = interpret(graph, { variables });
      network.weights.variables.forEach((variable, index) => {
        const weights = parameters.get(variable)!;
        const gradient = lookup(wanted[index]!).data;
        const { first, second } = moments[index];
        for (let i = 0; i < weights.length; i++) {
          const g = gradient[i] + weightDecay * weights[i];
          first[i] = 0.9 * first[i] + 0.1 * g;
          second[i] = 0.999 * second[i] + 0.001 * g * g;
          const unbiased = second[i] / (1 - 0.999 ** step);
          weights[i] -= (learningRate * (first[i] / (1 - 0.9 ** step))) / (Math.sqrt(unbiased) + 1e-8);
        }
      });
    }
  }

  predict(features: Features): Float64Array {
    const { network } = this;
    const graph = new Graph();
    const rows = network.prepare?.(features) ?? features.values;
    const y = network.forward(graph.constant(rows, [features.rows, network.inputs]));
    return interpret(graph, { variables: this.parameters })(y).data;
  }
}

const training = { epochs: 8, learningRate: 1e-2, weightDecay: 1e-2 };

const networks: Readonly<Record<string, (width: number) => PredictorNetwork>> = {
  mlp: (width) => mlpNetwork(width, [10, 6]),
  'graph-network': () => graphConvolutions(graphShape(space), { hidden: 6, layers: 2 }),
};

it.each(Object.keys(networks))(
  '%s predicts after the first updates as the same network fitted in float64 without padding',
  async (name) => {
    const features = encodeSpace(space, predictorByName(name).encoding);
    const fit = selectRows(features, fitRows.slice(0, 20));
    const predict = selectRows(features, heldOut.slice(0, 50));
    // Targets of mean 0 and standard deviation 1, so that standardising them changes nothing.
    const targets = Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const host = new HostFit(networks[name](features.width), 5);
    const untrained = host.predict(predict);
    host.fit(fit, targets, training);
    const regressor = new NetworkRegressor(
      name,
      { space, seed: 5, engine: async () => engine },
      training,
      networks[name],
    );
    await regressor.fit(fit, targets);
    const { mean } = await regressor.predict(predict);
    regressor.dispose();
    const wanted = host.predict(predict);
    expect(largestDifference(untrained, wanted)).toBeGreaterThan(0.05);
    expect(largestDifference(mean, wanted)).toBeLessThan(2e-4);
  },
);

it('the graph network averages a node with its predecessors and with its successors', () => {
  // Three nodes in a chain 0 -> 1 -> 2 and 0 -> 2, with one operation each.
  const network = graphConvolutions({ nodes: 3, operations: 1 }, { hidden: 4, layers: 1 });
  const prepared = network.prepare?.(featuresOf([[0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1]]));
  const third = Math.fround(1 / 3);
  const wanted = [1, 0, 0, third, third, third, 0.5, 0.5, 0, 0, 0.5, 0.5, third, third, third, 0, 0, 1, 1, 1, 1];
  expect([...prepared!]).toEqual(wanted);
});

it('the graph network refuses features that are not graphs', async () => {
  const oneHot = selectRows(encodeSpace(space, 'one-hot'), fitRows);
  await expect(made('graph-network').fit(oneHot, targetsOf(fitRows))).rejects.toThrow(
    'graph-network: fit got 30 features a row, wanted 120: graphs of 8 nodes with 7 operations',
  );
});
