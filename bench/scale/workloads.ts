/** A relaxed network of one edge a cell: what a step costs follows from these numbers. */
export interface ScaleWorkload {
  readonly batch: number;
  readonly channels: number;
  /** Edges one after the other. */
  readonly cells: number;
  /** Edge of the images in pixels. */
  readonly size: number;
  /** Operations of an edge, of which the architecture parameters weigh each. */
  readonly candidates: number;
}

export type Axis = keyof ScaleWorkload;

const BASE: ScaleWorkload = { batch: 16, channels: 16, cells: 2, size: 16, candidates: 4 };

const VALUES: Readonly<Record<Axis, readonly number[]>> = {
  batch: [4, 8, 16, 32, 64],
  channels: [4, 8, 16, 32, 64],
  cells: [1, 2, 4, 8],
  size: [8, 16, 32, 64],
  candidates: [1, 2, 4, 8, 16],
};

export interface ScalePoint {
  readonly name: string;
  readonly axis: Axis;
  readonly value: number;
  readonly workload: ScaleWorkload;
}

/** One axis varied at a time, all else as in the base. */
export const SCALE_POINTS: readonly ScalePoint[] = (Object.keys(VALUES) as Axis[]).flatMap((axis) =>
  VALUES[axis].map((value) => ({
    name: `${axis}_${value}`,
    axis,
    value,
    workload: { ...BASE, [axis]: value },
  })),
);

/** The base, for people. */
export const BASE_TEXT = Object.entries(BASE)
  .map(([axis, value]) => `${axis} ${value}`)
  .join(', ');
