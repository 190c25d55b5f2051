import { fromHalf, toHalf } from '../../../src/engine/graph/half.js';
import type { KernelTarget } from '../../../src/engine/graph/kernelTarget.js';
import type { Operation, Sample, SampleInput } from '../../../src/engine/graph/operation.js';
import { logicalSize, type ValueType, valueType } from '../../../src/engine/graph/types.js';
import { Random } from '../../../src/engine/random/random.js';

export function inputType(input: SampleInput): ValueType {
  return valueType(input.shape, input.dtype ?? 'f32', input.layout ?? 'rows');
}

/** Random data for a sample's input, exactly representable in its element type. */
export function fillInput(input: SampleInput, random: Random): Float64Array {
  const data = new Float64Array(logicalSize(inputType(input)));
  const fill = input.fill ?? (input.dtype === 'u32' ? { integersBelow: 4 } : 'normal');
  for (let i = 0; i < data.length; i++) {
    if (fill === 'normal') data[i] = Math.fround(random.normal());
    else if (fill === 'ties') data[i] = random.integer(3) - 1;
    else if (fill === 'positive') data[i] = Math.fround(0.1 + random.uniform() + Math.abs(random.normal()));
    else if (fill === 'unit') data[i] = random.uniform();
    else if ('values' in fill) data[i] = fill.values[i];
    else data[i] = random.integer(fill.integersBelow);
  }
  if (input.dtype === 'f16') return data.map((value) => fromHalf(toHalf(value)));
  return data;
}

export function sampleInputs(operation: Operation, sample: Sample<never>): Float64Array[] {
  const random = new Random(7, `${operation.name}/${sample.name}`);
  return sample.inputs.map((input) => fillInput(input, random));
}

/** Whether a sample has f16 values, which need a device with shader-f16. */
export function hasHalf(operation: Operation, sample: Sample<never>): boolean {
  const types = sample.inputs.map(inputType);
  return [...types, ...operation.infer(types, sample.attributes)].some(({ dtype }) => dtype === 'f16');
}

/** Samples of an operation that a device can run. */
export function samplesFor(operation: Operation, target: KernelTarget): Sample<never>[] {
  const samples = operation.samples as readonly Sample<never>[];
  return samples.filter((sample) => target.f16 || !hasHalf(operation, sample));
}
