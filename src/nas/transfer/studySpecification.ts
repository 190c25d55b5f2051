import { NasTransferError } from '../../engine/errors/errors.js';
import { Random } from '../../engine/random/random.js';
import type { SourceSpecification } from '../data/rules/rule.js';
import { checkSource, formatSource, parseSource } from '../data/sourceSpecification.js';
import { methodByName } from '../methods/methods.js';
import type { Protocol } from '../records/protocol.js';
import { withOverrides } from '../records/protocolOverrides.js';
import { describeSchemaErrors } from '../schemas/schemaErrors.js';
import { checkSupernetChannels } from '../spaces/shared/mixedNode.js';
import { networkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';
import { spaceByName } from '../spaces/spaces.js';
import { checkRegularization } from '../training/trainingLoss.js';
import { type SourceEntry, type StudyFile, studySchema } from './studySchema.js';

/** A study, or options of a method, that do not follow their schema. */
export class StudyError extends NasTransferError {
  override readonly code = 'study';
}

export interface StudyMethod {
  readonly label: string;
  readonly name: string;
  /** All options, defaults filled in. */
  readonly options: unknown;
}

export interface StudySource {
  readonly label: string;
  readonly specification: SourceSpecification;
}

export interface StudyTarget {
  readonly label: string;
  readonly set: string;
  /** At most so many training and test images; all if absent. */
  readonly limit?: number;
  readonly testLimit?: number;
}

/** A table whose accuracies take the place of training what was found. */
export interface StudyJudge {
  readonly table: string;
  readonly epochs: number;
}

/** A study with everything filled in. */
export interface Study {
  readonly name: string;
  readonly space: string;
  readonly methods: readonly StudyMethod[];
  readonly sources: readonly StudySource[];
  readonly targets: readonly StudyTarget[];
  readonly seeds: readonly number[];
  /** Present: targets are data sets of its table, and nothing is trained on them. */
  readonly judge?: StudyJudge;
  /** What a reader of the report should know of the settings. */
  readonly notes?: readonly string[];
  readonly protocols: { readonly search: Protocol; readonly fitness: Protocol; readonly training: Protocol };
}

/**
 * Checks a study as read from JSON and fills in what is left out.
 * @param where what messages begin with, such as the name of the file
 * @throws StudyError that names every wrong field, what was got and what was wanted
 */
export function parseStudy(json: unknown, where = 'study'): Study {
  const schema = studySchema();
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new StudyError(`${where}: ${describeSchemaErrors(parsed.error, json, schema).join('; ')}`);
  const { name, space, seeds, search, fitness, training } = parsed.data;
  const at = <T>(field: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof NasTransferError)) throw error;
      throw new StudyError(`${where}: ${field}: ${error.message}`, { cause: error });
    }
  };
  const searchSpace = at('space', () => spaceByName(space));
  const defaults = searchSpace.protocols;
  const protocols = {
    search: withOverrides(defaults.search, search),
    fitness: [training, defaults.fitness, fitness].reduce(withOverrides, defaults.training),
    training: withOverrides(defaults.training, training),
  };
  const study: Study = {
    name,
    space,
    methods: parsed.data.methods.map((entry, i) => at(`methods[${i}]`, () => readMethod(entry))),
    sources: parsed.data.sources.map((entry, i) => at(`sources[${i}]`, () => readSource(entry))),
    targets: parsed.data.targets.map(readTarget),
    seeds,
    ...(parsed.data.notes ? { notes: parsed.data.notes } : {}),
    ...(parsed.data.judge ? { judge: parsed.data.judge } : {}),
    protocols,
  };
  if (study.judge) checkJudged(where, parsed.data);
  for (const part of ['training', 'fitness'] as const) at(part, () => checkRegularized(searchSpace, protocols[part]));
  if (study.methods.some((method) => methodByName(method.name).needs(method.options) === 'supernet')) {
    at('search', () => checkUnregularized(protocols.search));
    at('search.channels', () =>
      checkSupernetChannels(
        `supernet of ${space}`,
        study.protocols.search.channels,
        searchSpace.sizes.supernetChannels,
      ),
    );
  }
  requireUnique(
    where,
    'methods',
    study.methods.map((method) => method.label),
  );
  requireUnique(
    where,
    'sources',
    study.sources.map((source) => source.label),
  );
  requireUnique(
    where,
    'targets',
    study.targets.map((target) => target.label),
  );
  requireUnique(where, 'seeds', study.seeds.map(String));
  return study;
}

/** @throws AttributeError where networks of the space, or of such images, have no drop path or auxiliary classifier */
function checkRegularized(space: Space, protocol: Protocol): void {
  if (protocol.dropPath === 0 && protocol.auxiliaryWeight === 0) return;
  const any = space.random(new Random(0, 'checked network'));
  checkRegularization(space.network(any, networkSettings(protocol, 2)), protocol);
}

function checkUnregularized(protocol: Protocol): void {
  for (const field of ['dropPath', 'auxiliaryWeight'] as const)
    if (protocol[field] > 0)
      throw new StudyError(`${field} is ${protocol[field]}, wanted 0: supernets are trained without`);
}

/** What a table can't heed. */
function checkJudged(where: string, { training, targets }: StudyFile): void {
  const [field] = Object.keys(training);
  if (field !== undefined)
    throw new StudyError(
      `${where}: training.${field}: got a setting, wanted none with judge, for nothing is trained on targets; what shall hold for the short training of searches belongs in fitness`,
    );
  targets.forEach((target, i) => {
    if (typeof target !== 'string' && (target.limit !== undefined || target.testLimit !== undefined))
      throw new StudyError(
        `${where}: targets[${i}]: got a limit, wanted none with judge, for its table was measured on whole sets`,
      );
  });
}

function readMethod(entry: StudyFile['methods'][number]): StudyMethod {
  const { name, label, options } = typeof entry === 'string' ? { name: entry } : entry;
  return { label: label ?? name, name, options: parseMethodOptions(name, options ?? {}) };
}

/** @throws UnknownNameError for the method, StudyError for its options */
export function parseMethodOptions(name: string, options: unknown): unknown {
  const schema = methodByName(name).options;
  const parsed = schema.safeParse(options);
  if (!parsed.success)
    throw new StudyError(`options of ${name}: ${describeSchemaErrors(parsed.error, options, schema).join('; ')}`);
  return parsed.data;
}

function readSource(entry: string | SourceEntry): StudySource {
  if (typeof entry === 'string') return { label: entry, specification: parseSource(entry) };
  const { name, ...specification } = entry;
  checkSource(specification);
  return { label: name ?? formatSource(specification), specification };
}

function readTarget(entry: StudyFile['targets'][number]): StudyTarget {
  if (typeof entry === 'string') return { label: entry, set: entry };
  const { name, ...target } = entry;
  return { label: name ?? entry.set, ...target };
}

function requireUnique(where: string, field: string, names: readonly string[]): void {
  names.forEach((name, i) => {
    const first = names.indexOf(name);
    if (first < i)
      throw new StudyError(
        `${where}: ${field}[${i}]: got "${name}" as in ${field}[${first}], wanted a name of its own` +
          (field === 'seeds' ? '' : ` (give one with "${field === 'methods' ? 'label' : 'name'}")`),
      );
  });
}
