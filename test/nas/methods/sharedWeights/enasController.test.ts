import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autodiff/autodiff.js';
import { Graph } from '../../../../src/engine/graph/graph.js';
import { interpret } from '../../../../src/engine/graph/interpret.js';
import { logicalSize } from '../../../../src/engine/graph/types.js';
import type { Variable } from '../../../../src/engine/graph/variables.js';
import { add } from '../../../../src/engine/ops/elementwise/add.js';
import { multiply } from '../../../../src/engine/ops/elementwise/multiply.js';
import { sum } from '../../../../src/engine/ops/reduce/reduce.js';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { EnasController } from '../../../../src/nas/methods/sharedWeights/enas/controller.js';
import { HostController } from '../../../../src/nas/methods/sharedWeights/enas/hostController.js';
import { ControllerNetwork } from '../../../../src/nas/methods/sharedWeights/enas/network.js';
import type { Cell } from '../../../../src/nas/spaces/nasbench201/cell.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { planted } from '../planted.js';
import { space } from '../problems.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const small = {
  choices: [
    { name: 'first', options: ['a', 'b', 'c'] },
    { name: 'second', options: ['x', 'y'] },
  ],
};

describe('the controller of ENAS', () => {
  it.each(['nasbench201', 'darts'])('has the same probabilities on the host and on the device: %s', async (name) => {
    const { choices } = spaceByName(name);
    const controller = await EnasController.create(engine, { choices }, { hidden: 20, temperature: 0.1 }, 1);
    const { network } = controller;
    const { decisions, logProbability } = controller.sample(new Random(4, 'sample'));
    const program = await engine.compile((graph) => {
      const actions = graph.feed('actions', [1, network.width]);
      const logs = network.logProbabilities(graph, actions);
      graph.output('sum', add(...logs.map((value, choice) => sum(multiply(value, network.part(actions, choice))))));
    });
    const actions = new Float32Array(network.width);
    network.writeActions(actions, decisions, 1);
    program.run({ actions });
    const [onDevice] = await program.read('sum');
    expect(Math.abs(onDevice - logProbability)).toBeLessThan(1e-5);
    const uniform = -choices.reduce((total, { options }) => total + Math.log(options.length), 0);
    expect(Math.abs(uniform - logProbability)).toBeGreaterThan(1e-3);
    program.dispose();
    controller.dispose();
  });

  it('has the gradient of central differences on the host', () => {
    const network = new ControllerNetwork(small.choices, { hidden: 4, temperature: 2, tanhConstant: 1.1 });
    const random = new Random(0, 'weights');
    const { variables } = network.weights;
    const weights = new Map<Variable, Float64Array>(
      variables.map((variable) => [variable, new Float64Array(logicalSize(variable.type)).map(() => random.normal())]),
    );
    const decisions = [2, 0];
    const actions = new Float32Array(network.width);
    network.writeActions(actions, decisions, 1);

    const graph = new Graph();
    const taken = graph.feed('actions', [1, network.width]);
    const logs = network.logProbabilities(graph, taken);
    const loss = add(...logs.map((value, choice) => sum(multiply(value, network.part(taken, choice)))));
    const slopes = gradients(
      loss,
      variables.map((variable) => graph.read(variable)),
    );
    const lookup = interpret(graph, { feeds: { actions }, variables: weights });

    const logProbability = () =>
      new HostController(network, weights).walk((_, choice) => decisions[choice]).logProbability;
    const step = 1e-5;
    variables.forEach((variable, index) => {
      const data = weights.get(variable)!;
      const slope = slopes[index];
      for (let i = 0; i < data.length; i++) {
        const kept = data[i];
        data[i] = kept + step;
        const above = logProbability();
        data[i] = kept - step;
        const below = logProbability();
        data[i] = kept;
        expect(slope ? lookup(slope).data[i] : 0).toBeCloseTo((above - below) / (2 * step), 7);
      }
    });
  });

  it('samples with its probabilities and reports their entropy', async () => {
    const controller = await EnasController.create(engine, small, { hidden: 8, temperature: 0.02 }, 2);
    const random = new Random(3, 'draws');
    const draws = 6000;
    const counts = new Map<string, number>();
    let entropy = 0;
    for (let i = 0; i < draws; i++) {
      const drawn = controller.sample(random);
      const key = String(drawn.decisions);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      entropy += drawn.entropy / draws;
    }
    let [distance, total, exact] = [0, 0, 0];
    for (let first = 0; first < 3; first++)
      for (let second = 0; second < 2; second++) {
        const { logProbability } = controller.path([first, second]);
        const probability = Math.exp(logProbability);
        total += probability;
        exact -= probability * logProbability;
        distance += ((counts.get(`${first},${second}`) ?? 0) - draws * probability) ** 2 / (draws * probability);
      }
    expect(total).toBeCloseTo(1, 10);
    // Chi-squared with 5 degrees of freedom: 20.5 is exceeded with probability 0.001.
    expect(distance).toBeLessThan(20.5);
    expect(entropy).toBeCloseTo(exact, 2);
    controller.dispose();
  });

  it('makes the better of two rewards more probable, relative to a moving mean that starts with the first', async () => {
    const controller = await EnasController.create(engine, small, { hidden: 8, entropyWeight: 0 }, 5);
    const [good, bad] = [
      [0, 1],
      [2, 0],
    ];
    const before = [controller.path(good), controller.path(bad)].map(({ logProbability }) => logProbability);
    expect(controller.baseline).toBeUndefined();
    await controller.train([
      { decisions: good, reward: 0.5 },
      { decisions: bad, reward: 0.1 },
    ]);
    expect(controller.baseline).toBeCloseTo(0.5 - 0.01 * 0.4, 10);
    for (let i = 0; i < 4; i++)
      await controller.train([
        { decisions: good, reward: 0.9 },
        { decisions: bad, reward: 0.1 },
      ]);
    const after = [controller.path(good), controller.path(bad)].map(({ logProbability }) => logProbability);
    expect(after[0]).toBeGreaterThan(before[0]);
    expect(after[1]).toBeLessThan(before[1]);
    controller.dispose();
  });

  it('samples better cells of a planted problem than random sampling after training on its accuracies', async () => {
    const { accuracy } = planted(3);
    const accuracyOf = (decisions: readonly number[]) => accuracy(space.fromDecisions(decisions) as Cell);
    const controller = await EnasController.create(engine, space, { hidden: 32, tanhConstant: 2.5 }, 0);
    const random = new Random(1, 'samples');
    const meanOf = (count: number) => {
      let total = 0;
      for (let i = 0; i < count; i++) total += accuracyOf(controller.sample(random).decisions);
      return total / count;
    };
    const before = meanOf(300);
    for (let i = 0; i < 60; i++)
      await controller.train(
        Array.from({ length: 10 }, () => {
          const { decisions } = controller.sample(random);
          return { decisions, reward: accuracyOf(decisions) };
        }),
      );
    const after = meanOf(300);
    // The accuracies of all cells have a standard deviation of about 0.06, means of 300 one of 0.0035.
    expect(after).toBeGreaterThan(before + 0.03);
    controller.dispose();
  });

  it('continues to the same weights after save and restore', async () => {
    const train = async (controller: EnasController, from: number, to: number) => {
      for (let i = from; i < to; i++) await controller.train([{ decisions: [i % 3, i % 2], reward: i / 4 }]);
    };
    const straight = await EnasController.create(engine, small, { hidden: 8 }, 5);
    await train(straight, 0, 4);
    const first = await EnasController.create(engine, small, { hidden: 8 }, 5);
    await train(first, 0, 2);
    const saved = await first.save();
    const second = await EnasController.create(engine, small, { hidden: 8 }, 77);
    await second.restore(structuredClone(saved));
    await train(second, 2, 4);
    expect(await second.save()).toEqual(await straight.save());
    for (const controller of [straight, first, second]) controller.dispose();
  });

  it('names invalid decisions and batches that are too large', async () => {
    const controller = await EnasController.create(engine, small, { hidden: 4, batch: 1 }, 0);
    expect(() => controller.path([3, 0])).toThrow(/got decisions \[3,0\], wanted one below each of \[3,2\]/);
    const one = { decisions: [0, 0], reward: 1 };
    await expect(controller.train([one, one])).rejects.toThrow(/got 2 architectures, wanted 1 to 1/);
    await expect(controller.train([{ ...one, reward: Number.NaN }])).rejects.toThrow(/reward 0 is NaN/);
    controller.dispose();
  });
});
