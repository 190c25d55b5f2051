import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation, TensorView } from '../../graph/operation.js';
import { formatType, type ValueType, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';

interface SubsampleAttributes {
  /** First row and column read. */
  readonly start: readonly number[];
}

interface SubsampleGradientAttributes extends SubsampleAttributes {
  /** Height and width of x. */
  readonly input: readonly number[];
}

/**
 * Subsamples images by 2 in height and width: the pixels that a pointwise convolution of stride 2 reads.
 * @param x f32 [N, H, W, C]
 * @param start first row and first column, each 0 or 1
 * @returns f32 [N, ceil((H - start[0]) / 2), ceil((W - start[1]) / 2), C]
 * @throws {ShapeError} when x has another rank, is in layout matrix, or has no pixel at `start`
 * @throws {AttributeError} when `start` is not a pair of 0 or 1
 * @throws {DTypeError} when x is u32 or f16
 */
export function subsample(x: Value, start: readonly [number, number] = [0, 0]): Value {
  return x.graph.apply(subsampleOperation, [x], { start: [...start] })[0];
}

export const subsampleOperation: Operation<SubsampleAttributes> = {
  name: 'subsample',
  infer: ([x], attributes) => [sampledType('subsample', x, attributes)],
  lower: ({ inputs: [x], outputs: [y], attributes }) => [
    {
      kernel: 'copy/subsample',
      uniforms: {
        ...pixels(y, attributes),
        xHeight: x.type.shape[1],
        xWidth: x.type.shape[2],
        ...viewUniforms('x', x),
        ...viewUniforms('y', y),
      },
      bindings: { x: x.operand, y: y.operand },
      grid: gridOf(y.rows * y.vectors),
    },
  ],
  gradient: ({ inputs: [x], outputGradients: [dy], attributes }) => [
    dy?.graph.apply(subsampleGradientOperation, [dy], { ...attributes, input: x.shape.slice(1, 3) })[0],
  ],
  reference: ([x], attributes) => {
    const { shape } = sampledType('subsample', valueType(x.shape), attributes);
    const y = new Float64Array(shape.reduce((a, b) => a * b, 1));
    forEachSample(shape, x.shape, attributes, (to, from) => {
      y[to] = x.data[from];
    });
    return [y];
  },
  cost: (_, [y]) => trafficOnly([y], [y]),
  reductionLength: () => 1,
  samples: [
    { name: 'even pixels', inputs: [{ shape: [2, 6, 8, 6] }], attributes: { start: [0, 0] } },
    { name: 'odd pixels', inputs: [{ shape: [2, 6, 8, 6] }], attributes: { start: [1, 1] } },
    { name: 'odd extents', inputs: [{ shape: [1, 5, 7, 4] }], attributes: { start: [0, 1] } },
  ],
};

/** Gradient of `subsample`: dy at the pixels that were read, zero elsewhere. */
export const subsampleGradientOperation: Operation<SubsampleGradientAttributes> = {
  name: 'subsampleGradient',
  infer: ([dy], attributes) => {
    const [images, , , channels] = dy.shape;
    const x = valueType([images, ...attributes.input, channels]);
    const wanted = sampledType('subsampleGradient', x, attributes);
    if (String(dy.shape) !== String(wanted.shape))
      throw new ShapeError(`subsampleGradient: dy is ${formatType(dy)}, wanted ${formatType(wanted)}`);
    return [x];
  },
  lower: ({ inputs: [dy], outputs: [dx], attributes }) => [
    {
      kernel: 'copy/subsampleGradient',
      uniforms: {
        ...pixels(dx, attributes),
        yHeight: dy.type.shape[1],
        yWidth: dy.type.shape[2],
        ...viewUniforms('dy', dy),
        ...viewUniforms('dx', dx),
      },
      bindings: { dy: dy.operand, dx: dx.operand },
      grid: gridOf(dx.rows * dx.vectors),
    },
  ],
  reference: ([dy], attributes) => {
    const shape = [dy.shape[0], ...attributes.input, dy.shape[3]];
    const dx = new Float64Array(shape.reduce((a, b) => a * b, 1));
    forEachSample(dy.shape, shape, attributes, (from, to) => {
      dx[to] = dy.data[from];
    });
    return [dx];
  },
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'even pixels', inputs: [{ shape: [2, 3, 4, 6] }], attributes: { start: [0, 0], input: [6, 8] } },
    { name: 'odd pixels', inputs: [{ shape: [2, 3, 4, 6] }], attributes: { start: [1, 1], input: [6, 8] } },
    { name: 'odd extents', inputs: [{ shape: [1, 3, 3, 4] }], attributes: { start: [0, 1], input: [5, 7] } },
  ],
};

function sampledType(name: string, x: ValueType, { start }: SubsampleAttributes): ValueType {
  checkFloat(name, 'x', x);
  if (x.shape.length !== 4 || x.layout !== 'rows')
    throw new ShapeError(`${name}: x is ${formatType(x)}, wanted [images, height, width, channels]`);
  const [images, height, width, channels] = x.shape;
  if (start.length !== 2 || start.some((first) => first !== 0 && first !== 1))
    throw new AttributeError(`${name}: start is [${start}], wanted 0 or 1 for rows and for columns`);
  if (height <= start[0] || width <= start[1])
    throw new ShapeError(`${name}: x is ${formatType(x)}, which has no pixel at row ${start[0]}, column ${start[1]}`);
  return valueType([images, Math.ceil((height - start[0]) / 2), Math.ceil((width - start[1]) / 2), channels]);
}

/** Uniforms of a kernel with one invocation per vec4 of the images. */
function pixels({ type, rows, vectors }: TensorView, { start }: SubsampleAttributes): Record<string, number> {
  return { rows, vectors, height: type.shape[1], width: type.shape[2], rowStart: start[0], columnStart: start[1] };
}

/** Visits every element of the subsampled images with its index there and in the full images. */
function forEachSample(
  sampled: readonly number[],
  whole: readonly number[],
  { start }: SubsampleAttributes,
  visit: (sampled: number, whole: number) => void,
): void {
  const [images, height, width, channels] = sampled;
  for (let n = 0; n < images; n++)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++)
        for (let c = 0; c < channels; c++) {
          const pixel = (n * whole[1] + 2 * i + start[0]) * whole[2] + 2 * j + start[1];
          visit(((n * height + i) * width + j) * channels + c, pixel * channels + c);
        }
}
