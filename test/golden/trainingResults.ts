import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { VariableSet } from '../../src/engine/graph/variables.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import { BilevelTrainer } from '../../src/nas/training/bilevel/bilevelTrainer.js';
import { softmaxRule } from '../../src/nas/training/bilevel/relaxedRule.js';
import { SEED, type SearchProblem, SHAPE } from './problems.js';

/** Written by makeTraining.py, in float64. */
export const torch = JSON.parse(readFileSync(new URL('training.json', import.meta.url), 'utf8')) as {
  readonly inputs: string;
  readonly network: {
    readonly losses: readonly number[];
    readonly gradientNorms: readonly number[];
    readonly logits: readonly number[];
    readonly testLoss: number;
    readonly weightNorms: Readonly<Record<string, number>>;
    readonly averageNorms: Readonly<Record<string, number>>;
  };
  readonly supernet: SearchSteps;
  readonly darts: SearchSteps;
};

/** Losses and architecture parameters of each step, and the norms of the weights after the last. */
interface SearchSteps {
  readonly alphaLosses: readonly number[];
  readonly weightLosses: readonly number[];
  readonly alphas: readonly (readonly number[])[];
  readonly weightNorms: Readonly<Record<string, number>>;
}

/**
 * The engine computes in float32. With its rounding errors (6e-8 per operation) losses and logits differ by at most 3e-7 from
 * PyTorch's after ten steps on software drivers; thirty times that is allowed for other orders of summation. Another factor,
 * epsilon or order of updates changes them by more.
 */
export const RELATIVE = 1e-5;

export function expectClose(got: ArrayLike<number>, wanted: readonly number[], tolerance: number, what: string): void {
  expect(got.length, what).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(got[i] - value), `${what} ${i}: got ${got[i]}, PyTorch ${value}`).toBeLessThan(tolerance);
  });
}

export async function expectNorms(
  engine: Engine,
  set: VariableSet,
  wanted: Readonly<Record<string, number>>,
): Promise<void> {
  expect(set.variables.map(({ name }) => name).sort()).toEqual(Object.keys(wanted).sort());
  for (const variable of set.variables) {
    const norm = Math.hypot(...(await engine.read(variable)));
    const limit = RELATIVE * Math.max(1, wanted[variable.name]);
    expectClose([norm], [wanted[variable.name]], limit, `norm of ${variable.name}`);
  }
}

/** Expects ten steps of first-order DARTS to have the losses and architecture parameters of PyTorch at every step. */
export async function expectSearchSteps(engine: Engine, problem: SearchProblem, wanted: SearchSteps): Promise<void> {
  const { build, protocol, alphaOptimizer: archOptimizer, weights: trainSplit, alphas: validationSplit } = problem;
  const supernet = build();
  const trainer = await BilevelTrainer.create({
    engine,
    supernet,
    archUpdate: { kind: 'first-order', rule: softmaxRule(supernet), archOptimizer },
    trainSplit,
    validationSplit,
    protocol,
    shape: SHAPE,
    seed: SEED,
  });
  expect(wanted.weightLosses).toHaveLength(10);
  for (const [step, weightLoss] of wanted.weightLosses.entries()) {
    const { trainLoss, validationLoss } = await trainer.epoch();
    expectClose([trainLoss], [weightLoss], RELATIVE * weightLoss, `loss of the weights, step ${step}`);
    const loss = wanted.alphaLosses[step];
    expectClose([validationLoss as number], [loss], RELATIVE * loss, `loss of the alphas, step ${step}`);
    // A thousandth of a step of Adam, which changes each parameter by about the learning rate.
    const limit = problem.alphaOptimizer.learningRate / 1000;
    const alphas: number[] = [];
    for (const table of supernet.alphas.variables) alphas.push(...(await engine.read(table)));
    expectClose(alphas, wanted.alphas[step], limit, `alpha after step ${step}`);
  }
  await expectNorms(engine, supernet.weights, wanted.weightNorms);
  trainer.dispose();
}
