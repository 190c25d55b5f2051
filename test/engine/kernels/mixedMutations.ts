import type { Mutation } from '../support/mutation.js';

/** Breaks of one character in the kernels of relaxed cells: mixed edges, and what moves pixels and channels for them. */
export const mixedMutations: readonly Mutation[] = [
  {
    shader: 'copy/anyOpen',
    context: 'isOpen = isOpen || flags[place] != 0.0;',
    broken: 'isOpen = isOpen || flags[place] == 0.0;',
  },
  {
    shader: 'copy/anyOpen',
    context: 'let element = members[params.membersOffset * 4u + id.x * params.width + i];',
    broken: 'let element = members[params.membersOffset * 4u + id.x + params.width + i];',
  },
  {
    shader: 'copy/shuffleChannels',
    context: 'let source = channel % params.groups * params.members + channel / params.groups;',
    broken: 'let source = channel % params.groups * params.members + channel % params.groups;',
  },
  {
    shader: 'copy/shuffleChannels',
    context: 'result[lane] = x[start + source / 4u][source % 4u];',
    broken: 'result[lane] = x[start + source / 4u][source % 3u];',
  },
  {
    shader: 'copy/subsample',
    context: 'let xRow = image * params.xHeight + 2u * row + params.rowStart;',
    broken: 'let xRow = image * params.xHeight + 2u * row - params.rowStart;',
  },
  {
    shader: 'copy/subsample',
    context: 'let source = xRow * params.xWidth + 2u * column + params.columnStart;',
    broken: 'let source = xRow * params.xWidth + 1u * column + params.columnStart;',
  },
  {
    shader: 'copy/subsampleGradient',
    context: 'let column = pixel % params.width - params.columnStart;',
    broken: 'let column = pixel % params.width + params.columnStart;',
  },
  {
    shader: 'copy/subsampleGradient',
    context: 'let isTaken = (row | column) % 2u == 0u && row / 2u < params.yHeight && column / 2u < params.yWidth;',
    broken: 'let isTaken = (row | column) % 2u == 0u && row / 2u < params.yHeight && column / 2u > params.yWidth;',
  },
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
