import { describe, expect, it } from 'vitest';
import { countGenotype } from '../../../../src/nas/spaces/darts/cost.js';
import { formatByNode } from '../../../../src/nas/spaces/darts/flatFormat.js';
import { parseGenotype } from '../../../../src/nas/spaces/darts/formats.js';
import { formatNsganet } from '../../../../src/nas/spaces/darts/integerFormats.js';
import { darts } from '../../../../src/nas/spaces/darts/space.js';
import { knownGenotypes, nasbench301, textOf } from './support.js';

const cifar = { channels: 36, cells: 20, classes: 10, size: 32, imageChannels: 3 };

describe('published genotypes', () => {
  const known = knownGenotypes('nine published genotypes are not read');

  it.skipIf(!known)('have the known parameters and multiply-adds, through each of their texts', () => {
    const entries = Object.entries(known!.genotypes);
    expect(entries).toHaveLength(9);
    const genomes: string[] = [];
    for (const [name, entry] of entries) {
      const genotype = parseGenotype(textOf(entry));
      const texts = [darts.format(genotype), formatByNode(genotype)];
      try {
        texts.push(formatNsganet(genotype));
        genomes.push(name);
      } catch (error) {
        expect((error as Error).message, name).toContain('output of nodes');
      }
      for (const text of texts) {
        expect(parseGenotype(text)).toEqual(genotype);
        for (const [network, { C, layers, classes, params, macs }] of Object.entries(entry.computed)) {
          const imagenet = network.startsWith('imagenet') ? { imagenet: true, size: 224 } : {};
          const settings = { ...cifar, ...imagenet, channels: C, cells: layers, classes };
          const { parameters, multiplyAdds } = darts.count(parseGenotype(text), settings);
          expect([name, network, parameters, multiplyAdds]).toEqual([name, network, params, macs]);
        }
      }
    }
    // Those whose output is their unused nodes.
    expect(genomes).toEqual(['NASNet', 'AmoebaNet', 'ENAS', 'NSGANet']);
  });

  it.skipIf(!known)('of DARTS are in the space, those of five nodes are not', () => {
    const inside = Object.entries(known!.genotypes).flatMap(([name, entry]) => {
      const genotype = parseGenotype(textOf(entry));
      try {
        expect(darts.fromDecisions(darts.decisions(genotype))).toEqual(genotype);
        return [name];
      } catch (error) {
        expect((error as Error).message).toContain('outside the DARTS space');
        return [];
      }
    });
    expect(inside).toEqual(['DARTS_V1', 'DARTS_V2', 'PC_DARTS_cifar', 'GDAS_V1']);
  });

  const measured = nasbench301('500 genotypes of NAS-Bench-301 are not read');
  it.skipIf(!measured)('of NAS-Bench-301 are parsed, are all in the space, and have exactly its parameters', () => {
    const settings = { ...cifar, channels: 32, cells: 8 };
    const wrong = measured!.filter(([text, { params }]) => {
      const genotype = darts.parse(text);
      const { parameters } = countGenotype(darts.fromDecisions(darts.decisions(genotype)), settings, { affine: false });
      return parameters !== Math.round(params * 1e6);
    });
    expect(measured).toHaveLength(500);
    expect(wrong).toEqual([]);
  });
});
