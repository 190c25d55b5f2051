import { describe, expect, it } from 'vitest';
import { AttributeError, DTypeError, OwnershipError, ShapeError } from '../../../src/engine/errors/errors.js';
import { Graph, type Value } from '../../../src/engine/graph/graph.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { accumulate } from '../../../src/engine/ops/copy/accumulate.js';
import { assembleGradients } from '../../../src/engine/ops/copy/assembleGradients.js';
import { concat } from '../../../src/engine/ops/copy/concat.js';
import { flatten, reshape } from '../../../src/engine/ops/copy/flatten.js';
import { slice } from '../../../src/engine/ops/copy/slice.js';
import { split } from '../../../src/engine/ops/copy/split.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { sigmoid, squareRoot } from '../../../src/engine/ops/elementwise/unary.js';
import { batchedMatmul } from '../../../src/engine/ops/matmul/batchedMatmul.js';
import { adamUpdate } from '../../../src/engine/ops/optim/adam.js';
import { clipCoefficient, gradientNorm } from '../../../src/engine/ops/optim/gradientNorm.js';
import { sgdUpdate } from '../../../src/engine/ops/optim/sgd.js';
import { dropout, dropPath } from '../../../src/engine/ops/random/dropout.js';
import { randomUniform } from '../../../src/engine/ops/random/random.js';
import { lstmCell } from '../../../src/engine/ops/recurrent/lstmCell.js';

const graph = new Graph();
const feed = (shape: readonly number[], dtype: 'f32' | 'u32' = 'f32') => graph.feed(`${dtype}[${shape}]`, shape, dtype);
const weights = new VariableSet('weights');
weights.add('matrix', [3, 4], zeros, { layout: 'matrix' });
weights.add('bias', [4], zeros);
const state = weights.mirror('velocity');
const sgd = { momentum: 0.9, weightDecay: 0, nesterov: false };
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
const draw = { seed: 1, purpose: 'test' };

const cases: [string, () => Value, new (message: string) => Error, RegExp][] = [
  ['slice beyond the channels', () => slice(feed([2, 8]), 4, 5), ShapeError, /got 5 channels from 4, .* within the 8/],
  ['slice of integers', () => slice(feed([2, 8], 'u32'), 0, 4), DTypeError, /slice: x is u32\[2, 8\]/],
  [
    'split into too few channels',
    () => split(feed([2, 8]), [4, 3])[0],
    ShapeError,
    /got parts of \[4,3\] channels, .* add up to the 8/,
  ],
  ['split into no channels', () => split(feed([2, 8]), [8, 0])[0], ShapeError, /positive integers/],
  [
    'concat of other images',
    () => concat([feed([2, 8]), feed([3, 8])]),
    ShapeError,
    /input 1 is f32\[3, 8\], wanted f32\[2, ch/,
  ],
  [
    'batchedMatmul of other batches',
    () => batchedMatmul(feed([2, 3, 4]), feed([3, 4, 5])),
    ShapeError,
    /b is f32\[3, 4, 5\], wanted f32\[2, 4, 5\] to go with a, f32\[2, 3, 4\]/,
  ],
  ['add of integers', () => add(feed([2, 8], 'u32'), feed([2, 8], 'u32')), DTypeError, /add: input 0 is u32\[2, 8\]/],
  ['relu of integers', () => relu(feed([2, 8], 'u32')), DTypeError, /relu: x is u32\[2, 8\], wanted f32/],
  ['sigmoid of integers', () => sigmoid(feed([2, 8], 'u32')), DTypeError, /sigmoid: x is u32\[2, 8\], wanted f32/],
  [
    'squareRoot of a matrix of parameters',
    () => squareRoot(graph.read(weights.variables[0])),
    ShapeError,
    /squareRoot: x is f32\[3, 4\] in layout matrix, wanted layout rows/,
  ],
  [
    'lstmCell of units that are not whole fours',
    () => lstmCell(feed([2, 24]), feed([2, 6]))[0],
    ShapeError,
    /lstmCell: cell is f32\[2, 6\], wanted a multiple of four units/,
  ],
  [
    'lstmCell without a gate',
    () => lstmCell(feed([2, 12]), feed([2, 4]))[0],
    ShapeError,
    /lstmCell: gates is f32\[2, 12\], wanted f32\[2, 16\]/,
  ],
  ['concat of nothing', () => concat([]), ShapeError, /got no values/],
  ['concat of scalars', () => concat([feed([]), graph.feed('other', [])]), ShapeError, /input 0 is f32\[\]/],
  [
    'reshape to more elements',
    () => reshape(feed([2, 8]), [3, 8]),
    ShapeError,
    /of 16 elements, wanted 24 for shape \[3,8\]/,
  ],
  ['flatten of a vector', () => flatten(feed([8])), ShapeError, /flatten: x is f32\[8\], wanted rank 2 or more/],
  [
    'flatten of a matrix of parameters',
    () => flatten(graph.read(weights.variables[0])),
    ShapeError,
    /layout matrix, wanted layout rows/,
  ],
  [
    'too few gradients',
    () => assembleGradients(graph, [undefined], weights),
    ShapeError,
    /got 1 gradients, wanted one for each of the 2/,
  ],
  [
    'a gradient of another shape',
    () => assembleGradients(graph, [undefined, feed([5])], weights),
    ShapeError,
    /"bias" is f32\[5\] \(rows\), wanted f32\[4\]/,
  ],
  [
    'a gradient of another layout',
    () => assembleGradients(graph, [feed([3, 4]), undefined], weights),
    ShapeError,
    /"matrix" is f32\[3, 4\] \(rows\), wanted .* \(matrix\)/,
  ],
  [
    'SGD with a gradient of another length',
    () => sgdUpdate(graph.readSet(weights), graph.readSet(state), feed([8]), feed([]), feed([]), sgd),
    ShapeError,
    /sgd: gradient is f32\[8\], wanted f32\[128\]/,
  ],
  [
    'SGD on a computed value',
    () => sgdUpdate(feed([8]), feed([8]), feed([8]), feed([]), feed([]), sgd),
    OwnershipError,
    /sgd: updates its input in place/,
  ],
  [
    'Adam with one rate',
    () => adamUpdate(feed([8]), feed([8]), feed([8]), feed([8]), feed([1]), feed([]), adam),
    ShapeError,
    /rates is f32\[1\], wanted f32\[3\]/,
  ],
  ['a norm of rows', () => gradientNorm(feed([2, 8])), ShapeError, /gradient is f32\[2, 8\]/],
  ['clipping to nothing', () => clipCoefficient(feed([]), 0), AttributeError, /maximum is 0, wanted a positive number/],
  [
    'accumulating another shape',
    () => accumulate(graph.read(weights.variables[1]), feed([5])),
    ShapeError,
    /input 1 is f32\[5\]/,
  ],
  [
    'drop-out with a step that is no integer',
    () => dropout(feed([2, 8]), feed([]), feed([]), draw),
    DTypeError,
    /dropout: step is f32\[\], wanted u32/,
  ],
  [
    'drop path of a vector',
    () => dropPath(feed([8]), feed([]), feed([], 'u32'), draw),
    ShapeError,
    /x is f32\[8\], wanted samples/,
  ],
  [
    'a negative seed',
    () => randomUniform(feed([], 'u32'), { shape: [4], seed: -1, purpose: '' }),
    AttributeError,
    /seed is -1/,
  ],
];

describe('wrong arguments are rejected with got and wanted', () => {
  it.each(cases)('%s', (_, build, type, message) => {
    expect(build).toThrow(type);
    expect(build).toThrow(message);
  });
});
