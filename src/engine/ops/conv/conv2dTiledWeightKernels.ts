import type { KernelCall } from '../../graph/operation.js';
import { physicalShape } from '../../graph/types.js';
import { elementOf } from '../record/kernelCall.js';
import { columnSumCalls } from '../record/reduceCalls.js';
import { outputAxis } from './conv2dGeometry.js';
import { isPointwise } from './conv2dStrips.js';
import {
  fittingShapes,
  leastPadded,
  type TileShape,
  tileConstants,
  tileCount,
  tileRows,
  tileVectors,
} from './conv2dTiles.js';
import { tapUniforms, type WeightGradientCall } from './weightGradientChunks.js';

/**
 * Tile shapes of the gradient by the weights, named by (taps x input channels) x output channels; `rows` counts vec4s of
 * input channels and `depth` pixels.
 */
const SHAPES = {
  'tiled-128x128': { workgroup: 256, columns: 16, rows: 2, block: 2, depth: 8 },
  'tiled-64x64': { workgroup: 256, columns: 16, rows: 1, block: 1, depth: 16 },
  'tiled-128x32': { workgroup: 256, columns: 8, rows: 1, block: 1, depth: 8 },
  'tiled-128x16': { workgroup: 128, columns: 4, rows: 1, block: 1, depth: 8 },
} as const satisfies Record<string, TileShape>;

export type TiledWeightVariant = keyof typeof SHAPES;

/** Workgroups, over all chunks, that keep a GPU of a hundred cores busy. */
const ENOUGH_WORKGROUPS = 512;
/** Least pixels per chunk: fewer do not pay for writing and adding another partial sum. */
const MIN_CHUNK = 256;
/** Pixels from which tiled kernels are faster. */
const ENOUGH_PIXELS = 4096;
/** Workgroups that the largest tiles need, counted with chunks of LARGE_CHUNK pixels, whose partial sums cost little. */
const ENOUGH_LARGE_WORKGROUPS = 256;
const LARGE_CHUNK = 1024;

/** The tiled variants that can compute a gradient, and the default among them; undefined where no tiling is expected to pay. */
export function tiledWeightVariants(call: WeightGradientCall): {
  default?: TiledWeightVariant;
  names: TiledWeightVariant[];
} {
  const { rows, vectors, groups, pixels } = extentsOf(call);
  const names = fittingShapes(SHAPES, vectors);
  const suited = names.filter((name) => {
    const workgroups = tileCount(SHAPES[name], rows, vectors, groups) * Math.ceil(pixels / LARGE_CHUNK);
    return name !== 'tiled-128x128' || workgroups >= ENOUGH_LARGE_WORKGROUPS;
  });
  return { default: pixels < ENOUGH_PIXELS ? undefined : leastPadded(SHAPES, suited, vectors), names };
}

/** Gradient by w for GPUs: partial sums over chunks of pixels, then the sum of the chunks. */
export function tiledWeightGradientCalls(variant: TiledWeightVariant, call: WeightGradientCall): KernelCall[] {
  const { x, dy, dw, scratch } = call;
  const { rows, rowVectors, vectors, groups, pixels } = extentsOf(call);
  const shape = SHAPES[variant];
  const rowTiles = Math.ceil(rows / tileRows(shape));
  const columnTiles = Math.ceil(vectors / tileVectors(shape));
  const tiles = rowTiles * columnTiles * groups;
  // The second stage needs contiguous rows of vec4s.
  const most = dw.stride === dw.vectors ? Math.ceil(Math.min(pixels / MIN_CHUNK, ENOUGH_WORKGROUPS / tiles)) : 1;
  const chunkPixels = Math.ceil(pixels / most);
  const chunks = Math.ceil(pixels / chunkPixels);
  const sums = dw.rows * dw.vectors;
  const partial = chunks === 1 ? dw : { operand: scratch(chunks * sums * 4), offset: 0, stride: dw.vectors };
  const first: KernelCall = {
    kernel: 'conv/conv2dWeightGradientTiled',
    constants: { ...tileConstants(shape), X: elementOf(x.type), Dy: elementOf(dy.type) },
    uniforms: {
      ...tapUniforms(call),
      ...imageUniforms(call),
      rowTiles,
      columnTiles,
      pixels,
      chunkPixels,
      rowVectors,
      columnVectors: vectors,
      wOffset: partial.offset,
      wStride: partial.stride,
      wRows: physicalShape(dw.type)[2],
    },
    bindings: { x: x.operand, dy: dy.operand, dw: partial.operand },
    grid: [tiles, chunks, 1],
  };
  if (chunks === 1) return [first];
  const view = { operand: partial.operand, offset: 0, stride: sums };
  return [first, ...columnSumCalls(view, dw, { groups: 1, rows: chunks, vectors: sums, factor: 1 }, scratch)];
}

/** Extents of the matrix product; its rows are the vec4s of one group's input channels at all taps. */
function extentsOf({ sizes, attributes, x, dy }: WeightGradientCall) {
  const { groups } = attributes;
  const rowVectors = x.vectors / groups;
  return {
    rows: sizes.kernel[0] * sizes.kernel[1] * rowVectors,
    rowVectors,
    vectors: dy.vectors / groups,
    groups,
    pixels: sizes.images * sizes.output[0] * sizes.output[1],
  };
}

function imageUniforms({ sizes, attributes }: WeightGradientCall) {
  const { images, input, output } = sizes;
  const flat = ([0, 1] as const).every((i) => isPointwise(outputAxis(sizes, attributes, i), input[i], output[i]));
  const pixels = images * output[0] * output[1];
  // Pointwise: all pixels are treated as one row.
  if (flat) return { height: 1, width: pixels, xHeight: 1, xWidth: pixels };
  return { height: output[0], width: output[1], xHeight: input[0], xWidth: input[1] };
}
