import { methodByName } from '../methods/methods.js';
import type { Protocol } from '../records/protocol.js';
import { describeSchemaErrors } from '../schemas/schemaErrors.js';
import { spaceByName } from '../spaces/spaces.js';
import {
  checkSupernetProtocol,
  fitnessProtocol,
  inField,
  StudyError,
  type StudyMethod,
  type StudySource,
  type StudyTarget,
  studyMethod,
  studySource,
  studyTarget,
  supernetProtocol,
  trainingProtocol,
} from './studyParts.js';
import { type StudyFile, studySchema } from './studySchema.js';

/** A table whose accuracies replace training of found architectures. */
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
 * Checks a study parsed from JSON and fills in defaults.
 * @param where what messages begin with, such as the name of the file
 * @throws {StudyError} when a field is wrong; names every wrong field, got and wanted
 */
export function parseStudy(json: unknown, where = 'study'): Study {
  const schema = studySchema();
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new StudyError(`${where}: ${describeSchemaErrors(parsed.error, json, schema).join('; ')}`);
  return inField(where, () => readStudy(parsed.data as StudyFile));
}

function readStudy(file: StudyFile): Study {
  const { name, seeds, search, fitness, training, notes, judge } = file;
  const space = inField('space', () => spaceByName(file.space));
  const methods = file.methods.map((entry, i) => inField(`methods[${i}]`, () => readMethod(entry)));
  const sources = file.sources.map((entry, i) => inField(`sources[${i}]`, () => readSource(entry)));
  const targets = file.targets.map(readTarget);
  if (judge) checkJudged(file);
  const protocols = {
    search: supernetProtocol(space, search),
    training: trainingProtocol(space, training),
    fitness: fitnessProtocol(space, fitness, training),
  };
  if (methods.some((method) => methodByName(method.name).needs(method.options) === 'supernet'))
    checkSupernetProtocol(space, protocols.search);
  for (const [field, entries] of Object.entries({ methods, sources, targets }))
    requireUnique(
      field,
      entries.map(({ label }) => label),
    );
  requireUnique('seeds', seeds.map(String));
  return {
    name,
    space: space.name,
    methods,
    sources,
    targets,
    seeds,
    ...(notes ? { notes } : {}),
    ...(judge ? { judge } : {}),
    protocols,
  };
}

/** @throws {StudyError} for settings that a table ignores */
function checkJudged({ training, targets }: StudyFile): void {
  const [field] = Object.keys(training);
  if (field !== undefined)
    throw new StudyError(
      `training.${field}: got a setting, wanted none with judge: nothing is trained on targets; settings of the short training of searches belong in fitness`,
    );
  targets.forEach((target, i) => {
    if (typeof target !== 'string' && (target.limit !== undefined || target.testLimit !== undefined))
      throw new StudyError(`targets[${i}]: got a limit, wanted none with judge: its table was measured on whole sets`);
  });
}

function readMethod(entry: StudyFile['methods'][number]): StudyMethod {
  return typeof entry === 'string' ? studyMethod(entry) : studyMethod(entry.name, entry.options, entry.label);
}

function readSource(entry: StudyFile['sources'][number]): StudySource {
  if (typeof entry === 'string') return studySource(entry);
  const { name, ...specification } = entry;
  return studySource(specification, name);
}

function readTarget(entry: StudyFile['targets'][number]): StudyTarget {
  if (typeof entry === 'string') return studyTarget({ set: entry });
  const { name, ...target } = entry;
  return studyTarget(target, name);
}

function requireUnique(field: string, names: readonly string[]): void {
  names.forEach((name, i) => {
    const first = names.indexOf(name);
    if (first < i)
      throw new StudyError(
        `${field}[${i}]: got "${name}" as in ${field}[${first}], wanted a name of its own` +
          (field === 'seeds' ? '' : ` (give one with "${field === 'methods' ? 'label' : 'name'}")`),
      );
  });
}
