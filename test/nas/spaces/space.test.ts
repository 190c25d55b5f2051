import { describe, expect, it } from 'vitest';
import { AttributeError } from '../../../src/engine/errors/errors.js';
import { Random } from '../../../src/engine/random/random.js';
import { ArchitectureError } from '../../../src/nas/spaces/shared/architectureError.js';
import { networkSettings } from '../../../src/nas/spaces/shared/networkSettings.js';
import type { Space } from '../../../src/nas/spaces/shared/space.js';
import { registerSpace, SPACE_NAMES, spaceByName } from '../../../src/nas/spaces/spaces.js';

describe.each(SPACE_NAMES)('the space %s', (name) => {
  const space = spaceByName(name);
  const random = new Random(1, 'spaces');
  const architectures = Array.from({ length: 5 }, () => space.random(random));
  const { counted, imagenet, supernetChannels, fitting, quickstart, progressiveCells } = space.sizes;

  it('has drop path and an auxiliary classifier just where it says so', () => {
    const settings = networkSettings({ ...space.protocols.training, auxiliaryWeight: 0 }, 10);
    const network = space.network(architectures[0], settings);
    expect(network.train !== undefined).toBe(space.regularized === true);
    const { dropPath, auxiliaryWeight } = space.protocols.training;
    if (!space.regularized) expect([dropPath, auxiliaryWeight]).toEqual([0, 0]);
    // Supernets have neither.
    expect([space.protocols.search.dropPath, space.protocols.search.auxiliaryWeight]).toEqual([0, 0]);
  });

  it('counts at all of its published sizes', () => {
    for (const sizes of [counted, ...(imagenet ? [{ ...imagenet, imagenet: true }] : [])])
      for (const architecture of architectures)
        expect(space.count(architecture, { ...sizes, imageChannels: 3 }).parameters).toBeGreaterThan(0);
  });

  it('builds supernets of its multiple of channels, and of no other', () => {
    const settings = { ...networkSettings(space.protocols.search, 10), cells: 3 };
    const build = (channels: number) =>
      space.supernet({ ...settings, channels }, { affine: false, batchNorm: 'batch' });
    expect(build(supernetChannels).alphas.variables.map((alpha) => alpha.name)).toEqual(
      space.relaxation.tables.map((table) => table.name),
    );
    expect(() => build(supernetChannels + 1)).toThrow(AttributeError);
    expect(space.protocols.search.channels % supernetChannels).toBe(0);
    for (const cells of progressiveCells ?? []) expect(cells).toBeGreaterThan(0);
  });

  it('has sizes to choose from in ascending order of work', () => {
    const work = fitting.sizes.map(([channels, cells, edge]) => channels ** 2 * cells * edge ** 2);
    expect(work).toEqual([...work].sort((a, b) => a - b));
    if (!quickstart) return;
    const steps = quickstart.networks.map(({ channels, cells, imageSize }) => channels ** 2 * cells * imageSize ** 2);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(space.format(space.parse(quickstart.typical))).toBe(quickstart.typical);
  });

  it('reads every text that it writes', () => {
    for (const architecture of architectures)
      for (const format of [space.format, ...Object.values(space.formats ?? {}).map((other) => other.format)]) {
        let text: string;
        try {
          text = format(architecture);
        } catch (error) {
          // Not every format can express every architecture.
          expect(error).toBeInstanceOf(ArchitectureError);
          expect(format).not.toBe(space.format);
          continue;
        }
        expect(space.parse(text)).toEqual(architecture);
      }
  });

  it('draws edges between nodes that there are, as many with operations as the architecture has', () => {
    for (const architecture of architectures) {
      const { cells } = space.draw(architecture);
      for (const { nodes, edges } of cells) {
        const ids = nodes.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { from, to } of edges) expect([ids.includes(from), ids.includes(to)]).toEqual([true, true]);
        expect(nodes.filter(({ role }) => role === 'output')).toHaveLength(1);
      }
      const drawn = cells.flatMap(({ edges }) => edges.flatMap(({ operation }) => operation?.name ?? []));
      const { tables, selection } = space.relaxation;
      const selected = selection(architecture).flatMap((edges, table) =>
        edges.flat().map((operation) => tables[table].operations[operation]),
      );
      expect(drawn.sort()).toEqual(selected.sort());
    }
  });
});

describe('registering a space', () => {
  it('refuses one that lacks a member, as a space written in JavaScript may', () => {
    const { sizes: _, draw: __, ...partial } = spaceByName('darts');
    const register = () => registerSpace({ ...partial, name: 'partial' } as Space);
    expect(register).toThrow('registerSpace: space partial has no sizes, draw, wanted all members of Space');
    expect(SPACE_NAMES).not.toContain('partial');
  });

  it.each(['darts', 'two words', ''])('refuses the name "%s"', (name) => {
    const register = () => registerSpace({ ...spaceByName('darts'), name });
    expect(register).toThrow(AttributeError);
    expect(register).toThrow(`got name "${name}", wanted letters, digits, _ and -, other than nasbench201, darts`);
  });
});
