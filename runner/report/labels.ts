/** Font size of charts, in units of the view box. */
export const FONT_SIZE = 11.5;

/** Font size of wide charts on narrow pages, which shrink them. */
export const PHONE_FONT_SIZE = 15;

/** Distance between a label and the frame. */
export const LABEL_GAP = 5;

/*
 * Widths in ems of DejaVu Sans, the widest of the common system fonts: the page uses the reader's system font, so an estimate
 * may be too wide, but not too narrow.
 */
const WIDTHS: readonly (readonly [letters: RegExp, width: number])[] = [
  [/[ijl|.,:;' ]/, 0.33],
  [/[ftrI()[\]/\u2013-]/, 0.5],
  [/[mwMW@%−+±]/, 0.99],
  [/[A-Z]/, 0.78],
  [/[ -~]/, 0.64],
];

/** Width of a letter of another script. */
const UNKNOWN = 1;

const BOLD = 1.1;

/** Estimated width of text at a font size. */
export function textWidth(text: string, size: number, weight: 'plain' | 'bold' = 'plain'): number {
  let ems = 0;
  for (const letter of text) ems += WIDTHS.find(([letters]) => letters.test(letter))?.[1] ?? UNKNOWN;
  return ems * size * (weight === 'bold' ? BOLD : 1);
}

/** Margin for labels left of a frame. */
export function leftMargin(labels: readonly string[], size: number): number {
  return Math.ceil(widest(labels, size)) + LABEL_GAP;
}

/** Width of the widest label. */
export function widest(labels: readonly string[], size: number, weight: 'plain' | 'bold' = 'plain'): number {
  return labels.reduce((most, label) => Math.max(most, textWidth(label, size, weight)), 0);
}

/** Width of a label, and the position of its centre along an axis, from 0 to 1. */
export interface PlacedLabel {
  readonly at: number;
  readonly width: number;
}

/** Margins before and after an axis. */
export interface Margins {
  readonly before: number;
  readonly after: number;
}

/** Smallest margins, at least `least`, with which no label extends beyond a line of that length. */
export function margins(labels: readonly PlacedLabel[], length: number, least: Margins): Margins {
  let { before, after } = least;
  // A margin shortens the axis, which moves the labels at its other end: a fixed point within a few rounds.
  for (let round = 0; round < 10; round++) {
    const axis = length - before - after;
    before = labels.reduce((most, { at, width }) => Math.max(most, width / 2 - axis * at), least.before);
    after = labels.reduce((most, { at, width }) => Math.max(most, width / 2 - axis * (1 - at)), least.after);
  }
  return { before, after };
}

/** Smallest distance between neighbouring labels. */
const APART = 6;

/** Line height relative to the font size. */
const LINE_HEIGHT = 1.2;

/** Which labels to show beside a vertical axis of that length; `at` from 0 to 1. */
export function spacedUpright(at: readonly number[], length: number, size: number): boolean[] {
  return spaced(
    at.map((place) => ({ at: place, width: LINE_HEIGHT * size - APART })),
    length,
  );
}

/**
 * Which labels to show on an axis of that length without overlaps: all, every second, every third …, including the one at
 * index `kept`.
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
