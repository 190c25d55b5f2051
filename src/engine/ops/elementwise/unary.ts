import type { Value } from '../../graph/graph.js';
import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { KernelCall, Operation, Sample, SampleFill, TensorView } from '../../graph/operation.js';
import { channelsOf } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { checkSameShape, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { rowLoop } from '../record/rowLoop.js';
import { checkRows } from '../record/shapeChecks.js';

type NoAttributes = Record<string, never>;

/**
 * Logistic sigmoid, 1 / (1 + exp(-x)), computed without overflow for any x.
 * @param x f32 of any shape, in layout rows
 * @returns a value of the type of x
 * @throws {DTypeError} when x is u32 or f16
 * @throws {ShapeError} when x is in layout matrix
 */
export function sigmoid(x: Value): Value {
  return x.graph.apply(sigmoidOperation, [x], {})[0];
}

/**
 * Hyperbolic tangent, computed without overflow for any x.
 * @param x f32 of any shape, in layout rows
 * @returns a value of the type of x
 * @throws {DTypeError} when x is u32 or f16
 * @throws {ShapeError} when x is in layout matrix
 */
export function tanh(x: Value): Value {
  return x.graph.apply(tanhOperation, [x], {})[0];
}

/**
 * 1 / x.
 * @param x f32 of any shape, in layout rows; elements other than zero
 * @returns a value of the type of x
 * @throws {DTypeError} when x is u32 or f16
 * @throws {ShapeError} when x is in layout matrix
 */
export function reciprocal(x: Value): Value {
  return x.graph.apply(reciprocalOperation, [x], {})[0];
}

/**
 * Square root.
 * @param x f32 of any shape, in layout rows; elements above zero, where the derivative exists
 * @returns a value of the type of x
 * @throws {DTypeError} when x is u32 or f16
 * @throws {ShapeError} when x is in layout matrix
 */
export function squareRoot(x: Value): Value {
  return x.graph.apply(squareRootOperation, [x], {})[0];
}

/** An elementwise function whose derivative is a function of its result. */
interface UnaryFunction {
  readonly name: string;
  /** Number of the function in the shader. */
  readonly index: number;
  readonly value: (x: number) => number;
  /** The derivative as a function of the result y. */
  readonly derivative: (y: number) => number;
  readonly fill: SampleFill;
  /** Inputs at which a naive formula overflows or loses digits. */
  readonly extremes?: readonly number[];
}

const SIGMOID: UnaryFunction = {
  name: 'sigmoid',
  index: 0,
  value: (x) => 1 / (1 + Math.exp(-x)),
  derivative: (y) => y * (1 - y),
  fill: 'normal',
  extremes: [-1e30, -200, -20, -1e-4, 0, 1e-4, 20, 200, 1e30],
};

const TANH: UnaryFunction = {
  name: 'tanh',
  index: 1,
  value: Math.tanh,
  derivative: (y) => 1 - y * y,
  fill: 'normal',
  extremes: [-1e30, -200, -0.142, -0.141, 1e-4, 0.14, 0.15, 200, 1e30],
};

const RECIPROCAL: UnaryFunction = {
  name: 'reciprocal',
  index: 2,
  value: (x) => 1 / x,
  derivative: (y) => -y * y,
  fill: 'positive',
  extremes: [-8, -3, -0.5, 1, 2, 5, 7, 11, 0.25],
};

const SQUARE_ROOT: UnaryFunction = {
  name: 'squareRoot',
  index: 3,
  value: Math.sqrt,
  derivative: (y) => 0.5 / y,
  fill: 'positive',
};

export const sigmoidOperation = forward(SIGMOID, () => sigmoidGradientOperation);
export const sigmoidGradientOperation = backward(SIGMOID);
export const tanhOperation = forward(TANH, () => tanhGradientOperation);
export const tanhGradientOperation = backward(TANH);
export const reciprocalOperation = forward(RECIPROCAL, () => reciprocalGradientOperation);
export const reciprocalGradientOperation = backward(RECIPROCAL);
export const squareRootOperation = forward(SQUARE_ROOT, () => squareRootGradientOperation);
export const squareRootGradientOperation = backward(SQUARE_ROOT);

function forward(
  { name, index, value, fill, extremes }: UnaryFunction,
  gradient: () => Operation<NoAttributes>,
): Operation<NoAttributes> {
  const samples: Sample<NoAttributes>[] = [
    { name: 'odd sizes', inputs: [{ shape: [2, 5, 3, 7], fill }], attributes: {} },
    { name: 'more rows than invocations', inputs: [{ shape: [4111, 14], fill }], attributes: {} },
    { name: 'a scalar', inputs: [{ shape: [], fill }], attributes: {} },
  ];
  if (extremes)
    samples.push({
      name: 'extremes',
      inputs: [{ shape: [extremes.length], fill: { values: extremes } }],
      attributes: {},
      smooth: false,
    });
  return {
    name,
    infer: ([x]) => {
      checkFloat(name, 'x', x);
      checkRows(name, 'x', x);
      return [x];
    },
    lower: ({ inputs: [x], outputs: [y], target }) => [call(index, x, undefined, y, target)],
    gradient: ({ outputs: [y], outputGradients: [dy] }) => [dy && y.graph.apply(gradient(), [dy, y], {})[0]],
    reference: ([x]) => [x.data.map(value)],
    cost: trafficOnly,
    reductionLength: () => 1,
    samples,
  };
}

/** The gradient. Inputs: dy, the function's result y. */
function backward(of: UnaryFunction): Operation<NoAttributes> {
  const name = `${of.name}Gradient`;
  const inputs = (shape: readonly number[]) => [{ shape }, { shape, fill: of.fill }];
  return {
    name,
    infer: (types) => {
      checkSameShape(name, types);
      checkFloat(name, 'dy', types[0]);
      checkRows(name, 'dy', types[0]);
      return [types[0]];
    },
    lower: ({ inputs: [dy, result], outputs: [dx], target }) => [call(of.index, dy, result, dx, target)],
    reference: ([dy, y]) => [dy.data.map((value, i) => value * of.derivative(y.data[i]))],
    cost: trafficOnly,
    reductionLength: () => 1,
    samples: [
      { name: 'odd sizes', inputs: inputs([2, 5, 3, 7]), attributes: {} },
      { name: 'more rows than invocations', inputs: inputs([4111, 14]), attributes: {} },
    ],
  };
}

/** The kernel call. @param result the forward result, for the gradient; absent for the function itself */
function call(
  index: number,
  x: TensorView,
  result: TensorView | undefined,
  y: TensorView,
  target: KernelTarget,
): KernelCall {
  const { uniforms, grid } = rowLoop(y.rows, y.vectors, target);
  return {
    kernel: 'elementwise/unary',
    constants: { FUNCTION: index, GRADIENT: result !== undefined },
    uniforms: {
      ...uniforms,
      channels: channelsOf(y.type),
      ...viewUniforms('x', x),
      ...viewUniforms('result', result ?? x),
      ...viewUniforms('y', y),
    },
    bindings: { x: x.operand, result: (result ?? x).operand, y: y.operand },
    grid,
  };
}
