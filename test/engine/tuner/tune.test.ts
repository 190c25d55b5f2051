import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/engine/graph/graph.js';
import type { Operation } from '../../../src/engine/graph/operation.js';
import { shaderSources } from '../../../src/engine/kernels/shaderSources.js';
import { scaleOperation } from '../../../src/engine/ops/elementwise/scale.js';
import { chooseVariant } from '../../../src/engine/ops/record/variants.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { variantsOf } from '../../../src/engine/tuner/record.js';
import type { Measure } from '../../../src/engine/tuner/timing.js';
import { tune } from '../../../src/engine/tuner/tune.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { LiveBuffers } from '../support/liveBuffers.js';

const kernels: Readonly<Record<string, string>> = {
  usual: 'elementwise/scale',
  other: 'test/otherScale',
  twin: 'elementwise/scale',
  wrong: 'test/wrongScale',
  invalid: 'test/invalidScale',
};

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
  const source = shaderSources['elementwise/scale'];
  shaderSources['test/otherScale'] = source;
  shaderSources['test/wrongScale'] = source.replace('params.factor *', '1.001 * params.factor *');
  shaderSources['test/invalidScale'] = source.replace('params.factor *', 'params.facto *');
});
afterAll(() => {
  for (const name of Object.keys(shaderSources)) if (name.startsWith('test/')) delete shaderSources[name];
  closeTestEngine(engine);
});

/** Scaling by one of several kernels. */
function scaleByOneOf(variants: readonly string[], family = 'scale'): Operation<{ factor: number }> {
  return {
    ...scaleOperation,
    name: family,
    lower: (lowering) => {
      const bucket = `r${lowering.outputs[0].rows}`;
      const variant = chooseVariant(lowering.target, { family, bucket, candidates: variants });
      return scaleOperation.lower(lowering).map((call) => ({ ...call, kernel: kernels[variant] }));
    },
  };
}

function applied(...operations: Operation<{ factor: number }>[]): (graph: Graph) => void {
  return (graph) => {
    const x = graph.feed('x', [30, 8]);
    for (const operation of operations) graph.output(operation.name, graph.apply(operation, [x], { factor: 3 })[0]);
  };
}

/** A measurement in which the candidates take these times, in every round. */
function pretended(...seconds: readonly number[][]): Measure & { readonly asked: number[] } {
  const asked: number[] = [];
  const measure: Measure = async (candidates, rounds) => {
    const times = seconds[asked.length];
    asked.push(candidates.length);
    return candidates.map((_, i) => Array.from({ length: rounds }, () => times[i]));
  };
  return Object.assign(measure, { asked });
}

describe('tune', () => {
  it('chooses another variant than the usual one where it is clearly faster', async () => {
    const measure = pretended([2, 1], [2, 1]);
    const { records, left } = await tune(engine, applied(scaleByOneOf(['usual', 'other'])), { measure });
    expect(left).toBe(0);
    expect(records).toEqual([
      {
        key: 'scale r30',
        measuredOn: 'scale f32[30, 8]',
        usual: 'usual',
        chosen: 'other',
        times: [
          { variant: 'usual', microseconds: 2e6 },
          { variant: 'other', microseconds: 1e6 },
        ],
        rejected: [],
      },
    ]);
    expect([...variantsOf(records)]).toEqual([['scale r30', 'other']]);
  });

  it('keeps the usual variant where another is only slightly faster, or not in the second measurement', async () => {
    const work = applied(scaleByOneOf(['usual', 'other']));
    for (const measure of [pretended([1, 0.96]), pretended([1, 0.5], [1, 0.96])]) {
      const { records } = await tune(engine, work, { measure });
      expect(records).toMatchObject([{ chosen: 'usual' }]);
      expect(variantsOf(records).size).toBe(0);
    }
    const bold = await tune(engine, work, { measure: pretended([1, 0.96], [1, 0.96]), leastGain: 0.01 });
    expect(bold.records).toMatchObject([{ chosen: 'other' }]);
  });

  it('rejects variants that disagree or fail, with the reason, and the device stays usable', async () => {
    const measure = pretended([3, 2], [3, 2]);
    const variants = ['usual', 'wrong', 'invalid', 'other'];
    const { records } = await tune(engine, applied(scaleByOneOf(variants)), { measure });
    expect(measure.asked).toEqual([2, 2]);
    expect(records).toMatchObject([{ chosen: 'other', rejected: [{ variant: 'wrong' }, { variant: 'invalid' }] }]);
    expect(records[0].rejected[0].reason).toMatch(/^output 0, element \d+: got \S+, wanted \S+ within \S+$/);
    expect(records[0].rejected[1].reason).toContain('facto');
    engine.gpu.check();
  });

  it('keeps a usual variant that fails, since there is nothing to compare others with', async () => {
    const { records } = await tune(engine, applied(scaleByOneOf(['invalid', 'usual'])), { measure: pretended() });
    expect(records).toMatchObject([{ chosen: 'invalid', times: [], rejected: [{ variant: 'invalid' }] }]);
  });

  it('measures variants that are equal at the given sizes once', async () => {
    const measure = pretended([1, 1]);
    const { records } = await tune(engine, applied(scaleByOneOf(['usual', 'twin', 'other'])), { measure });
    expect(measure.asked).toEqual([2]);
    expect(records[0].times.map(({ variant }) => variant)).toEqual(['usual', 'other']);
  });

  it('measures with the variants of choices decided before, and these not again', async () => {
    const work = applied(scaleByOneOf(['usual', 'other'], 'first'), scaleByOneOf(['usual', 'other'], 'second'));
    const first = await tune(engine, work, { measure: pretended([2, 1], [2, 1], [1, 2]) });
    expect(first.records.map(({ key, chosen }) => [key, chosen])).toEqual([
      ['first r30', 'other'],
      ['second r30', 'usual'],
    ]);
    const again = await tune(engine, work, { measure: pretended(), known: first.records });
    expect(again).toEqual({ records: [], left: 0 });
    const half = await tune(engine, work, { measure: pretended([1, 1]), known: first.records.slice(0, 1) });
    expect(half.records.map(({ key }) => key)).toEqual(['second r30']);
  });

  it('begins no choice when its time is over, and counts the remaining ones', async () => {
    const work = applied(scaleByOneOf(['usual', 'other'], 'first'), scaleByOneOf(['usual', 'other'], 'second'));
    expect(await tune(engine, work, { measure: pretended(), seconds: 0 })).toEqual({ records: [], left: 2 });
  });

  it('reports every choice as it is decided', async () => {
    const told: unknown[] = [];
    const work = applied(scaleByOneOf(['usual', 'other'], 'first'), scaleByOneOf(['usual', 'other'], 'second'));
    await tune(engine, work, {
      measure: pretended([1, 1], [1, 1]),
      onRecord: ({ key }, done, total) => {
        told.push([key, done, total]);
      },
    });
    expect(told).toEqual([
      ['first r30', 1, 2],
      ['second r30', 2, 2],
    ]);
  });

  it('ends between two choices when its signal is aborted, with the records so far reported and no memory taken', async () => {
    const controller = new AbortController();
    const live = new LiveBuffers(engine.gpu);
    const aborted = new Engine(live.gpu);
    const told: string[] = [];
    const measure = pretended([1, 1], [1, 1]);
    const work = applied(scaleByOneOf(['usual', 'other'], 'first'), scaleByOneOf(['usual', 'other'], 'second'));
    const tuning = tune(aborted, work, {
      measure,
      signal: controller.signal,
      onRecord: ({ key }) => {
        told.push(key);
        controller.abort(new RangeError('enough'));
      },
    });
    await expect(tuning).rejects.toThrow('enough');
    expect(told).toEqual(['first r30']);
    expect(measure.asked).toEqual([2]);
    expect(live.labels).toEqual([]);
    aborted.dispose();
  });

  it('ends between two runs of a measurement when its signal is aborted', async () => {
    const controller = new AbortController();
    let runs = 0;
    const measure: Measure = async ([candidate]) => {
      for (;;) {
        await candidate(1);
        if (++runs === 3) controller.abort(new RangeError('enough'));
      }
    };
    const work = applied(scaleByOneOf(['usual', 'other']));
    await expect(tune(engine, work, { measure, signal: controller.signal })).rejects.toThrow('enough');
    expect(runs).toBe(3);
  });

  it('does not change the engine, and frees its memory', async () => {
    const before = { target: engine.target, bytes: engine.memoryBytes };
    await tune(engine, applied(scaleByOneOf(['usual', 'other'])), { measure: pretended([2, 1], [2, 1]) });
    expect({ target: engine.target, bytes: engine.memoryBytes }).toEqual(before);
  });
});

describe('an engine with measured variants', () => {
  it('uses them where they are applicable', async () => {
    const ran = async (variants: readonly string[], wanted: string): Promise<string> => {
      const tuned = new Engine(engine.gpu, { variants: new Map([['scale r30', wanted]]) });
      const program = await tuned.compile(applied(scaleByOneOf(variants)));
      program.run({ x: new Float32Array(240).fill(1) });
      const [value] = await program.read('scale');
      tuned.dispose();
      return value === 3 ? 'right' : 'wrong';
    };
    expect(await ran(['usual', 'wrong'], 'wrong')).toBe('wrong');
    expect(await ran(['usual', 'other'], 'wrong')).toBe('right');
  });
});
