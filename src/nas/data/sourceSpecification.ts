import { SourceError } from './images/errors.js';
import type { SourceSpecification } from './rules/rule.js';
import { DEFAULT_RULE, findSourceRule, ruleParameters, SOURCE_RULES } from './rules/rules.js';

function refuse(set: string, field: string, got: unknown, wanted: string): never {
  const shown = got === undefined ? 'missing' : typeof got === 'number' ? got : JSON.stringify(got);
  throw new SourceError(`source '${set}': ${field} is ${shown}, wanted ${wanted}`);
}

/**
 * Checks what can be checked without the images.
 * @throws {SourceError} when the rule is unknown, or a field is wrong or belongs to another rule
 */
export function checkSource(specification: SourceSpecification): void {
  const { set, rule: name, limit } = specification;
  const rule = findSourceRule(name);
  if (!rule) refuse(set, 'rule', name, `one of ${SOURCE_RULES.join(', ')}`);
  for (const field of ruleParameters().keys()) {
    const value = specification[field] as number | undefined;
    if (rule.parameter?.field === field) {
      const wanted = rule.parameter.wanted(value, specification);
      if (wanted !== undefined) refuse(set, field, value, wanted);
    } else if (value !== undefined) refuse(set, field, value, `nothing with rule '${name}'`);
  }
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 2))
    refuse(set, 'limit', limit, 'a whole number of at least 2');
}

/** A source in one line, as tables and options show it: `SET`, or `SET:RULE=NUMBER,limit=N` with the parts that it has. */
export function formatSource(specification: SourceSpecification): string {
  const { set, rule, limit } = specification;
  const field = findSourceRule(rule)?.parameter?.field;
  const value = field === undefined ? undefined : specification[field];
  const parts: string[] = [];
  if (rule !== DEFAULT_RULE) parts.push(value === undefined ? rule : `${rule}=${value}`);
  if (limit !== undefined) parts.push(`limit=${limit}`);
  return parts.length === 0 ? set : `${set}:${parts.join(',')}`;
}

/**
 * The inverse of `formatSource`. A text without a rule is the name of a set, of which the whole is used.
 * @throws {SourceError} when the text names no rule, or `checkSource` refuses it
 */
export function parseSource(text: string): SourceSpecification {
  const colon = text.lastIndexOf(':');
  const tail = text.slice(colon + 1);
  const words = colon < 1 ? [] : tail.split(',').map((word) => word.split('='));
  const known = words.length > 0 && [...SOURCE_RULES, 'limit'].includes(words[0][0]);
  // A colon may belong to a path.
  if (!known && (colon < 1 || /[\\/]/.test(tail))) return { set: text, rule: DEFAULT_RULE };
  const set = text.slice(0, colon);
  let specification: SourceSpecification = { set, rule: DEFAULT_RULE };
  for (const [i, [word, value]] of words.entries()) {
    const number = value === undefined ? undefined : value.trim() === '' ? Number.NaN : Number(value);
    const rule = i === 0 ? findSourceRule(word) : undefined;
    if (word === 'limit') specification = { ...specification, limit: number ?? Number.NaN };
    else if (rule) {
      if (number !== undefined && !rule.parameter) refuse(set, 'value', number, `nothing with rule '${word}'`);
      specification = {
        ...specification,
        rule: word,
        ...(number === undefined ? {} : { [rule.parameter!.field]: number }),
      };
    } else
      throw new SourceError(
        `source '${text}': got '${word}', wanted SET, SET:RULE or SET:RULE,limit=N with a rule of ${SOURCE_RULES.join(', ')}`,
      );
  }
  checkSource(specification);
  return specification;
}
