/** Size of the letters of charts, in the units of a picture. */
export const FONT_SIZE = 11.5;

/** The same of wide pictures on a narrow page, which shrinks them. */
export const PHONE_FONT_SIZE = 15;

/** Between a label and the frame beside it. */
export const LABEL_GAP = 5;

/*
 * Widths in ems. A page takes the reader's system font, so these are those of DejaVu Sans, the widest of those that are
 * common: an estimate may be too wide, not too narrow.
 */
const WIDTHS: readonly (readonly [letters: RegExp, width: number])[] = [
  [/[ijl|.,:;' ]/, 0.33],
  [/[ftrI()[\]/\u2013-]/, 0.5],
  [/[mwMW@%−+±]/, 0.99],
  [/[A-Z]/, 0.78],
  [/[ -~]/, 0.64],
];

/** A letter of another script may fill a square. */
const UNKNOWN = 1;

const BOLD = 1.1;

/** About how wide text is in letters of that size. */
export function textWidth(text: string, size: number, weight: 'plain' | 'bold' = 'plain'): number {
  let ems = 0;
  for (const letter of text) ems += WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? UNKNOWN;
  return ems * size * (weight === 'bold' ? BOLD : 1);
}

/** What labels left of a frame take, with their distance to it. */
export function leftMargin(labels: readonly string[], size: number): number {
  return Math.ceil(widest(labels, size)) + LABEL_GAP;
}

/** The width of the longest. */
export function widest(labels: readonly string[], size: number, weight: 'plain' | 'bold' = 'plain'): number {
  return labels.reduce((most, label) => Math.max(most, textWidth(label, size, weight)), 0);
}

/** A label, and the place of its middle along an axis, from 0 to 1. */
export interface PlacedLabel {
  readonly at: number;
  readonly width: number;
}

/** What is left free before and after an axis. */
export interface Margins {
  readonly before: number;
  readonly after: number;
}

/** The least margins with which no label passes the ends of a line of that length. */
export function margins(labels: readonly PlacedLabel[], length: number, least: Margins): Margins {
  let { before, after } = least;
  // A margin shortens the axis, which moves the labels at its other end: that settles within a few rounds.
  for (let round = 0; round < 10; round++) {
    const axis = length - before - after;
    before = labels.reduce((most, { at, width }) => Math.max(most, width / 2 - axis * at), least.before);
    after = labels.reduce((most, { at, width }) => Math.max(most, width / 2 - axis * (1 - at)), least.after);
  }
  return { before, after };
}

/** Least distance of two labels beside each other. */
const APART = 6;

/** Height of a line of letters of size 1. */
const LINE_HEIGHT = 1.2;

/** Which labels to show beside an upright axis of that length; `at` goes along the axis. */
export function spacedUpright(at: readonly number[], length: number, size: number): boolean[] {
  return spaced(
    at.map((place) => ({ at: place, width: LINE_HEIGHT * size - APART })),
    length,
  );
}

/**
 * Which labels to show on an axis of that length so that they keep apart: all, every second, every third …, the one at
 * `kept` among them.
 */
export function spaced(labels: readonly PlacedLabel[], length: number, kept = 0): boolean[] {
  const shown = (stride: number) => labels.map((_, i) => (i - kept) % stride === 0);
  const isTight = (stride: number) => {
    const left = labels.filter((_, i) => shown(stride)[i]);
    return left.some(({ at, width }, i) => {
      const next = left[i + 1];
      return next !== undefined && (next.at - at) * length < (width + next.width) / 2 + APART;
    });
  };
  let stride = 1;
  while (stride < labels.length && isTight(stride)) stride++;
  return shown(stride);
}
