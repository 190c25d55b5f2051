import { expect } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import type { Source } from '../../../../src/nas/data/sources.js';
import type { Protocol } from '../../../../src/nas/records/protocol.js';
import type { Method, Search } from '../../../../src/nas/search/method.js';
import type { Problem } from '../../../../src/nas/search/problem.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { stripes, tinyProtocol } from '../../training/trainingRun.js';
import { problemWith } from '../problems.js';
import { toyProblem } from '../toySpace.js';

const source: Source = {
  name: 'stripes',
  description: 'stripes',
  classes: ['rows', 'columns', 'wide rows', 'wide columns'],
  trainSplit: stripes(32, 1),
  validationSplit: stripes(24, 2),
  images: 56,
  height: 8,
  width: 8,
  channels: 1,
};

/** The smallest search on a space's own supernet. */
export function tinyProblem(
  engine: Engine,
  spaceName: string,
  parts: Partial<Protocol> = {},
  report?: Problem['report'],
): Problem {
  const space = spaceByName(spaceName);
  const protocol = { ...tinyProtocol, epochs: 2, cells: spaceName === 'darts' ? 3 : 1, ...parts };
  const { channels, cells, imageSize: size, imageChannels } = protocol;
  const settings = { channels, cells, size, imageChannels, classes: 4 };
  return problemWith({
    space,
    seed: 3,
    evaluate: () => Promise.reject(new Error('no evaluation was expected to be asked for')),
    costs: ['parameters', 'multiplyAdds', 'mflops'],
    cost: (architecture, name) => space.count(architecture, settings)[name as 'parameters'],
    supernet: {
      engine,
      protocol,
      source,
      build: (options, sizes) => space.supernet({ ...settings, ...sizes }, options),
    },
    report,
  });
}

export async function finish(search: Search) {
  while (await search.step());
  const state = await search.save();
  const result = search.result();
  search.dispose?.();
  return { state, result };
}

/** A tiny search on a space of networks. */
export function searchTiny<O>(engine: Engine, method: Method<O>, space: string, options: object = {}) {
  return finish(method.start(tinyProblem(engine, space), method.options.parse(options)));
}

/** Stops a toy search after some steps, saves it and resumes it: the same bits as without. @returns its result */
export async function expectSameBits<O>(engine: Engine, method: Method<O>, options: object = {}, steps = 2) {
  const start = () =>
    method.start(toyProblem(engine, 1, { epochs: 4 }).problem as Problem, method.options.parse(options));
  const whole = await finish(start());
  const first = start();
  for (let i = 0; i < steps; i++) await first.step();
  const saved = structuredClone(await first.save());
  first.dispose?.();
  const second = start();
  await second.restore({ ...saved, values: JSON.parse(JSON.stringify(saved.values)) });
  const resumed = await finish(second);
  expect(resumed.result).toEqual(whole.result);
  expect(Object.keys(resumed.state.arrays)).toEqual(Object.keys(whole.state.arrays));
  for (const [name, array] of Object.entries(whole.state.arrays))
    expect(new Uint32Array(resumed.state.arrays[name].slice().buffer), name).toEqual(
      new Uint32Array(array.slice().buffer),
    );
  return whole;
}
