import { AttributeError, ShapeError } from '../../errors/errors.js';
import { formatType, type ValueType, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { type Conv2dAttributes, type Conv2dSizes, conv2dSizes } from './conv2dGeometry.js';

/** Attributes of a depthwise convolution; `groups` are the channels. */
export interface DepthwiseAttributes extends Conv2dAttributes {
  /** The input is max(x, 0). */
  readonly relu: boolean;
}

/** Checks attributes and input types. @throws {AttributeError | DTypeError | ShapeError} */
export function depthwiseSizes(name: string, x: ValueType, w: ValueType, attributes: DepthwiseAttributes): Conv2dSizes {
  checkFloat(name, 'x', x);
  checkFloat(name, 'w', w);
  const channels = x.shape.at(-1) ?? 1;
  if (w.shape.length !== 4 || w.layout !== 'rows' || w.shape[3] !== channels)
    throw new ShapeError(
      `${name}: w is ${formatType(w)} (${w.layout}), wanted [kernelHeight, kernelWidth, copies, ${channels}] (rows): x is ${formatType(x)}`,
    );
  const [kernelHeight, kernelWidth, copies] = w.shape;
  if (copies > 1 && channels % 4 !== 0)
    throw new AttributeError(
      `${name}: x has ${channels} channels for ${copies} copies, wanted a multiple of 4: each copy is stored as whole vec4s; pad the channels or use one copy`,
    );
  const grouped = valueType([kernelHeight, kernelWidth, 1, copies * channels]);
  return conv2dSizes(name, x, grouped, { ...attributes, groups: channels });
}
