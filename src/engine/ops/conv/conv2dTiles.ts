import type { KernelCall } from '../../graph/operation.js';

/**
 * Shape of a tiled kernel: a workgroup computes (workgroup / columns * rows) x (columns * block) elements of a matrix
 * product, where an element is a pixel, or a vec4 of input channels, by a vec4 of output channels.
 */
export interface TileShape {
  /** Invocations per workgroup. */
  readonly workgroup: number;
  /** Invocations along the output channels; there are `workgroup / columns` along the rows of the product. */
  readonly columns: number;
  /** Rows per invocation. */
  readonly rows: number;
  /** vec4s of output channels per invocation. */
  readonly block: number;
  /** Units of the inner dimension per step. */
  readonly depth: number;
}

/** Rows of the product in a tile. */
export function tileRows({ workgroup, columns, rows }: TileShape): number {
  return (workgroup / columns) * rows;
}

/** vec4s of output channels in a tile. */
export function tileVectors({ columns, block }: TileShape): number {
  return columns * block;
}

/** Number of tiles of a product. @param vectors vec4s of output channels per group */
export function tileCount(shape: TileShape, rows: number, vectors: number, groups: number): number {
  return Math.ceil(rows / tileRows(shape)) * Math.ceil(vectors / tileVectors(shape)) * groups;
}

/** The shape as shader constants of a tiled kernel. */
export function tileConstants({
  workgroup,
  columns,
  rows,
  block,
  depth,
}: TileShape): NonNullable<KernelCall['constants']> {
  return { WORKGROUP: workgroup, COLUMNS: columns, ROWS: rows, BLOCK: block, DEPTH: depth };
}

/** Names of the shapes of which at most half lies beyond the output channels. */
export function fittingShapes<N extends string>(shapes: Readonly<Record<N, TileShape>>, vectors: number): N[] {
  return (Object.keys(shapes) as N[]).filter((name) => tileVectors(shapes[name]) <= 2 * vectors);
}

/**
 * The shape that computes the fewest vec4s beyond the output channels, and fewer than there are output channels. Of equals
 * the first: larger tiles, which load less per multiplication, come first.
 */
export function leastPadded<N extends string>(
  shapes: Readonly<Record<N, TileShape>>,
  names: readonly N[],
  vectors: number,
): N | undefined {
  let best: N | undefined;
  let least = 2 * vectors;
  for (const name of names) {
    const padded = Math.ceil(vectors / tileVectors(shapes[name])) * tileVectors(shapes[name]);
    if (padded < least) {
      best = name;
      least = padded;
    }
  }
  return best;
}
