import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MemoryLimitError } from '../../../src/engine/errors/errors.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { trainTiny } from './trainingRun.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('the trainer', () => {
  it('learns a learnable task, tested on unseen images', async () => {
    const { losses, accuracy } = await trainTiny(engine);
    expect(losses.at(-1)).toBeLessThan(losses[0]);
    expect(accuracy).toBeGreaterThan(0.8);
  });

  it('has the same parameters to the bit after 50 steps with the same seed, and others with another', async () => {
    // 80 images in batches of 16 over 10 epochs: 50 steps.
    const [first, second, other] = [
      await trainTiny(engine, { images: 80 }),
      await trainTiny(engine, { images: 80 }),
      await trainTiny(engine, { images: 80, seed: 6 }),
    ];
    expect(second.weights).toEqual(first.weights);
    expect(second.losses).toEqual(first.losses);
    expect(other.weights).not.toEqual(first.weights);
  });

  it('refuses a network that does not fit into memory, with the numbers, and frees everything', async () => {
    const before = engine.memoryBytes;
    await expect(trainTiny(engine, { channels: 65_536 })).rejects.toThrow(MemoryLimitError);
    expect(engine.memoryBytes).toBe(before);
  });

  it('submits once per step, reads back nothing in between and leaks no memory', async () => {
    const before = engine.memoryBytes;
    await trainTiny(engine, { epochs: 1 });
    expect(engine.memoryBytes).toBe(before);
    const submit = vi.spyOn(engine.gpu.queue, 'submit');
    const counts: number[] = [];
    for (const epochs of [1, 2]) {
      submit.mockClear();
      await trainTiny(engine, { epochs });
      counts.push(submit.mock.calls.length);
    }
    submit.mockRestore();
    // One more epoch: three steps and one read of two sums.
    expect(counts[1] - counts[0]).toBe(3 + 2);
  });
});
