import { describe, expect, it } from 'vitest';
import { METHOD_NAMES } from '../../../runner/names/registryNames.js';
import { runCommand } from './support.js';

interface Described {
  readonly name: string;
  readonly summary: string;
  readonly paper: string;
  readonly needs: string;
  readonly options: readonly { name: string; type: string; default?: unknown; description: string }[];
}

describe('methods', () => {
  it('lists every method with its paper, year and requirements', async () => {
    const { code, out } = await runCommand(['methods', '--json']);
    expect(code).toBe(0);
    const listed: Described[] = JSON.parse(out);
    expect(listed.map(({ name }) => name)).toEqual(METHOD_NAMES);
    for (const { name, summary, paper } of listed) {
      expect(summary.length, name).toBeGreaterThan(10);
      expect(paper, name).toMatch(/\b(19|20)\d\d\b/);
    }
    expect(listed.find(({ name }) => name === 'darts')).toMatchObject({
      needs: 'supernet',
      paper: expect.stringContaining('1806.09055'),
    });
    const text = await runCommand(['methods']);
    for (const name of METHOD_NAMES) expect(text.out).toMatch(new RegExp(`^${name} `, 'm'));
  });

  it('prints type, default and meaning of every option of one', async () => {
    const { out } = await runCommand(['methods', 'darts', '--json']);
    const { options }: Described = JSON.parse(out);
    const option = (name: string) => options.find((one) => one.name === name);
    expect(option('order')).toMatchObject({ type: 'first | second', default: 'first' });
    expect(option('alphaBeta1')).toMatchObject({ type: 'number ≥ 0 < 1', default: 0.5 });
    expect(option('maxSkips')).toMatchObject({ type: 'integer ≥ 0' });
    expect(option('maxSkips')).not.toHaveProperty('default');
    expect((await runCommand(['methods', 'darts'])).out).toMatch(/^alphaLearningRate +number > 0 +0.0003 +\S/m);
  });

  it.each(METHOD_NAMES)('describes every option of %s', async (name) => {
    const { code, out } = await runCommand(['methods', name, '--json']);
    expect(code).toBe(0);
    const undescribed = (JSON.parse(out) as Described).options.filter(({ description }) => description === '');
    expect(undescribed.map((option) => option.name)).toEqual([]);
  });

  it('names the nearest method for an unknown one', async () => {
    const { code, err } = await runCommand(['methods', 'dart']);
    expect(code).toBe(2);
    expect(err).toContain('Method "dart" is not known (did you mean darts?)');
  });
});
