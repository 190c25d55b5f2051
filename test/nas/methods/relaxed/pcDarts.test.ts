import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { edgeNormalizedRule } from '../../../../src/nas/methods/relaxed/edgeNormalization.js';
import { pcDarts } from '../../../../src/nas/methods/relaxed/pcDarts.js';
import { nasbench201 } from '../../../../src/nas/spaces/nasbench201/space.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { expectSameBits, tinyProblem } from './supernetMethods.js';
import { traceRule } from './traceRule.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const start = (problem: ReturnType<typeof tinyProblem>, options: object) =>
  pcDarts.start(problem, pcDarts.options.parse(options));

describe('PC-DARTS', () => {
  it('weights candidates by the softmax over operations times that over the edges into a node', () => {
    const { tables } = nasbench201.relaxation;
    const settings = { channels: 4, cells: 1, classes: 4, size: 8, imageChannels: 1 };
    const supernet = nasbench201.supernet(settings, { affine: false, batchNorm: 'batch' });
    const rule = edgeNormalizedRule(supernet, tables);
    expect(rule.parameters.variables.map(({ name, type }) => [name, type.shape])).toEqual([
      ['alpha', [6, 5]],
      ['alpha edges', [6]],
    ]);
    // Logarithms of the wanted shares: edges 0→1 | 0→2, 1→2 | 0→3, 1→3, 2→3.
    const betas = [7, 1, 3, 2, 5, 1].map(Math.log);
    const shares = [1, 1 / 4, 3 / 4, 2 / 8, 5 / 8, 1 / 8];
    const alphas = Array.from({ length: 6 }, () => [1, 2, 3, 4, 10].map(Math.log)).flat();
    const wanted = shares.flatMap((share) => [1, 2, 3, 4, 10].map((weight) => (share * weight) / 20));
    const { weights, edges } = traceRule(rule, [alphas, betas]);
    weights[0].forEach((weight, i) => {
      expect(weight).toBeCloseTo(wanted[i], 12);
    });
    edges?.[0].forEach((share, i) => {
      expect(share).toBeCloseTo(shares[i], 12);
    });
    const [operationScores] = rule.operationScores([alphas, betas].map((values) => Float32Array.from(values)));
    operationScores.forEach((strength, i) => {
      expect(strength).toBeCloseTo(wanted[i], 6);
    });
  });

  it('chooses an edge of the DARTS space by its edge weight, not by a dominant operation', () => {
    const { relaxation } = spaceByName('darts');
    const settings = { channels: 4, cells: 3, classes: 4, size: 8, imageChannels: 1 };
    const supernet = spaceByName('darts').supernet(settings, { affine: false, batchNorm: 'batch' });
    const rule = edgeNormalizedRule(supernet, relaxation.tables);
    const alphas = new Float32Array(14 * 8);
    const betas = new Float32Array(14);
    // Node 3 has edges 2, 3 and 4: the operation of edge 2 has the largest share, but the other edges have larger weights.
    alphas[2 * 8 + 4] = 1;
    betas.set([-3, 1, 1], 2);
    const operationScores = rule.operationScores([alphas, alphas, betas, betas]);
    const largest = [2, 3, 4].map((edge) => Math.max(...operationScores[0].subarray(edge * 8, edge * 8 + 8)));
    expect(largest[0]).toBeLessThan(largest[1]);
    expect(largest[1]).toBeCloseTo(largest[2], 7);
  });

  it('requires channels divisible by the parts, and an epoch in which the architecture is updated', async () => {
    const problem = tinyProblem(engine, 'nasbench201');
    await expect(start(problem, {}).step()).rejects.toThrow('channels is 4, wanted a multiple of 16');
    await expect(start(problem, { partial: 1, alphaStart: 2 }).step()).rejects.toThrow(
      "alphaStart is 2, wanted fewer than the protocol's 2 epochs",
    );
  });

  it('ends with the same bits after it was stopped and resumed, edge weights included', async () => {
    const options = { alphaStart: 1, alphaLearningRate: 0.1, alphaWeightDecay: 0 };
    const { state } = await expectSameBits(engine, pcDarts, options);
    // Edges follow the operations in blocks of 64. The first is the only one into its node, so it is not updated.
    const [alone, ...betas] = state.arrays.alphas.slice(64, 67);
    expect(Math.abs(alone)).toBeLessThan(0.01);
    for (const beta of betas) expect(Math.abs(beta)).toBeGreaterThan(0.05);
  });
});
