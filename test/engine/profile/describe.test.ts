import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import { matmul } from '../../../src/engine/ops/matmul/matmul.js';
import { sum } from '../../../src/engine/ops/reduce/reduce.js';
import { arenaSvg } from '../../../src/engine/profile/arenaSvg.js';
import { formatDescription, type ProgramDescription } from '../../../src/engine/profile/describe.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
let description: ProgramDescription;
let memoryBytes: number;
beforeAll(async () => {
  engine = await openTestEngine();
  // A chain: at any time one value is read and one written, so two buffers of 64 x 64 serve four values.
  const program = await engine.compile((graph) => {
    let value = graph.feed('x', [64, 64]);
    for (let i = 0; i < 4; i++) value = i % 2 ? relu(value) : scale(value, i + 2);
    graph.output('sum', sum(matmul(value, graph.feed('w', [64, 64]))));
  });
  description = program.describe();
  memoryBytes = program.memoryBytes;
});
afterAll(() => closeTestEngine(engine));

const sumOf = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('the description of a program', () => {
  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  });

  it('has the dispatches in order, and where they read and write', () => {
    const { dispatches } = description;
    expect(dispatches.slice(0, 4).map(({ operation }) => operation)).toEqual(['scale', 'relu', 'scale', 'relu']);
    expect(dispatches[0].reads.some(({ buffer }) => buffer === 'feeds')).toBe(true);
    for (const { reads, writes } of dispatches) {
      // WebGPU forbids a buffer to be bound for both within a dispatch, unless it is one binding.
      const written = writes.map(({ buffer }) => buffer);
      expect(written.length).toBeGreaterThan(0);
      for (const { buffer } of reads) expect(written).not.toContain(buffer);
    }
    expect(dispatches.at(-1)?.writes[0].buffer).toMatch(/^persistent/);
  });

  it('accounts for every byte of the program', () => {
    const { memory } = description;
    expect(memory.total).toBe(memoryBytes);
    const parts = [sumOf(memory.slots), memory.persistent, memory.feeds, memory.constants, memory.uniforms];
    expect(sumOf(parts)).toBe(memoryBytes);
    expect(Math.min(...parts)).toBeGreaterThan(0);
  });

  it('reports what sharing saves: slots take between the peak in use and a buffer for every value', () => {
    const { memory, lifetimes } = description;
    const value = 64 * 64 * 4;
    expect(memory.peakLive).toBeGreaterThanOrEqual(2 * value);
    expect(memory.peakLive).toBeLessThanOrEqual(sumOf(memory.slots));
    expect(memory.unshared).toBeGreaterThanOrEqual(5 * value);
    expect(sumOf(memory.slots)).toBeLessThan(memory.unshared);
    for (const a of lifetimes)
      for (const b of lifetimes)
        if (a !== b && a.slot === b.slot) expect(a.last < b.first || b.last < a.first).toBe(true);
    for (const { slot, bytes } of lifetimes) expect(bytes).toBeLessThanOrEqual(memory.slots[slot]);
  });

  it('is a text with the totals and a line for every dispatch', () => {
    const lines = formatDescription(description).split('\n');
    expect(lines[0]).toMatch(
      new RegExp(`^${description.dispatches.length} dispatches of ${description.pipelines} pipel`),
    );
    expect(lines.slice(4)).toHaveLength(description.dispatches.length);
    expect(lines[4]).toMatch(/^0 scale: \S+ \[\d+ x \d+ x \d+\] \d+ bytes; reads .*feeds.*; writes \w+ slot \d+$/);
  });
});

describe('the picture of the memory', () => {
  const rectangles = (svg: string) => [...svg.matchAll(/<rect class="life (\w+)[^"]*"[^>]*><title>([^<]*)<\/title>/g)];

  it('has a rectangle with a title for every lifetime, within the picture', () => {
    const svg = arenaSvg(description);
    const found = rectangles(svg);
    expect(found).toHaveLength(description.lifetimes.length);
    expect(found[0][2]).toMatch(/^\w+: f32\[64, 64\], 16\.00 KiB in slot \d+, dispatches \d+ to \d+$/);
    for (const [, x, y, width, height] of svg.matchAll(
      / x="([-\d.]+)" y="([-\d.]+)" width="([-\d.]+)" height="([-\d.]+)"/g,
    )) {
      expect(Number(x) >= 0 && Number(y) >= 0 && Number(width) > 0 && Number(height) > 0).toBe(true);
      expect(Number(x) + Number(width)).toBeLessThanOrEqual(1200);
      expect(Number(y) + Number(height)).toBeLessThanOrEqual(640);
    }
  });

  it('is standalone, and has colours for light and dark pages', () => {
    const svg = arenaSvg(description).replace('xmlns="http://www.w3.org/2000/svg"', '');
    expect(svg).not.toMatch(/https?:|href|url\(|<script|@import/);
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  it('escapes text', () => {
    const [first] = description.lifetimes;
    const svg = arenaSvg({ ...description, lifetimes: [{ ...first, operation: `<b a="1">&'` }] });
    expect(svg).toContain('<title>&lt;b a=&quot;1&quot;&gt;&amp;&#39;: f32[');
  });

  it('distinguishes gradients and scratch memory from other values', () => {
    const [first] = description.lifetimes;
    const kinds = [first, { ...first, operation: 'reluGradient' }, { ...first, kind: 'scratch' as const }];
    expect(rectangles(arenaSvg({ ...description, lifetimes: kinds })).map((match) => match[1])).toEqual([
      'value',
      'gradient',
      'scratch',
    ]);
  });
});
