import { AttributeError } from '../../engine/errors/errors.js';
import { UnknownNameError } from '../errors/errors.js';
import type { Space } from '../spaces/shared/space.js';
import { encodeAdjacency } from './adjacency.js';
import { encodePaths } from './paths.js';
import type { EncodingName, Features } from './predictor.js';

type Encoder = <A>(space: Space<A>, architectures: readonly A[]) => Features;

const encoders: Readonly<Record<EncodingName, Encoder>> = {
  'one-hot': encodeOneHot,
  adjacency: encodeAdjacency,
  path: (space, architectures) => encodePaths(space, architectures),
};

export const ENCODING_NAMES = Object.keys(encoders) as readonly EncodingName[];

/**
 * Encodes architectures as rows of numbers.
 * @throws {UnknownNameError} when there is no such encoding
 */
export function encode<A>(space: Space<A>, architectures: readonly A[], name: EncodingName): Features {
  if (!Object.hasOwn(encoders, name)) throw new UnknownNameError('Encoding', name, ENCODING_NAMES);
  return encoders[name](space, architectures);
}

const wholeSpaces = new WeakMap<object, Map<EncodingName, Features>>();

/**
 * Encodes every architecture of a space in the order of `enumerate`, which may differ from a table's. The result is cached: do not
 * modify it.
 */
export function encodeSpace(space: Space, name: EncodingName): Features {
  let kept = wholeSpaces.get(space);
  if (!kept) wholeSpaces.set(space, (kept = new Map()));
  let features = kept.get(name);
  if (!features) kept.set(name, (features = encode(space, [...space.enumerate()], name)));
  return features;
}

/** The concatenated one-hot vectors of all choices. */
function encodeOneHot<A>(space: Space<A>, architectures: readonly A[]): Features {
  const offsets: number[] = [];
  let width = 0;
  for (const choice of space.choices) {
    offsets.push(width);
    width += choice.options.length;
  }
  const values = new Float32Array(architectures.length * width);
  architectures.forEach((architecture, row) => {
    const decisions = space.decisions(architecture);
    for (let i = 0; i < offsets.length; i++) values[row * width + offsets[i] + decisions[i]] = 1;
  });
  return { rows: architectures.length, width, values };
}

/** The given rows, in the given order. @throws {AttributeError} when a row is out of range */
export function selectRows(features: Features, rows: ArrayLike<number>): Features {
  const { width } = features;
  const values = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Number.isInteger(row) || row < 0 || row >= features.rows)
      throw new AttributeError(`selectRows: row ${row}, wanted a whole number from 0 to ${features.rows - 1}`);
    values.set(features.values.subarray(row * width, (row + 1) * width), i * width);
  }
  return { rows: rows.length, width, values };
}

/**
 * Appends columns, such as parameters or zero-cost scores, each standardised over the rows. Numbers that are not finite are replaced
 * by the mean.
 * @param columns one number for each row
 * @throws {AttributeError} when a column has another length
 */
export function withColumns(features: Features, columns: readonly ArrayLike<number>[]): Features {
  const { rows, width } = features;
  const total = width + columns.length;
  const values = new Float32Array(rows * total);
  for (let row = 0; row < rows; row++)
    values.set(features.values.subarray(row * width, (row + 1) * width), row * total);
  columns.forEach((column, index) => {
    if (column.length !== rows)
      throw new AttributeError(
        `withColumns: column ${index} has ${column.length} numbers, wanted one for each of ${rows} rows`,
      );
    const { mean, deviation } = moments(column);
    for (let row = 0; row < rows; row++)
      values[row * total + width + index] = Number.isFinite(column[row]) ? (column[row] - mean) / deviation : 0;
  });
  return { rows, width: total, values };
}

/** Mean and deviation of the finite numbers; a deviation of 0 is replaced by 1. */
function moments(column: ArrayLike<number>): { mean: number; deviation: number } {
  const known = Array.from(column).filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, known.length)) || 1 };
}
