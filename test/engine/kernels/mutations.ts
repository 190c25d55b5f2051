import type { Mutation } from '../support/mutation.js';
import { layerMutations } from './layerMutations.js';
import { mixedMutations } from './mixedMutations.js';

/** Breaks of one character, at least one for every shader; each changes what the shader computes. */
export const mutations: readonly Mutation[] = [
  ...layerMutations,
  ...mixedMutations,
  {
    shader: 'copy/accumulate',
    context: 'let index = id.y * groups.x * WORKGROUP + id.x;',
    broken: 'let index = id.y + groups.x * WORKGROUP + id.x;',
  },
  {
    shader: 'copy/channels',
    context: 'let place = params.yOffset + row * params.yStride + vector;',
    broken: 'let place = params.yOffset + row * params.yStride - vector;',
  },
  {
    shader: 'copy/reshape',
    context: 'result[lane] = x[start + position / 4u][position % 4u];',
    broken: 'result[lane] = x[start + position / 5u][position % 4u];',
  },
  {
    shader: 'data/drawAugmentation',
    context: 'for (var round = 0u; round < 10u; round += 1u) {',
    broken: 'for (var round = 0u; round < 10u; round += 2u) {',
  },
  {
    shader: 'data/gatherImages',
    context: 'let vector = item % params.vectors;',
    broken: 'let vector = item / params.vectors;',
  },
  { shader: 'data/gatherLabels', context: 'if (place < params.count) {', broken: 'if (place > params.count) {' },
  {
    shader: 'reduce/broadcast',
    context: 'if (index >= params.groups * params.chunks * params.vectors) {',
    broken: 'if (index >= params.groups * params.chunks + params.vectors) {',
  },
  {
    shader: 'elementwise/multiply',
    context: 'y[params.yOffset + row * params.yStride + vector] = left * right;',
    broken: 'y[params.yOffset + row * params.yStride - vector] = left * right;',
  },
  {
    shader: 'elementwise/relu',
    context: 'result = select(vec4f(0.0), value, output > vec4f(0.0));',
    broken: 'result = select(vec4f(0.0), value, output < vec4f(0.0));',
  },
  {
    shader: 'elementwise/scale',
    context: 'if (index >= params.chunks * params.vectors) {',
    broken: 'if (index >= params.chunks + params.vectors) {',
  },
  {
    shader: 'elementwise/heaviside',
    context: 'select(vec4f(0.0), vec4f(1.0), value > vec4f(0.0))',
    broken: 'select(vec4f(0.0), vec4f(1.0), value < vec4f(0.0))',
  },
  {
    shader: 'elementwise/weightedCopies',
    context: 'if (index >= params.chunks * params.vectors) {',
    broken: 'if (index <= params.chunks * params.vectors) {',
  },
  {
    shader: 'elementwise/cast',
    context: 'vec4<To>(x[params.xOffset + row * params.xStride + vector]);',
    broken: 'vec4<To>(x[params.xOffset + row + params.xStride + vector]);',
  },
  {
    shader: 'matmul/batched',
    context: 'let item = row / params.yRows;',
    broken: 'let item = row % params.yRows;',
  },
  { shader: 'elementwise/weightedSum', context: 'if (COUNT > 2u) {', broken: 'if (COUNT > 3u) {' },
  {
    shader: 'data/take',
    context: 'if (vector * 4u >= params.count) {',
    broken: 'if (vector * 5u >= params.count) {',
  },
  {
    shader: 'data/takeGradient',
    context: 'sum += addTo(place, places.z, gradient.z);',
    broken: 'sum -= addTo(place, places.z, gradient.z);',
  },
  { shader: 'loss/correct', context: 'if (sample >= params.samples) {', broken: 'if (sample <= params.samples) {' },
  { shader: 'loss/crossEntropy', context: 'if (label >= params.classes) {', broken: 'if (label <= params.classes) {' },
  {
    shader: 'loss/crossEntropyGradient',
    context: 'let isLabel = vec4u(0u, 1u, 2u, 3u) + vec4u(v * 4u) == vec4u(label);',
    broken: 'let isLabel = vec4u(0u, 1u, 3u, 3u) + vec4u(v * 4u) == vec4u(label);',
  },
  {
    shader: 'loss/reduceSamples',
    context: 'for (var row = 0u; row < params.rows; row++) {',
    broken: 'for (var row = 0u; row > params.rows; row++) {',
  },
  {
    shader: 'optim/adam',
    context: 'let m = params.beta1 * firstMoment[index] + params.complement1 * g;',
    broken: 'let m = params.beta1 * firstMoment[index] + params.complement1 + g;',
  },
  {
    shader: 'optim/clipCoefficient',
    context: 'y[0] = vec4f(min(1.0, params.maximum / (norm[0].x + 1e-6)), 0.0, 0.0, 0.0);',
    broken: 'y[1] = vec4f(min(1.0, params.maximum / (norm[0].x + 1e-6)), 0.0, 0.0, 0.0);',
  },
  {
    shader: 'optim/rootOfSum',
    context: 'for (var i = 0u; i < params.vectors; i += 1u) {',
    broken: 'for (var i = 0u; i > params.vectors; i += 1u) {',
  },
  {
    shader: 'optim/sgd',
    context: 'let g = scale[0] * gradient[index] + params.weightDecay * parameters[index];',
    broken: 'let g = scale[0] * gradient[index] + params.weightDecay + parameters[index];',
  },
  {
    shader: 'optim/squareSums',
    context: 'if (part >= (params.parts + 3u) / 4u * 4u) {',
    broken: 'if (part >= (params.parts + 3u) / 4u + 4u) {',
  },
  {
    shader: 'random/draw',
    context: 'return aHigh * bHigh + (middle1 >> 16u) + (middle2 >> 16u);',
    broken: 'return aHigh * bHigh + (middle1 >> 16u) - (middle2 >> 16u);',
  },
  {
    shader: 'random/dropout',
    context: 'var words = philox(vec4u(counter, step[0], 0u, 0u), vec2u(params.seed, params.purpose));',
    broken: 'var words = philox(vec4u(counter, step[0], 1u, 0u), vec2u(params.seed, params.purpose));',
  },
  {
    shader: 'reduce/columnSums',
    context: 'y[params.yOffset + part * params.yStride + vector] = params.factor * sum;',
    broken: 'y[params.yOffset + part * params.yStride + vector] = params.factor + sum;',
  },
  {
    shader: 'elementwise/dotProducts',
    context: 'let start = (params.firstTerm + term) * (columns + 1u);',
    broken: 'let start = (params.firstTerm + term) * (columns - 1u);',
  },
  {
    shader: 'elementwise/placeTerms',
    context: 'for (var i = 0u; i < params.parts; i++) {',
    broken: 'for (var i = 1u; i < params.parts; i++) {',
  },
  {
    shader: 'reduce/total',
    context: 'y[params.yOffset] = vec4f(params.factor * ((sum.x + sum.y) + (sum.z + sum.w)), 0.0, 0.0, 0.0);',
    broken: 'y[params.yOffset] = vec4f(params.factor * ((sum.x + sum.y) - (sum.z + sum.w)), 0.0, 0.0, 0.0);',
  },
  {
    shader: 'elementwise/unary',
    context: 'return 1.0 - output * output;',
    broken: 'return 1.0 + output * output;',
  },
  {
    shader: 'elementwise/unary',
    context: 'select(small, vec4f(1.0), value >= vec4f(0.0)) / (1.0 + small)',
    broken: 'select(small, vec4f(1.0), value <= vec4f(0.0)) / (1.0 + small)',
  },
  {
    shader: 'recurrent/lstmCell',
    context: 'let forgetGate = sigmoid(gates[place + params.vectors]);',
    broken: 'let forgetGate = sigmoid(gates[place - params.vectors]);',
  },
  {
    shader: 'recurrent/lstmCell',
    context: 'let candidate = hyperbolicTangent(gates[place + 2u * params.vectors]);',
    broken: 'let candidate = hyperbolicTangent(gates[place + 3u * params.vectors]);',
  },
  {
    shader: 'recurrent/lstmCellGradient',
    context: 'let slope = byCell + byHidden * outputGate * (1.0 - squashed * squashed);',
    broken: 'let slope = byCell - byHidden * outputGate * (1.0 - squashed * squashed);',
  },
  {
    shader: 'recurrent/lstmCellGradient',
    context: 'dGates[result + 2u * params.vectors] = slope * inputGate * (1.0 - candidate * candidate);',
    broken: 'dGates[result + 2u * params.vectors] = slope * inputGate * (1.0 + candidate * candidate);',
  },
  {
    shader: 'reduce/softmax',
    context: 'y[output + v] = select(vec4f(0.0), value, used(v));',
    broken: 'y[output - v] = select(vec4f(0.0), value, used(v));',
  },
  {
    shader: 'reduce/softmaxGradient',
    context: 'value = dy[gradient + v] - exp(y[output + v]) * total;',
    broken: 'value = dy[gradient + v] - exp(y[output + v]) + total;',
  },
];
