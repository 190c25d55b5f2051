import { describe, expect, it } from 'vitest';
import { outputShape } from '../../bench/kernels/layers.js';
import { KERNEL_LIST, MORE_KERNELS, workOf } from '../../bench/kernels/workloads.js';
import { countMultiplyAdds, countParameters, networkOf, stepFlops } from '../../bench/steps/networks.js';
import { STEPS, type StepWorkload } from '../../bench/steps/workloads.js';
import { nasbench201 } from '../../src/nas/spaces/nasbench201/space.js';

function step(name: string): StepWorkload {
  return STEPS.find((workload) => workload.name === name) as StepWorkload;
}

function workNamed(name: string) {
  const workload = [...KERNEL_LIST, ...MORE_KERNELS].find((each) => each.name === name);
  if (!workload) throw new Error(`no workload ${name}`);
  return workOf(workload);
}

describe('the work of an operation', () => {
  it('counts two operations for each product of a convolution, three passes with the backward one', () => {
    expect(workNamed('conv3x3_n64_c16_32/forward').flops).toBe(2 * 64 * 32 * 32 * 9 * 16 * 16);
    expect(workNamed('conv3x3_n64_c16_32/forward+backward').flops).toBe(6 * 64 * 32 * 32 * 9 * 16 * 16);
    expect(workNamed('matmul_512/forward').flops).toBe(2 * 512 ** 3);
  });

  it('counts one input channel for each output of a depthwise convolution', () => {
    expect(workNamed('dw5x5_n64_c36_32/forward').flops).toBe(2 * 64 * 32 * 32 * 36 * 25);
  });

  it('counts a quarter of the pixels at stride 2', () => {
    expect(workNamed('conv3x3s2_n64_c16-32_32/forward').flops).toBe(2 * 64 * 16 * 16 * 9 * 16 * 32);
  });

  it('adds up the layers of a sequence', () => {
    const pixels = 64 * 32 * 32;
    expect(workNamed('sepconv3x3_n64_c36_32/forward').flops).toBe(2 * 2 * pixels * (9 * 36 + 36 * 36));
    expect(workNamed('conv1x7-7x1_n64_c36_32/forward').flops).toBe(2 * 2 * pixels * 7 * 36 * 36);
  });

  it('reads and writes every input and output tensor once', () => {
    const images = 64 * 32 * 32 * 36;
    expect(workNamed('relu_n64_c36_32/forward')).toEqual({ flops: 0, bytes: 4 * 2 * images });
    expect(workNamed('bn_n64_c36_32/forward+backward').bytes).toBe(4 * 2 * (2 * images + 2 * 36));
  });
});

describe('the list of operations', () => {
  it('has every name once', () => {
    const names = [...KERNEL_LIST, ...MORE_KERNELS].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps whole pixels', () => {
    for (const { layers, input, name } of [...KERNEL_LIST, ...MORE_KERNELS]) {
      const shape = layers.reduce((previous, layer) => outputShape(layer, previous), [...input]);
      expect(shape.every(Number.isInteger), name).toBe(true);
    }
  });
});

describe('the networks of the steps', () => {
  it.each([
    // Parameters: He et al. 2016 with projections; DARTS with both tables of architecture parameters. Multiply-adds of one image.
    ['resnet20_b64', 272_474, 40.81e6],
    ['nb201_c16n1_b64', 316_346, 43.17e6],
    ['darts_c8_l4_b16/together', 347_522, 49.62e6],
  ])('have the parameters and multiply-adds of their definitions: %s', (name, parameters, multiplyAdds) => {
    expect(countParameters(networkOf(step(name)))).toBe(parameters);
    expect(Math.abs(countMultiplyAdds(step(name)) / multiplyAdds - 1)).toBeLessThan(2e-4);
  });

  it('have the cost of the formula of NAS-Bench-201', () => {
    const workload = step('nb201_c8n1_16_b32');
    const { parameters, multiplyAdds } = nasbench201.count(
      nasbench201.parse(workload.architecture as string),
      workload,
    );
    expect(countParameters(networkOf(workload))).toBe(parameters);
    expect(countMultiplyAdds(workload)).toBe(multiplyAdds);
  });

  it('count the passes of a step: three times the forward cost, five times if architecture parameters have their own batch', () => {
    const [together, bilevel] = [step('darts_c8_l4_b16/together'), step('darts_c8_l4_b16/bilevel')];
    expect(stepFlops(together)).toBe(6 * 16 * countMultiplyAdds(together));
    expect(stepFlops(bilevel)).toBe(10 * 16 * countMultiplyAdds(bilevel));
  });
});
