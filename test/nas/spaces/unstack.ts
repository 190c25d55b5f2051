import * as darts from '../../../src/nas/spaces/darts/relaxedCell.js';
import * as nasbench201 from '../../../src/nas/spaces/nasbench201/cell.js';

/** The part of one edge in a variable that holds the channels of all edges that leave a node, side by side. */
export interface Piece {
  /** The variable that holds it. */
  readonly stacked: string;
  /** Channels of all edges: the variable's last dimension; of a depthwise convolution its last two, flattened. */
  readonly width: number;
  readonly start: number;
  readonly channels: number;
}

/** Pieces by the names of the variables of a network of single operations. Variables outside relaxed cells have none. */
export type Pieces = ReadonlyMap<string, Piece>;

/** Elements of a piece, row-major, among those of the variable that holds it. */
export function elementsOf({ width, start, channels }: Piece, data: ArrayLike<number>): number[] {
  return Array.from(data).filter((_, i) => i % width >= start && i % width < start + channels);
}

/** Writes the elements of a piece into the variable that holds it. */
export function placeElements({ width, start, channels }: Piece, piece: ArrayLike<number>, into: number[]): void {
  Array.from(piece).forEach((value, i) => {
    into[Math.floor(i / channels) * width + start + (i % channels)] = value;
  });
}

/** Columns of a stack in order: for each candidate those of every edge. */
class Columns {
  private end = 0;
  take(count: number): number {
    this.end += count;
    return this.end - count;
  }
}

function rowsFrom(edges: readonly (readonly [number, number])[], node: number): number[] {
  return edges.flatMap(([from], row) => (from === node ? [row] : []));
}

const NORM_PARTS = ['gamma', 'beta', 'mean', 'variance'];

function addNorm(pieces: Map<string, Piece>, name: string, { stacked, ...columns }: Piece): void {
  for (const part of NORM_PARTS) pieces.set(`${name}/${part}`, { ...columns, stacked: `${stacked}/${part}` });
}

/** Of the supernet of NAS-Bench-201. */
export function nasbench201Pieces({ channels: first, cells }: { channels: number; cells: number }): Pieces {
  const pieces = new Map<string, Piece>();
  for (let stage = 0; stage < 3; stage++)
    for (let cell = 0; cell < cells; cell++)
      for (let from = 0; from < nasbench201.NODES - 1; from++) {
        const channels = first * 2 ** stage;
        const name = `stage ${stage}/cell ${cell}`;
        const rows = rowsFrom(nasbench201.EDGES, from);
        const columns = new Columns();
        for (const kernel of ['1x1', '3x3'])
          rows.forEach((row, edge) => {
            const own = `${name}/edge ${row}/${kernel}`;
            const node = `${name}/node ${from}`;
            pieces.set(`${own}/conv/weight`, {
              stacked: `${node}/nor_conv_${kernel}/weight`,
              width: rows.length * channels,
              start: edge * channels,
              channels,
            });
            const width = 2 * rows.length * channels;
            addNorm(pieces, `${own}/norm`, { stacked: `${node}/norm`, width, start: columns.take(channels), channels });
          });
      }
  return pieces;
}

/** Of the search network of DARTS. */
export function dartsPieces({ channels: first, cells }: { channels: number; cells: number }): Pieces {
  const pieces = new Map<string, Piece>();
  let channels = first;
  for (let cell = 0; cell < cells; cell++) {
    const reduction = cell === Math.floor(cells / 3) || cell === Math.floor((2 * cells) / 3);
    if (reduction) channels *= 2;
    for (let from = 0; from <= darts.NODES; from++)
      addNode(pieces, `cell ${cell}`, from, { channels, strided: reduction && from < 2 });
  }
  return pieces;
}

/** Of one node of a DARTS cell, which computes its pools once for all edges. */
function addNode(
  pieces: Map<string, Piece>,
  cell: string,
  from: number,
  { channels, strided }: { channels: number; strided: boolean },
): void {
  const rows = rowsFrom(darts.EDGES, from);
  const node = `${cell}/node ${from}`;
  const columns = new Columns();
  const candidates = strided ? 5 : 4;
  const width = (2 + candidates * rows.length) * channels;
  const norm = (name: string) =>
    addNorm(pieces, `${name}/norm`, { stacked: `${node}/norm`, width, start: columns.take(channels), channels });
  const share = (own: string, part: string, edge: number) =>
    pieces.set(`${own}/${part}/weight`, {
      stacked: `${node}/${own.split('/').slice(2).join('/')}/${part}/weight`,
      width: rows.length * channels,
      start: edge * channels,
      channels,
    });
  for (const pool of ['max_pool_3x3', 'avg_pool_3x3']) norm(`${node}/${pool}`);
  if (strided)
    rows.forEach((row, edge) => {
      const own = `${cell}/edge ${row}/skip_connect`;
      const copy = rows.length > 1 ? `copy ${edge}/` : '';
      for (const half of ['even', 'odd'])
        pieces.set(`${own}/${half}/weight`, {
          stacked: `${node}/skip_connect/${copy}${half}/weight`,
          width: channels / 2,
          start: 0,
          channels: channels / 2,
        });
      norm(own);
    });
  for (const operation of ['sep_conv_3x3', 'sep_conv_5x5'])
    rows.forEach((row, edge) => {
      const own = `${cell}/edge ${row}/${operation}`;
      for (const half of ['first', 'second'])
        for (const part of ['depthwise', 'pointwise']) share(own, `${half}/${part}`, edge);
      addNorm(pieces, `${own}/first/norm`, {
        stacked: `${node}/${operation}/first/norm`,
        width: rows.length * channels,
        start: edge * channels,
        channels,
      });
      norm(`${own}/second`);
    });
  for (const operation of ['dil_conv_3x3', 'dil_conv_5x5'])
    rows.forEach((row, edge) => {
      const own = `${cell}/edge ${row}/${operation}`;
      for (const part of ['depthwise', 'pointwise']) share(own, part, edge);
      norm(own);
    });
}
