import { SourceError } from './errors.js';

/** How images of a set become a search source; see `makeSource`. */
export type SourceRule = 'whole' | 'images' | 'classes' | 'random-labels' | 'noise';

export const SOURCE_RULES: readonly SourceRule[] = ['whole', 'images', 'classes', 'random-labels', 'noise'];

export interface SourceSpecification {
  /** Name of the image set. */
  readonly set: string;
  readonly rule: SourceRule;
  /** Rule `images`: the fraction of every class that is kept, above 0 and at most 1. */
  readonly fraction?: number;
  /** Rule `classes`: how many classes are drawn. */
  readonly classes?: number;
  /** At most this many images, class-stratified. */
  readonly limit?: number;
}

function refuse(specification: SourceSpecification, field: string, wanted: string): never {
  const got = (specification as unknown as Record<string, unknown>)[field];
  throw new SourceError(
    `source '${specification.set}': ${field} is ${got === undefined ? 'missing' : typeof got === 'number' ? got : JSON.stringify(got)}, wanted ${wanted}`,
  );
}

/** Checks what can be checked without the images. Errors: `SourceError`. */
export function checkSource(specification: SourceSpecification): void {
  const { rule, fraction, classes, limit } = specification;
  if (!SOURCE_RULES.includes(rule)) refuse(specification, 'rule', `one of ${SOURCE_RULES.join(', ')}`);
  if (rule === 'images') {
    // A limit alone says how many images of every class are kept, too.
    if (fraction === undefined ? limit === undefined : !(fraction > 0 && fraction <= 1)) {
      refuse(specification, 'fraction', 'a number above 0 and at most 1 (or a limit)');
    }
  } else if (fraction !== undefined) refuse(specification, 'fraction', `nothing with rule '${rule}'`);
  if (rule === 'classes') {
    if (!Number.isInteger(classes) || classes! < 2) refuse(specification, 'classes', 'a whole number of at least 2');
  } else if (classes !== undefined) refuse(specification, 'classes', `nothing with rule '${rule}'`);
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 2)) {
    refuse(specification, 'limit', 'a whole number of at least 2');
  }
}

/**
 * A source in one line, as tables and options show it: SET, SET:limit=N, SET:images=0.25, SET:classes=5,limit=N,
 * SET:random-labels, SET:noise.
 */
export function formatSource({ set, rule, fraction, classes, limit }: SourceSpecification): string {
  const value = fraction ?? classes;
  const parts: string[] = [];
  if (rule !== 'whole') parts.push(value === undefined ? rule : `${rule}=${value}`);
  if (limit !== undefined) parts.push(`limit=${limit}`);
  return parts.length === 0 ? set : `${set}:${parts.join(',')}`;
}

/** The inverse of `formatSource`. A text without a rule is the name of a set, used whole. Errors: `SourceError`. */
export function parseSource(text: string): SourceSpecification {
  const colon = text.lastIndexOf(':');
  const tail = text.slice(colon + 1);
  const words = colon < 1 ? [] : tail.split(',').map((word) => word.split('='));
  const known = words.length > 0 && [...SOURCE_RULES, 'limit'].includes(words[0][0]);
  // A colon may belong to a path.
  if (!known && (colon < 1 || /[\\/]/.test(tail))) return { set: text, rule: 'whole' };
  const fields: { rule: SourceRule; fraction?: number; classes?: number; limit?: number } = { rule: 'whole' };
  for (const [i, [word, value]] of words.entries()) {
    const number = value === undefined ? undefined : value.trim() === '' ? Number.NaN : Number(value);
    if (word === 'limit') fields.limit = number ?? Number.NaN;
    else if (i === 0 && SOURCE_RULES.includes(word as SourceRule)) {
      fields.rule = word as SourceRule;
      if (word === 'classes') fields.classes = number;
      else if (number !== undefined) fields.fraction = number;
    } else {
      throw new SourceError(
        `source '${text}': got '${word}', wanted SET, SET:RULE or SET:RULE,limit=N with a rule of ${SOURCE_RULES.join(', ')}`,
      );
    }
  }
  const specification = { set: text.slice(0, colon), ...fields };
  checkSource(specification);
  return specification;
}
