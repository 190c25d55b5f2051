import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shaderSources } from '../../src/engine/kernels/shaderSources.js';
import { operations } from '../../src/engine/ops/operations.js';
import { METHOD_NAMES } from '../../src/nas/methods/methods.js';
import { MEASURING_SHADERS } from '../engine/support/measuringShaders.js';
import { allRuns, shortRuns } from '../engine/support/shortRuns.js';
import { targetsOn } from '../engine/support/targets.js';
import { runCommand } from '../runner/cli/support.js';
import { isLong, longFiles, testFiles, testFolder } from '../setup/longTests.js';

const shortFiles = testFiles().filter((path) => !isLong(path));
const read = (path: string) => readFileSync(join(testFolder, path), 'utf8');

describe('npm test', () => {
  // The drivers that the tests know: SwiftShader without f16 and of four lanes, lavapipe, a real GPU.
  it.each([
    { softwareLanes: 4, f16: false },
    { softwareLanes: 8, f16: true },
    { softwareLanes: 0, f16: true },
  ])('reaches every operation and every kernel that any sample does, in every kind of specialisation, on %j', (own) => {
    expect(shortFiles).toContain('engine/ops/kernels.test.ts');
    const targets = targetsOn(own);
    const reached = new Set<string>();
    const reachable = new Set<string>();
    for (const operation of operations) {
      const all = allRuns(operation, targets);
      const chosen = shortRuns(operation, targets);
      if (all.length > 0) expect(chosen.length, operation.name).toBeGreaterThan(0);
      for (const { reaches } of all) for (const kind of reaches) reachable.add(`${operation.name}: ${kind}`);
      for (const { reaches } of chosen) for (const kind of reaches) reached.add(`${operation.name}: ${kind}`);
    }
    expect([...reachable].filter((kind) => !reached.has(kind))).toEqual([]);
    expect(reached.size).toBeGreaterThan(operations.length);
  });

  it('reaches every file of shaders/ on a device with shader-f16 and subgroups of eight lanes', () => {
    const targets = targetsOn({ softwareLanes: 8, f16: true });
    const kinds = operations.flatMap((operation) => shortRuns(operation, targets).flatMap(({ reaches }) => reaches));
    const reached = new Set([...kinds.map((kind) => kind.split(' ')[0]), ...MEASURING_SHADERS]);
    expect(Object.keys(shaderSources).filter((name) => !reached.has(name))).toEqual([]);
    expect(shortFiles).toContain('engine/profile/ceilings.test.ts');
  });

  it('runs every command, in a test of the command line or as shown in README', async () => {
    const commandsOf = async (...group: string[]): Promise<string[]> => {
      const { out } = await runCommand([...group, '--help']);
      const listed = out.slice(out.indexOf('\nCommands:'));
      return [...listed.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name]) => name).filter((name) => name !== 'help');
    };
    const groups = ['data', 'table'];
    const names = [
      ...(await commandsOf()),
      ...(
        await Promise.all(groups.map(async (group) => (await commandsOf(group)).map((name) => `${group} ${name}`)))
      ).flat(),
    ].filter((name) => !groups.includes(name));
    expect(names.length).toBeGreaterThan(15);

    // README's own test runs all commands of README.
    expect(shortFiles).toContain('readme/readme.test.ts');
    const readme = read('../README.md');
    const inReadme = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('');
    const tests = shortFiles
      .filter((path) => path.startsWith('runner/'))
      .map(read)
      .join('');
    const isRun = (name: string) => {
      const words = name.split(' ');
      const inTests = new RegExp(`\\[\\s*${words.map((word) => `'${word}'`).join(',\\s*')}(?!,\\s*'--help')[\\],]`);
      // tableVerbs.test.ts adds 'table' itself.
      const inVerbs = new RegExp(`\\btable\\('${words[1]}'[,)]`);
      return (
        new RegExp(`npx nastransfer ${name}( |$)`, 'm').test(inReadme) || inTests.test(tests) || inVerbs.test(tests)
      );
    };
    expect(names.filter((name) => !isRun(name))).toEqual([]);
  });

  it('searches with every method, on a list that is the list of all methods', () => {
    expect(shortFiles).toContain('nas/methods/everyMethod.test.ts');
    expect(read('nas/methods/everyMethod.test.ts')).toContain('it.each(METHOD_NAMES)(');
    expect(METHOD_NAMES.length).toBeGreaterThan(0);
  });

  it('states for every file that only test:all runs what it proves, in how many tests', () => {
    expect(longFiles().length).toBeGreaterThan(0);
    for (const { path, proves, tests } of longFiles()) {
      expect(proves, `${path} has to start with '// Long: …'`).toBeDefined();
      expect(tests, path).toBeGreaterThan(0);
    }
  });
});
