import type { KernelCall } from '../../graph/operation.js';

/**
 * How a workgroup of a tiled kernel divides its part of a matrix product: tiles of `lines * rows` x `columns * block` elements
 * of the result, where an element is a pixel, or a vec4 of input channels, by a vec4 of output channels.
 */
export interface TileShape {
  /** Invocations. */
  readonly workgroup: number;
  /** Invocations across output channels; `workgroup / columns` are across the rows of the product. */
  readonly columns: number;
  /** Rows and vec4s of output channels that an invocation computes. */
  readonly rows: number;
  readonly block: number;
  /** Units of the inner dimension that a step takes. */
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

/** Tiles of a product of some rows and, in each of the groups, vec4s of output channels. */
export function tileCount(shape: TileShape, rows: number, vectors: number, groups: number): number {
  return Math.ceil(rows / tileRows(shape)) * Math.ceil(vectors / tileVectors(shape)) * groups;
}

/** The shape as constants of a tiled kernel. */
export function tileConstants({
  workgroup,
  columns,
  rows,
  block,
  depth,
}: TileShape): NonNullable<KernelCall['constants']> {
  return { WORKGROUP: workgroup, COLUMNS: columns, ROWS: rows, BLOCK: block, DEPTH: depth };
}

/** Shapes, by name, of which at most half would lie beyond the output channels. */
export function fittingShapes<N extends string>(shapes: Readonly<Record<N, TileShape>>, vectors: number): N[] {
  return (Object.keys(shapes) as N[]).filter((name) => tileVectors(shapes[name]) <= 2 * vectors);
}

/**
 * Of some shapes, the one that computes the fewest vec4s beyond the output channels, less than there are within them; of
 * equals, the first: larger tiles, which load less for what they compute, come first.
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
