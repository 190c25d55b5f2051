import type { KernelCall } from '../../graph/operation.js';
import { type Axes, type Conv2dCall, channelUniforms, elementTypes, pixelUniforms } from './conv2dStrips.js';
import {
  fittingShapes,
  leastPadded,
  type TileShape,
  tileConstants,
  tileCount,
  tileRows,
  tileVectors,
} from './conv2dTiles.js';

/**
 * Tile shapes of the implicit matrix product, named by pixels x output channels; `depth` counts vec4s of input channels. A
 * pair of double-buffered tiles takes at most the 16 KiB of workgroup memory that every device has. With 8 x 8 sums per
 * invocation each multiplication reads half as much workgroup memory as with 4 x 4 sums, but a product has a quarter of the
 * tiles to fill a GPU.
 */
const SHAPES = {
  'tiled-128x128': { workgroup: 256, columns: 16, rows: 8, block: 2, depth: 2 },
  'tiled-64x64': { workgroup: 256, columns: 16, rows: 4, block: 1, depth: 4 },
  'tiled-128x32': { workgroup: 256, columns: 8, rows: 4, block: 1, depth: 2 },
  'tiled-32x32': { workgroup: 64, columns: 8, rows: 4, block: 1, depth: 2 },
  'tiled-128x16': { workgroup: 128, columns: 4, rows: 4, block: 1, depth: 2 },
} as const satisfies Record<string, TileShape>;

export type TiledVariant = keyof typeof SHAPES;

/** Number of tiles that keeps a GPU of a hundred cores busy; below it smaller tiles or kernels without tiles are used. */
const ENOUGH_TILES = 128;
/** The same for the largest tiles, which are given up sooner. */
const ENOUGH_LARGE_TILES = 256;

/** Most workgroups in y; further ones go into z. */
const FOLD = 32768;

/** Rows (pixels), vec4s of output channels per group, and groups of a product. */
export interface TiledProduct {
  readonly pixels: number;
  readonly vectors: number;
  readonly groups: number;
}

/** The tiled variants that can compute a product, and the default among them; undefined where no tiling is expected to pay. */
export function tiledVariants({ pixels, vectors, groups }: TiledProduct): {
  default?: TiledVariant;
  names: TiledVariant[];
} {
  const names = fittingShapes(SHAPES, vectors);
  const enough = names.filter((name) => {
    const least = name === 'tiled-128x128' ? ENOUGH_LARGE_TILES : ENOUGH_TILES;
    return tileCount(SHAPES[name], pixels, vectors, groups) >= least;
  });
  return { default: leastPadded(SHAPES, enough, vectors), names };
}

/** Whether a name is that of a tiled variant. */
export function isTiledVariant(name: string): name is TiledVariant {
  return name in SHAPES;
}

/** Kernel call of the tiled dense kernel, for GPUs. */
export function tiledCall(variant: TiledVariant, call: Conv2dCall, axes: Axes, transposed: boolean): KernelCall {
  const { x, w, y, bias } = call;
  const { groups } = call.attributes;
  const shape = SHAPES[variant];
  const { pixels, uniforms } = pixelUniforms(call, axes);
  const columnTiles = Math.ceil(y.vectors / groups / tileVectors(shape));
  const tiles = Math.ceil(pixels / tileRows(shape));
  return {
    kernel: 'conv/conv2dTiled',
    constants: { ...tileConstants(shape), TRANSPOSED: transposed, ...elementTypes(call) },
    uniforms: { ...uniforms, ...channelUniforms(call, transposed), pixels, columnTiles },
    bindings: { x: x.operand, w: w.operand, bias: (bias ?? w).operand, y: y.operand },
    grid: [columnTiles * groups, Math.min(tiles, FOLD), Math.ceil(tiles / FOLD)],
  };
}
