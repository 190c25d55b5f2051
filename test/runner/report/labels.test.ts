import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FONT_SIZE, leftMargin, margins, spaced, spacedUpright, textWidth } from '../../../runner/report/labels.js';
import { plot, SMALL, WIDE } from '../../../runner/report/plot.js';
import { type Scale, scaleOver } from '../../../runner/report/scale.js';

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const labels = fc
  .array(fc.record({ at: fraction, width: fc.double({ min: 0, max: 60, noNaN: true }) }), { maxLength: 8 })
  .map((list) => list.toSorted((a, b) => a.at - b.at));

describe('the margins of a chart', () => {
  const drawn = (y: Scale, digits: number, size = SMALL) =>
    String(
      plot({
        label: 'a chart',
        size,
        x: { scale: scaleOver([0, 1000], 5, { min: 0, max: 1000 }), title: 'across', tickText: String },
        y: { scale: y, title: 'up', tickText: (tick) => tick.toFixed(digits) },
        content: () => '',
      }),
    );

  it('depend on the longest label: none left of the frame starts outside the picture', () => {
    for (const size of [SMALL, WIDE])
      for (const digits of [0, 1, 2, 4, 6]) {
        const svg = drawn(scaleOver([0.2, 0.2015], 5), digits, size);
        const texts = [...svg.matchAll(/<text x="([\d.]+)" y="[\d.]+" dy="0.35em" text-anchor="end">([^<]+)</g)];
        expect(texts.length).toBeGreaterThan(1);
        for (const [, end, text] of texts)
          expect(Number(end)).toBeGreaterThanOrEqual(textWidth(text, size.letters) - 0.1);
      }
  });

  it('leave space for the whole last label below the frame', () => {
    const texts = [...drawn(scaleOver([0, 1], 5), 1).matchAll(/<text x="([\d.]+)" [^>]*middle">(\d+)</g)];
    const [, x, text] = texts.at(-1)!;
    expect(text).toBe('1000');
    expect(Number(x) + textWidth(text, FONT_SIZE) / 2).toBeLessThanOrEqual(SMALL.width + 0.1);
  });

  it('grow with the number of letters', () => {
    expect(leftMargin(['0.2', '0.2000'], FONT_SIZE)).toBeGreaterThan(leftMargin(['0.2', '0.4'], FONT_SIZE));
    expect(leftMargin(['0.2', '0.2000'], FONT_SIZE)).toBe(leftMargin(['0.2000'], FONT_SIZE));
  });

  it('keep every label within the picture, for any labels, and are no larger than needed', () => {
    const least = { before: 0, after: 0 };
    fc.assert(
      fc.property(labels, (list) => {
        const { before, after } = margins(list, 300, least);
        const starts = list.map(({ at, width }) => before + (300 - before - after) * at - width / 2);
        const ends = list.map(({ width }, i) => starts[i] + width);
        expect(Math.min(0, ...starts)).toBeGreaterThanOrEqual(-0.5);
        expect(Math.max(300, ...ends)).toBeLessThanOrEqual(300.5);
        if (before > 0) expect(Math.min(...starts)).toBeLessThanOrEqual(0.5);
        if (after > 0) expect(Math.max(...ends)).toBeGreaterThanOrEqual(299.5);
      }),
    );
  });
});

describe('the labels of an axis', () => {
  it('do not overlap, for any number and width', () => {
    fc.assert(
      fc.property(labels, (list) => {
        const isShown = spaced(list, 300);
        const shown = list.filter((_, i) => isShown[i]);
        expect(shown.length).toBeGreaterThanOrEqual(Math.min(1, list.length));
        for (const [i, { at, width }] of shown.slice(1).entries())
          expect(300 * (at - shown[i].at)).toBeGreaterThan((width + shown[i].width) / 2);
      }),
    );
  });

  it('are all shown if they fit, and every second one if not, including the required one', () => {
    const list = [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, width: 40 }));
    expect(spaced(list, 300)).toEqual([true, true, true, true, true, true]);
    expect(spaced(list, 150)).toEqual([true, false, true, false, true, false]);
    expect(spaced(list, 150, 3)).toEqual([false, true, false, true, false, true]);
  });

  it('need the height of a line beside an upright axis', () => {
    expect(spacedUpright([0, 0.5, 1], 40, FONT_SIZE)).toEqual([true, true, true]);
    expect(spacedUpright([0, 0.5, 1], 20, FONT_SIZE)).toEqual([true, false, true]);
  });
});
