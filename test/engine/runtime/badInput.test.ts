import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DisposedError,
  DTypeError,
  MemoryLimitError,
  NasTransferError,
  OwnershipError,
  ShapeError,
} from '../../../src/engine/errors/errors.js';
import type { Graph } from '../../../src/engine/graph/graph.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const compile = (build: (graph: Graph) => void, memoryLimit?: number) => engine.compile(build, { memoryLimit });

describe('a program', () => {
  it('names the operation, the input, the got and the wanted shape', async () => {
    const wrong = compile((g) => g.output('y', add(g.feed('a', [2, 3]), g.feed('b', [3, 2]))));
    await expect(wrong).rejects.toThrow(ShapeError);
    await expect(wrong).rejects.toThrow('add: input 1 is f32[3, 2] (rows), wanted f32[2, 3] (rows) like input 0');
  });

  it('refuses non-values and values of another graph', async () => {
    await expect(compile((g) => g.output('y', 3 as never))).rejects.toThrow(DTypeError);
    let foreign: ReturnType<Graph['feed']> | undefined;
    await compile((g) => {
      foreign = g.feed('x', [4]);
      g.output('y', relu(foreign));
    });
    await expect(compile((g) => g.output('y', add(g.feed('x', [4]), foreign as never)))).rejects.toThrow(
      OwnershipError,
    );
  });

  it('names missing, unknown and wrongly sized feeds', async () => {
    const program = await compile((g) => g.output('y', relu(g.feed('x', [2, 3]))));
    expect(() => program.run({})).toThrow('run: feed "x" is missing; wanted f32[2, 3]');
    expect(() => program.run({ x: new Float32Array(5) })).toThrow('run: feed "x" got 5 elements, wanted f32[2, 3]');
    expect(() => program.run({ x: new Float32Array(6), z: 1 })).toThrow('feed "z" is not one of this program');
    await expect(program.read('z')).rejects.toThrow('read: no output "z"; this program has y');
    program.dispose();
  });

  it('refuses a variable of another engine', async () => {
    const other = new Engine(engine.gpu);
    const set = new VariableSet('elsewhere');
    const variable = set.add('x', [4], zeros);
    other.allocate(set);
    await expect(compile((g) => g.output('y', relu(g.read(variable))))).rejects.toThrow(
      'variable set "elsewhere" belongs to another engine',
    );
    expect(() => engine.allocate(set)).toThrow(OwnershipError);
    other.dispose();
  });

  it('refuses use after dispose, of program, variables and engine', async () => {
    const program = await compile((g) => g.output('y', relu(g.feed('x', [4]))));
    program.dispose();
    expect(() => program.run({ x: [1, 2, 3, 4] })).toThrow(DisposedError);
    await expect(program.read('y')).rejects.toThrow(DisposedError);
    const set = new VariableSet('released');
    const variable = set.add('x', [4], zeros);
    engine.allocate(set);
    engine.release(set);
    await expect(engine.read(variable)).rejects.toThrow('call engine.allocate(set, seed)');
    const short = new Engine(engine.gpu);
    short.dispose();
    await expect(short.compile(() => {})).rejects.toThrow(DisposedError);
  });

  it('knows its memory before it runs, and refuses more than the limit with the numbers', async () => {
    const build = (g: Graph) => g.output('y', relu(g.feed('x', [1024, 1024])));
    const refused = compile(build, 1 << 20);
    await expect(refused).rejects.toThrow(MemoryLimitError);
    await expect(refused).rejects.toThrow(/takes 8\.0 MiB .* the limit is 1\.0 MiB; make the batch/);
    const program = await compile(build, 64 << 20);
    expect(program.memoryBytes).toBeGreaterThanOrEqual(8 << 20);
    expect(program.memoryBytes).toBeLessThan(9 << 20);
    program.dispose();
    // The check is exact: the program's own size fits, a byte less does not.
    const beside = engine.memoryBytes;
    (await compile(build, beside + program.memoryBytes)).dispose();
    await expect(compile(build, beside + program.memoryBytes - 1)).rejects.toThrow(MemoryLimitError);
  });

  it('refuses a value that no binding of the device could hold', async () => {
    const limit = Math.min(engine.gpu.limits.maxBufferSize, engine.gpu.limits.maxStorageBufferBindingSize);
    const rows = Math.ceil(limit / 4096) + 1;
    const refused = compile((g) => g.output('y', relu(add(g.feed('x', [rows, 1024]), g.feed('x', [rows, 1024])))));
    await expect(refused).rejects.toThrow(MemoryLimitError);
  });
});

describe('a variable set', () => {
  it('refuses a name twice, and variables after it has its buffer', () => {
    const set = new VariableSet('weights');
    set.add('w', [2], zeros);
    expect(() => set.add('w', [2], zeros)).toThrow('name "w" is taken');
    engine.allocate(set);
    expect(() => set.add('v', [2], zeros)).toThrow('already has its buffer');
    engine.release(set);
  });

  it('refuses data of the wrong size', () => {
    const set = new VariableSet('sized');
    const variable = set.add('w', [2, 3], zeros);
    engine.allocate(set);
    expect(() => engine.write(variable, [1, 2])).toThrow('got 2 elements, wanted 6');
    engine.release(set);
    expect(() => engine.write(variable, [1, 2, 3, 4, 5, 6])).toThrow(NasTransferError);
  });
});
