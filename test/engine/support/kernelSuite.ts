import type { Operation, Sample } from '../../../src/engine/graph/operation.js';
import type { DType } from '../../../src/engine/graph/types.js';
import { tolerance } from '../../../src/engine/ops/record/tolerance.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { type GuardedResult, runGuarded } from './guardedRun.js';
import { inputType, sampleInputs } from './sampleData.js';

/** Runs one sample on the device and compares it with the reference. @returns one text per problem */
export async function checkSample(engine: Engine, operation: Operation, sample: Sample<never>): Promise<string[]> {
  const data = sampleInputs(operation, sample);
  const types = sample.inputs.map(inputType);
  const references = operation.reference(
    data.map((values, i) => ({ shape: types[i].shape, data: values })),
    sample.attributes,
  );
  const outputTypes = operation.infer(types, sample.attributes);
  const problems: string[] = [];
  const runs: GuardedResult[] = [];
  for (const strided of [false, true, true]) runs.push(await runGuarded(engine, operation, sample, data, strided));
  runs.forEach((run, index) => {
    const label = index === 0 ? 'contiguous' : 'strided';
    problems.push(...run.problems.map((problem) => `${label}: ${problem}`));
    run.outputs.forEach((output, i) => {
      const allowed =
        outputTypes[i].dtype === 'u32'
          ? 0
          : tolerance(operation.reductionLength(types, sample.attributes), references[i]);
      const worst = worstDifference(output, references[i], outputTypes[i].dtype);
      if (!(worst.difference <= allowed))
        problems.push(
          `${label}: output ${i} element ${worst.index} is ${output[worst.index]}, wanted ${references[i][worst.index]} within ${allowed}`,
        );
    });
  });
  runs[1].words.forEach((words, i) => {
    if (words.some((word, j) => word !== runs[2].words[i][j])) problems.push(`output ${i}: two runs differ in bits`);
  });
  return problems;
}

/** The largest difference; for f16, in excess of one rounding to either neighbour. */
function worstDifference(got: Float64Array, wanted: Float64Array, dtype: DType): { index: number; difference: number } {
  let index = 0;
  let difference = got.length === wanted.length ? 0 : Number.NaN;
  for (let i = 0; i < wanted.length; i++) {
    const rounding = dtype === 'f16' ? Math.max(2 ** -10 * Math.abs(wanted[i]), 2 ** -24) : 0;
    const d = Object.is(got[i], wanted[i]) ? 0 : Math.abs(got[i] - wanted[i]) - rounding;
    if (Number.isNaN(d)) return { index: i, difference: d };
    if (d > difference) {
      index = i;
      difference = d;
    }
  }
  return { index, difference };
}
