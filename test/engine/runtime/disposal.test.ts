import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AttributeError, DisposedError, ShapeError } from '../../../src/engine/errors/errors.js';
import type { Graph } from '../../../src/engine/graph/graph.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { accumulate } from '../../../src/engine/ops/copy/accumulate.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { matmul } from '../../../src/engine/ops/matmul/matmul.js';
import { softmax } from '../../../src/engine/ops/reduce/softmax.js';
import { measureCeilings } from '../../../src/engine/profile/ceilings.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { tune } from '../../../src/engine/tuner/tune.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { failAtEachCall, isInjected, LiveBuffers } from '../support/liveBuffers.js';

let open: Engine;
beforeAll(async () => {
  open = await openTestEngine();
});
afterAll(() => closeTestEngine(open));

let live: LiveBuffers;
beforeEach(() => {
  live = new LiveBuffers(open.gpu);
});

/** The engine of a test, disposed of at its end, after which no buffer may be alive. */
async function onEngine(test: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = new Engine(live.gpu);
  try {
    await test(engine);
  } finally {
    engine.dispose();
  }
  expect(live.labels).toEqual([]);
}

function weights(name = 'weights') {
  const set = new VariableSet(name);
  return { set, sum: set.add('sum', [8, 64], zeros) };
}

/** Feeds, constants, several temporary values, an output and an update of a variable. */
const build =
  ({ sum }: ReturnType<typeof weights>) =>
  (graph: Graph) => {
    const product = matmul(relu(graph.feed('x', [8, 64])), graph.constant(new Array(4096).fill(0.01), [64, 64]));
    graph.output('y', softmax(product));
    accumulate(graph.read(sum), product);
  };

const feeds = { x: new Float32Array(8 * 64).fill(1) };
const batches = { leastMilliseconds: 0.01, rounds: 1, most: 2 };

describe('a failed call of the device leaves no buffer behind', () => {
  it('in allocate, after which the set belongs to no engine', () =>
    onEngine(async (engine) => {
      const { set } = weights();
      const afterFailure = (error: unknown) => {
        expect(isInjected(error)).toBe(true);
        expect(live.labels).toEqual([]);
        expect(engine.memoryBytes).toBe(0);
        expect(set.owner).toBeUndefined();
      };
      // Creating the buffer, and writing it.
      expect(await failAtEachCall(live, () => engine.allocate(set), afterFailure)).toBe(2);
      expect(live.count).toBe(1);
    }));

  it.each([
    ['buffers of its own', false],
    ['a workspace', true],
  ])('in compile, with %s', (_, shared) =>
    onEngine(async (engine) => {
      const variables = weights();
      engine.allocate(variables.set);
      const workspace = shared ? engine.workspace() : undefined;
      const [buffers, bytes] = [live.count, engine.memoryBytes];
      let program: Awaited<ReturnType<Engine['compile']>> | undefined;
      const failures = await failAtEachCall(
        live,
        async () => {
          program = await engine.compile(build(variables), { workspace });
        },
        (error) => {
          expect(isInjected(error)).toBe(true);
          expect(live.count, String(live.labels)).toBe(buffers);
          expect(engine.memoryBytes).toBe(bytes);
          expect(workspace?.bytes ?? 0).toBe(0);
        },
      );
      // At least every buffer and every bind group.
      expect(live.count).toBeGreaterThan(buffers);
      expect(failures).toBeGreaterThanOrEqual(live.count - buffers + (program?.dispatchCount ?? 0));
      program?.run(feeds);
      expect((await program?.read('y'))?.length).toBe(8 * 64);
      program?.dispose();
      workspace?.dispose();
      expect(live.count).toBe(buffers);
    }),
  );

  it('in reading an output and a set', () =>
    onEngine(async (engine) => {
      const variables = weights();
      engine.allocate(variables.set);
      const program = await engine.compile(build(variables));
      program.run(feeds);
      const buffers = live.count;
      for (const read of [
        () => program.read('y'),
        () => engine.readSet(variables.set),
        () => engine.read(variables.sum),
      ])
        expect(await failAtEachCall(live, read, () => expect(live.count).toBe(buffers))).toBeGreaterThan(3);
    }));

  it.for(['timestamps', 'batches'] as const)('in a profile by %s', (clock, context) =>
    onEngine(async (engine) => {
      if (clock === 'timestamps' && !engine.gpu.timestamps) {
        const why = `${engine.gpu.info.name} has no timestamps: set NASTRANSFER_ADAPTER to one that has, such as lavapipe`;
        console.warn(`skipped: ${why}`);
        context.skip(why);
      }
      const variables = weights();
      engine.allocate(variables.set);
      const program = await engine.compile(build(variables));
      const buffers = live.count;
      const work = () => program.profile(feeds, { clock, batches });
      expect(await failAtEachCall(live, work, () => expect(live.count).toBe(buffers), 60)).toBeGreaterThan(5);
    }),
  );

  it('in measuring ceilings', async () => {
    const failures = await failAtEachCall(
      live,
      () => measureCeilings(live.gpu),
      () => expect(live.labels).toEqual([]),
      12,
    );
    expect(failures).toBe(12);
    expect(live.labels).toEqual([]);
  });

  it('in tuning', () =>
    onEngine(async (engine) => {
      const work = (graph: Graph) => graph.output('y', matmul(graph.feed('x', [64, 64]), graph.feed('w', [64, 64])));
      const measure = async (candidates: readonly unknown[]) => candidates.map((_, i) => [1 + i]);
      // Failures of a candidate are part of its record; those of its inputs end the tuning. Either way all is freed.
      for (const call of [0, 1, 2, 5, 10, 20]) {
        live.failAt(call);
        await tune(engine, work, { measure }).catch((error) => expect(isInjected(error)).toBe(true));
        live.neverFail();
        expect(live.labels).toEqual([]);
      }
    }));
});

describe('an error in code of the caller leaves no buffer behind', () => {
  it('in an initialiser', () =>
    onEngine(async (engine) => {
      const set = new VariableSet('wrong');
      set.add('w', [4], () => [1, 2, 3]);
      expect(() => engine.allocate(set)).toThrow(AttributeError);
      expect(live.labels).toEqual([]);
      expect(() => engine.bufferOf(set)).toThrow(DisposedError);
    }));

  it('in an initialiser of a set that is filled again, which keeps its elements', () =>
    onEngine(async (engine) => {
      let given: number[] = [1, 2, 3, 4];
      const set = new VariableSet('refilled');
      const variable = set.add('w', [4], () => given);
      engine.allocate(set);
      given = [5];
      expect(() => engine.allocate(set)).toThrow(AttributeError);
      expect([...(await engine.read(variable))]).toEqual([1, 2, 3, 4]);
    }));

  it('in the function that traces', () =>
    onEngine(async (engine) => {
      const failing = engine.compile((graph) => {
        build(weights())(graph);
        throw new RangeError('its own');
      });
      await expect(failing).rejects.toThrow('its own');
      expect(live.labels).toEqual([]);
    }));

  it('in words of the wrong length', () =>
    onEngine(async (engine) => {
      const { set } = weights();
      engine.allocate(set);
      expect(() => engine.writeSet(set, new Uint32Array(3))).toThrow(ShapeError);
      engine.release(set);
      expect(live.labels).toEqual([]);
    }));
});

describe('what is disposed of while it is built leaves no buffer behind', () => {
  const plain = (graph: Graph) => graph.output('y', relu(graph.feed('x', [4])));

  it('the engine', () =>
    onEngine(async (engine) => {
      const pending = engine.compile(plain);
      engine.dispose();
      await expect(pending).rejects.toThrow(DisposedError);
    }));

  it('the workspace', () =>
    onEngine(async (engine) => {
      const workspace = engine.workspace();
      const pending = engine.compile((graph) => graph.output('y', relu(softmax(graph.feed('x', [4, 4])))), {
        workspace,
      });
      workspace.dispose();
      await expect(pending).rejects.toThrow(DisposedError);
      expect(live.labels).toEqual([]);
    }));

  it('the signal aborted', () =>
    onEngine(async (engine) => {
      const controller = new AbortController();
      const pending = engine.compile(plain, { signal: controller.signal });
      controller.abort(new RangeError('enough'));
      await expect(pending).rejects.toThrow('enough');
      expect(live.labels).toEqual([]);
      expect(engine.memoryBytes).toBe(0);
    }));
});
