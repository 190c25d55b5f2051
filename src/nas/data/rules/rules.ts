import { AttributeError } from '../../../engine/errors/errors.js';
import { classes } from './classes.js';
import { images } from './images.js';
import { noise } from './noise.js';
import { randomLabels } from './randomLabels.js';
import type { RuleParameter, SourceRule } from './rule.js';
import { whole } from './whole.js';

/** The rule of a source that names none. */
export const DEFAULT_RULE = whole.name;

const rules: SourceRule[] = [whole, images, classes, randomLabels, noise];
const names: string[] = rules.map((rule) => rule.name);

/** Names of all rules, in order of registration; grows by `registerSourceRule`. */
export const SOURCE_RULES: readonly string[] = names;

/** Words that have a meaning of their own in the text or the fields of a source. */
const RESERVED = ['set', 'rule', 'limit', 'name'];

/** The rule of the name; undefined when there is none. */
export function findSourceRule(name: string): SourceRule | undefined {
  return rules.find((rule) => rule.name === name);
}

/** Texts of sources for help, one for each rule. */
export function sourceForms(): string[] {
  return rules.map(({ form }) => form);
}

/** The parameters of all rules by field; a field that several rules have lists each. */
export function ruleParameters(): Map<string, RuleParameter[]> {
  const byField = new Map<string, RuleParameter[]>();
  for (const { parameter } of rules)
    if (parameter) byField.set(parameter.field, [...(byField.get(parameter.field) ?? []), parameter]);
  return byField;
}

/**
 * Adds a rule, which then studies and commands find by its name.
 * @throws {AttributeError} when the name or the field of the parameter is taken, or can't stand in a text
 */
export function registerSourceRule(rule: SourceRule): void {
  const { name, parameter } = rule;
  if (names.includes(name) || RESERVED.includes(name) || !/^[\w-]+$/.test(name))
    throw new AttributeError(
      `registerSourceRule: got name "${name}", wanted letters, digits, _ and -, other than ${[...RESERVED, ...names].join(', ')}`,
    );
  if (parameter && RESERVED.includes(parameter.field))
    throw new AttributeError(
      `registerSourceRule: rule ${name}: got parameter field "${parameter.field}", wanted one other than ${RESERVED.join(', ')}`,
    );
  rules.push(rule);
  names.push(name);
}
