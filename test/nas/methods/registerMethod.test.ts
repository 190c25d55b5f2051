import { expect, it } from 'vitest';
import { z } from 'zod';
import { AttributeError } from '../../../src/engine/errors/errors.js';
import { METHOD_NAMES, methodByName, registerMethod } from '../../../src/nas/methods/index.js';
import { samplingSearch } from '../../../src/nas/methods/sampling/samplingSearch.js';
import type { Method } from '../../../src/nas/search/method.js';
import { studySchema } from '../../../src/nas/transfer/studySchema.js';

const options = z.strictObject({ evaluations: z.int().min(1).default(3) });
const own: Method<z.infer<typeof options>> = {
  name: 'own-method',
  paper: 'none',
  summary: 'evaluates random architectures',
  options,
  needs: () => 'training',
  start: (problem, { evaluations: total }) =>
    samplingSearch(problem, {
      method: 'own-method',
      total,
      propose: (_, random) => ({ architecture: problem.space.random(random) }),
    }),
};

it('a registered method is found by its name and named in studies; a name that is taken or malformed is refused', () => {
  expect(METHOD_NAMES).not.toContain('own-method');
  registerMethod(own);
  expect(methodByName('own-method')).toBe(own);
  expect(METHOD_NAMES.at(-1)).toBe('own-method');
  expect(JSON.stringify(z.toJSONSchema(studySchema(), { io: 'input' }))).toContain('own-method');
  for (const name of ['own-method', 'darts', '', 'two words'])
    expect(() => registerMethod({ ...own, name })).toThrow(AttributeError);
  expect(METHOD_NAMES.filter((name) => name === 'own-method')).toHaveLength(1);
});
