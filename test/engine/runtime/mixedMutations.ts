import type { Mutation } from '../support/mutation.js';

/** Breaks of one character in the kernels of mixed edges. */
export const mixedMutations: readonly Mutation[] = [
  {
    shader: 'mixed/edgeSums',
    context: 'let isOpen = slot >= 0.0 && j < params.width;',
    broken: 'let isOpen = slot >= 0.0 && j > params.width;',
  },
  {
    shader: 'mixed/edgeSums',
    context: 'sum2 += dy * (stack[entry2.place + start] - entry2.mean);',
    broken: 'sum2 += dy * (stack[entry2.place + start] + entry2.mean);',
  },
  {
    shader: 'mixed/edgeSums',
    context: 'skipSum += dy * skip[params.skipOffset + row * params.skipStride + vector];',
    broken: 'skipSum -= dy * skip[params.skipOffset + row * params.skipStride + vector];',
  },
  {
    shader: 'mixed/edgeWeightGradients',
    context: 'products = gamma[params.gammaOffset + place] * products + beta[params.betaOffset + place] * sum;',
    broken: 'products = gamma[params.gammaOffset + place] * products - beta[params.betaOffset + place] * sum;',
  },
  {
    shader: 'mixed/edgeWeightGradients',
    context: 'isOpen = w[params.wOffset * 4u + entry] != 0.0;',
    broken: 'isOpen = w[params.wOffset * 4u + entry] == 0.0;',
  },
  {
    shader: 'mixed/edges',
    context: 'sum0 += (stack[start + row0 * params.stackStride] - mean) * scale + shift;',
    broken: 'sum0 += (stack[start + row0 * params.stackStride] - mean) * scale - shift;',
  },
  {
    shader: 'mixed/edges',
    context: 'sum6 = weight * skip[start + row6 * params.skipStride];',
    broken: 'sum6 = weight * skip[start + row5 * params.skipStride];',
  },
  { shader: 'mixed/edges', context: 'sum3 = sum4;', broken: 'sum3 = sum5;' },
  { shader: 'mixed/plan', context: 'var open = weight != 0.0;', broken: 'var open = weight == 0.0;' },
  {
    shader: 'mixed/plan',
    context: 'plan[place + 2u * params.vectors] = weight * shift;',
    broken: 'plan[place + 2u * params.vectors] = weight + shift;',
  },
  {
    shader: 'mixed/stackAffineGradients',
    context: 'shifted += weight * sums[params.sumsOffset + edge * params.sumsStride + vector];',
    broken: 'shifted -= weight * sums[params.sumsOffset + edge * params.sumsStride + vector];',
  },
  {
    shader: 'mixed/stackAffineGradients',
    context: 'let edge = params.count + entry / params.width;',
    broken: 'let edge = params.count + entry % params.width;',
  },
  {
    shader: 'mixed/stackFactors',
    context: 'b -= scale * inverse * inverse * products;',
    broken: 'b += scale * inverse * inverse * products;',
  },
  {
    shader: 'mixed/stackFactors',
    context: 'let share = select(0.0, 1.0 / f32(params.rows), isNormalised);',
    broken: 'let share = select(1.0, 1.0 / f32(params.rows), isNormalised);',
  },
  {
    shader: 'mixed/stackGradient',
    context: 'gradient += b * (stack[params.stackOffset + row * params.stackStride + column] - mean);',
    broken: 'gradient += b * (stack[params.stackOffset + row * params.stackStride + column] + mean);',
  },
  {
    shader: 'mixed/stackGradient',
    context: 'gradient += a3 * dy3[params.dy3Offset + row * params.dy3Stride + vector];',
    broken: 'gradient -= a3 * dy3[params.dy3Offset + row * params.dy3Stride + vector];',
  },
  {
    shader: 'mixed/stackGradient',
    context: 'let toStack = select(0u, 1u, slot < params.slots);',
    broken: 'let toStack = select(0u, 1u, slot > params.slots);',
  },
  {
    shader: 'mixed/stackStatistics',
    context: 'let end = select(0u, params.rows, isOpen);',
    broken: 'let end = select(1u, params.rows, isOpen);',
  },
  {
    shader: 'mixed/stackStatistics',
    context: 'squares += distance * distance;',
    broken: 'squares -= distance * distance;',
  },
];
