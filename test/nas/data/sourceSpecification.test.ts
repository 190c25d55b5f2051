import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../src/nas/data/images/errors.js';
import type { SourceSpecification } from '../../../src/nas/data/rules/rule.js';
import { checkSource, formatSource, parseSource } from '../../../src/nas/data/sourceSpecification.js';

const pairs: [string, SourceSpecification][] = [
  ['mnist', { set: 'mnist', rule: 'whole' }],
  ['mnist:limit=500', { set: 'mnist', rule: 'whole', limit: 500 }],
  ['cifar10_5k:images=0.25', { set: 'cifar10_5k', rule: 'images', fraction: 0.25 }],
  ['cifar10_5k:images,limit=300', { set: 'cifar10_5k', rule: 'images', limit: 300 }],
  ['emoji:classes=5,limit=1000', { set: 'emoji', rule: 'classes', classes: 5, limit: 1000 }],
  ['emoji:random-labels', { set: 'emoji', rule: 'random-labels' }],
  ['emoji:noise,limit=10', { set: 'emoji', rule: 'noise', limit: 10 }],
  ['my:pictures/cats', { set: 'my:pictures/cats', rule: 'whole' }],
  ['C:\\pictures:classes=2', { set: 'C:\\pictures', rule: 'classes', classes: 2 }],
];

describe('source specifications', () => {
  it.each(pairs)('%s is parsed and formatted', (text, specification) => {
    expect(parseSource(text)).toEqual(specification);
    expect(formatSource(specification)).toBe(text);
  });

  it.each([
    ['mnist:half', 'half'],
    ['mnist:noise,fraction=2', 'fraction'],
    ['mnist:images', 'fraction is missing'],
    ['mnist:images=0', 'fraction is 0'],
    ['mnist:images=1.5', 'fraction is 1.5'],
    ['mnist:images=', 'fraction is NaN'],
    ['mnist:classes=1', 'classes is 1'],
    ['mnist:classes', 'classes is missing'],
    ['mnist:limit=ten', 'limit is NaN'],
    ['mnist:limit=1', 'limit is 1'],
    ['mnist:noise=0.5', "value is 0.5, wanted nothing with rule 'noise'"],
  ])('%s is refused, naming what is wrong', (text, message) => {
    expect(() => parseSource(text)).toThrow(SourceError);
    expect(() => parseSource(text)).toThrow(message);
  });

  it('refuses an unknown rule from a file', () => {
    const specification = { set: 'mnist', rule: 'halves' } as unknown as SourceSpecification;
    expect(() => checkSource(specification)).toThrow(
      `rule is "halves", wanted one of whole, images, classes, random-labels, noise`,
    );
  });
});
