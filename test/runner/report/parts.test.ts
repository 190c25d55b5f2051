import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amount,
  decimal,
  listed,
  percent,
  plural,
  rangeText,
  signed,
  spreadText,
} from '../../../runner/progress/numbers.js';
import { contrast, heatSwatch } from '../../../runner/report/colour.js';
import { csv } from '../../../runner/report/csv.js';
import { graphviz } from '../../../runner/report/graphviz.js';
import { html, jsonScript } from '../../../runner/report/html.js';
import { columnsText } from '../../../runner/report/measurement.js';
import { pictureOf } from '../../../runner/report/picture.js';
import { secondsText } from '../../../runner/report/predictions.js';
import { scaleOver } from '../../../runner/report/scale.js';
import { axisOver } from '../../../runner/report/scatter.js';

/** The grammar of RFC 4180, section 2, read back. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const start = field.lastIndex;
    const match = field.exec(text);
    if (!match) throw new Error(`no field at ${start}: ${text.slice(start, start + 40)}`);
    row.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

describe('csv', () => {
  it('preserves any text and number through a reader of RFC 4180', () => {
    const value = fc.oneof(fc.string(), fc.constantFrom('"', ',', '\r\n', 'a"b,c\nd', ''));
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
      );
    fc.assert(
      fc.property(table, ([header, ...rows]) => {
        expect(parseCsv(csv(header, rows))).toEqual([header, ...rows]);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Number(parseCsv(csv(['x'], [[number]]))[1][0])).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  it('leaves fields empty for numbers that are missing or not finite', () => {
    expect(csv(['a', 'b', 'c'], [[null, Number.NaN, undefined]])).toBe('a,b,c\r\n,,\r\n');
  });
});

describe('html', () => {
  it('escapes what is inserted and nothing else', () => {
    expect(html`<b>${'<i>&"\''}</b>${[1, html`<br>`, null, false]}`.text).toBe('<b>&lt;i&gt;&amp;&quot;&#39;</b>1<br>');
    expect(html`${'a\u0000b\u001bc\td\ud800'}`.text).toBe('a\ufffdb\ufffdc\td\ufffd');
  });

  it('writes no script end tag into a data block', () => {
    const data = { name: '</script><!-- & \u2028' };
    const text = jsonScript('x', data).text;
    const inside = text.slice(text.indexOf('>') + 1, text.lastIndexOf('<'));
    expect(inside).not.toMatch(/[<>&]/);
    expect(JSON.parse(inside)).toEqual(data);
  });
});

describe('numbers', () => {
  it('writes numbers as a reader expects them', () => {
    expect([0.7634, Number.NaN, null].map((value) => percent(value))).toEqual(['76.3', '–', '–']);
    expect([-1.25, -0.001, 2].map((value) => decimal(value, 1))).toEqual(['−1.3', '0.0', '2.0']);
    expect([3.14, -3.14, 0].map((value) => signed(value, 1))).toEqual(['+3.1', '−3.1', '+0.0']);
    expect([73_306, 1_531_546, 220_119_680, 3e9].map(amount)).toEqual(['73,306', '1.53 M', '220.1 M', '3.00 G']);
    expect([plural(1, 'seed'), plural(2, 'search', 'searches')]).toEqual(['1 seed', '2 searches']);
    expect([listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['a', 'a, b and c']);
    expect([rangeText([0, 1, 2, 3]), rangeText([0, 2, 7]), rangeText([4])]).toEqual(['0 to 3', '0, 2 and 7', '4']);
    expect(spreadText({ mean: 93.7, deviation: 0.364, count: 500 }, 2)).toBe('93.70 ± 0.36');
    expect(spreadText({ mean: 93.7, deviation: 0, count: 1 }, 2)).toBe('93.70');
    expect([0.00321, 0.0321, 0.5, 75].map(secondsText)).toEqual(['3.2 ms', '32 ms', '0.5 s', '1 min 15 s']);
  });
});

describe('heatSwatch', () => {
  it('keeps text readable (WCAG AA, 4.5) and lightness in order over the whole scale, in both themes', () => {
    const rgb = (hex: string) =>
      [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as [number, number, number];
    for (const theme of ['light', 'dark'] as const) {
      const againstBlack: number[] = [];
      for (let step = 0; step <= 100; step++) {
        const { background, text } = heatSwatch(step / 100, theme);
        expect(contrast(rgb(background), rgb(text))).toBeGreaterThanOrEqual(4.5);
        againstBlack.push(contrast(rgb(background), [0, 0, 0]));
      }
      const sorted = [...againstBlack].sort((a, b) => (theme === 'light' ? b - a : a - b));
      expect(againstBlack).toEqual(sorted);
    }
  });

  it('measures contrast as WCAG does', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 10);
    // #767676 on white is the well-known lightest grey of 4.54.
    expect(contrast([0x76, 0x76, 0x76], [255, 255, 255])).toBeCloseTo(4.54, 2);
  });
});

describe('scaleOver', () => {
  it('contains all values and round ticks, for any values', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 10 });
    fc.assert(
      fc.property(values, (list) => {
        const scale = scaleOver(list, 5);
        for (const value of [...list, ...scale.ticks]) {
          expect(scale.at(value)).toBeGreaterThanOrEqual(-1e-9);
          expect(scale.at(value)).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
        expect(scale.ticks.length).toBeLessThanOrEqual(7);
      }),
      { examples: [[[5e-324, 0]], [[1e6, 1e6 + 1e-10]], [[0]], [[]]] },
    );
  });

  it('labels zero without a sign', () => {
    for (const values of [
      [0, 100],
      [-1, 1],
    ])
      expect(scaleOver(values, 5).ticks.some((tick) => Object.is(tick, -0))).toBe(false);
  });

  it('never exceeds its bounds, and omits values that are not finite', () => {
    const scale = scaleOver([0.99, 0.5, Number.NaN, Number.POSITIVE_INFINITY], 6, { min: 0, max: 1 });
    expect(scale.at(1)).toBe(1);
    expect(scale.ticks.map((tick) => tick.toFixed(scale.digits))).toEqual(['0.5', '0.6', '0.7', '0.8', '0.9', '1.0']);
  });
});

describe('axisOver', () => {
  const bulk = Array.from({ length: 190 }, (_, i) => 85 + i / 20);

  it('omits a long tail of few values, and nothing else', () => {
    const tail = axisOver([...bulk, ...new Array(10).fill(10)], 5);
    expect(tail.at(10)).toBeLessThan(-1);
    expect(tail.at(86)).toBeGreaterThan(0);
    expect(axisOver(bulk, 5).at(85)).toBeGreaterThan(0);
    expect(axisOver([10, 90, 91], 5).at(10)).toBeGreaterThan(0);
  });
});

describe('columnsText', () => {
  it('states once what the measurements have in common', () => {
    const test = { set: 'cifar10', split: 'test', epochs: 200, seed: 'mean' } as const;
    expect(columnsText([test, { ...test, set: 'cifar100' }])).toBe('200 epochs, mean over training seeds');
    expect(columnsText([test, { ...test, epochs: 1, seed: 777 }])).toBe(
      'cifar10 test, 200 epochs, mean over training seeds; cifar10 test, 1 epoch, training seed 777',
    );
  });
});

describe('the graph of a cell', () => {
  const text = '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|none~1|avg_pool_3x3~2|';
  const { dot, text: words, warnings } = pictureOf('nasbench201', text)!;

  it('has four nodes and one labelled edge for each operation, dotted without label for none', () => {
    const edges = dot.match(/^ {2}\d -> \d .*$/gm);
    expect(edges).toEqual([
      '  0 -> 1 [label="conv 3×3", class="conv3"];',
      '  0 -> 2 [label="", class="none", style=dotted, arrowhead=none];',
      '  1 -> 2 [label="skip", class="skip"];',
      '  0 -> 3 [label="conv 1×1", class="conv1"];',
      '  1 -> 3 [label="", class="none", style=dotted, arrowhead=none];',
      '  2 -> 3 [label="pool 3×3", class="pool"];',
    ]);
  });

  it('is drawn by Graphviz with its labels, and without ids, colours or addresses', async () => {
    const svg = (await graphviz())(dot);
    expect(svg).toMatch(/^<svg viewBox="[^"]+" style="width:[\d.]+px" aria-hidden="true">[\s\S]*<\/svg>$/);
    for (const label of ['in', '1', '2', 'out', 'conv 3×3', 'conv 1×1', 'skip', 'pool 3×3'])
      expect(svg).toContain(`>${label}</text>`);
    expect(svg.match(/class="edge/g)).toHaveLength(6);
    expect(svg).not.toMatch(/ id=| fill=| stroke=|http|<title|<!/);
  });

  it('has its labels after all edges, so that none is struck through', async () => {
    const svg = (await graphviz())(dot);
    const [edges, labels] = [svg.lastIndexOf('<path'), svg.indexOf('<g class="label')];
    expect(labels).toBeGreaterThan(edges);
    expect(svg.slice(labels).match(/<text/g)).toHaveLength(4);
    expect(svg).toMatch(/<g class="label conv1">\s*<text[^>]*>conv 1×1<\/text>\s*<\/g>/);
  });

  it('is described in words, and reports cells without trainable operations', () => {
    expect(words).toBe('2 × none, 1 × conv 3×3, 1 × skip, 1 × conv 1×1, 1 × pool 3×3');
    expect(warnings).toEqual([]);
    const skips = '|skip_connect~0|+|none~0|skip_connect~1|+|none~0|avg_pool_3x3~1|none~2|';
    expect(pictureOf('nasbench201', skips)!.warnings).toEqual(['no convolution: nothing in it learns']);
  });

  it('is parsed only from text of its own space', () => {
    expect(pictureOf('darts', text)).toBeNull();
    expect(pictureOf('nasbench201', '<script>')).toBeNull();
  });
});
