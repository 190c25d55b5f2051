import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listImageSets } from '../../../runner/data/imageSets.js';
import { IMAGE_SET_NAMES } from '../../../runner/names/imageSetNames.js';
import {
  ENCODING_NAMES,
  METHOD_NAMES,
  PREDICTOR_NAMES,
  SCORE_NAMES,
  SOURCE_FORMS,
  SPACE_NAMES,
} from '../../../runner/names/registryNames.js';
import { REGISTRY_NAMES_FILE, registryNames } from '../../../scripts/registryNames.js';
import { SOURCE_RULES } from '../../../src/nas/data/rules/rules.js';
import { parseSource } from '../../../src/nas/data/sourceSpecification.js';
import { runCommand } from './support.js';

describe('the names in help texts', () => {
  it('equal those of the registries: the file is what scripts/registryNames.ts writes', async () => {
    expect(readFileSync(REGISTRY_NAMES_FILE, 'utf8'), 'run npx tsx scripts/registryNames.ts').toBe(registryNames());
    expect(SOURCE_FORMS.map((form) => parseSource(form).rule)).toEqual(SOURCE_RULES);
    const listed = (await listImageSets()).map((set) => set.name);
    expect(listed.slice(0, IMAGE_SET_NAMES.length)).toEqual(IMAGE_SET_NAMES);
  });

  it.each([
    ['search', [...METHOD_NAMES, ...SPACE_NAMES, ...IMAGE_SET_NAMES, ...SOURCE_FORMS]],
    ['train', [...SPACE_NAMES, ...IMAGE_SET_NAMES]],
    ['methods', METHOD_NAMES],
    ['study', [...METHOD_NAMES, ...SPACE_NAMES, ...IMAGE_SET_NAMES, ...SOURCE_FORMS]],
    ['score', [...SCORE_NAMES, ...SPACE_NAMES, ...SOURCE_FORMS]],
    ['count', SPACE_NAMES],
    ['draw', SPACE_NAMES],
    ['table predict', [...PREDICTOR_NAMES, ...ENCODING_NAMES]],
    ['data info', IMAGE_SET_NAMES],
    ['data sheet', IMAGE_SET_NAMES],
  ])('are in the help of %s', async (command, names) => {
    const { code, out } = await runCommand([...command.split(' '), '--help']);
    expect(code).toBe(0);
    for (const name of names) expect(out.replace(/\s+/g, ' ')).toContain(name);
  });

  it('of the options of a method are listed in the error about a wrong one', async () => {
    const args = ['search', '--method', 'regularized-evolution', '--source', 'mnist', '--option', 'cycle=3'];
    const { code, err } = await runCommand(args);
    expect(code).toBe(2);
    expect(err).toBe(
      'error: --option: regularized-evolution has no option "cycle" (did you mean cycles?), wanted one of (with their defaults): ' +
        'population=10, tournament=3, cycles=100',
    );
  });
});

describe('the program without a command', () => {
  it('is a usage error, and shows its help', async () => {
    for (const args of [[], ['data']]) {
      const { code, out, err } = await runCommand(args);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).toContain(`Usage: nastransfer ${args.length ? 'data ' : ''}[options] [command]`);
    }
  });

  it('prints its version, with either flag', async () => {
    const { code, out } = await runCommand(['version']);
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await runCommand(['--version'])).toMatchObject({ code, out });
  });
});
