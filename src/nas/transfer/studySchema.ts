import { z } from 'zod';
import { DEFAULT_RULE, ruleParameters, SOURCE_RULES } from '../data/rules/rules.js';
import { METHOD_NAMES } from '../methods/methods.js';
import { protocolOverrides } from '../records/protocolOverrides.js';
import { DEFAULT_SPACE, SPACE_NAMES, spaceByName } from '../spaces/spaces.js';

const text = z.string().min(1);
const images = z.int().min(2);
const label = text.optional().describe('the name in results and reports');

const targetEntry = z.union([
  text,
  z.strictObject({
    name: label,
    set: text.describe('name of an image set'),
    limit: images.optional().describe('at most this many training images'),
    testLimit: images.optional().describe('at most this many test images'),
  }),
]);

const judge = z.strictObject({
  table: text.describe('name of a table in the folder of tables, such as nasbench201'),
  epochs: z.int().min(1).default(200).describe('test accuracies after this many epochs of training'),
});

/** The schema of study files, with the methods, spaces and source rules that are registered now. */
export function studySchema() {
  const methodEntry = z.union([
    text,
    z.strictObject({
      name: text.describe(METHOD_NAMES.join(', ')),
      label,
      options: z.record(text, z.json()).optional(),
    }),
  ]);
  const sourceEntry = z.union([
    text,
    z.strictObject({
      name: label,
      set: text.describe('name of an image set'),
      rule: z.enum(SOURCE_RULES).default(DEFAULT_RULE),
      ...parameterFields(),
      limit: images.optional().describe('at most this many images'),
    }),
  ]);
  return z.strictObject({
    $schema: z.string().optional(),
    name: text,
    space: text.default(DEFAULT_SPACE).describe(SPACE_NAMES.join(', ')),
    methods: z.array(methodEntry).min(1),
    sources: z.array(sourceEntry).min(1).describe('image sets, or selections of one, that are searched on'),
    targets: z
      .array(targetEntry)
      .min(1)
      .describe('image sets that found architectures are trained on; with a judge, data sets of its table'),
    judge: judge.optional().describe('a table of accuracies that replaces training on targets'),
    seeds: z.array(z.int().min(0).max(0xffffffff)).min(1),
    search: protocolOverrides.default({}).describe('how a supernet is trained'),
    fitness: protocolOverrides
      .default({})
      .describe(`the short training that ranks candidates; otherwise like training: ${fitnessTexts()}`),
    training: protocolOverrides.default({}).describe('how found architectures are trained on a target'),
    notes: z
      .array(text)
      .optional()
      .describe('what a reader of the report should know of the settings; changes no result'),
  });
}

/** The content of a study file. */
export type StudyFile = z.infer<ReturnType<typeof studySchema>> & {
  /** Source entries with the parameters of their rules. */
  readonly sources: readonly (string | SourceEntry)[];
};

/** A source with its parameters by field. */
export interface SourceEntry {
  readonly name?: string;
  readonly set: string;
  readonly rule: string;
  readonly limit?: number;
  readonly [parameter: string]: string | number | undefined;
}

/** JSON Schema of a study file, for editors. */
export const studyJsonSchema = (): object => z.toJSONSchema(studySchema(), { io: 'input' });

function parameterFields(): Record<string, z.ZodType<number | undefined>> {
  return Object.fromEntries(
    [...ruleParameters()].map(([field, parameters]) => {
      const schemas = parameters.map(({ schema }) => schema);
      return [field, schemas.length === 1 ? schemas[0] : z.union(schemas)];
    }),
  );
}

/** `in nasbench201 over 12 epochs, in darts of smaller networks over 20 epochs`. */
function fitnessTexts(): string {
  return SPACE_NAMES.map((name) => {
    const { epochs, channels, cells } = spaceByName(name).protocols.fitness;
    const smaller = channels !== undefined || cells !== undefined ? ' of smaller networks' : '';
    return `in ${name}${smaller}${epochs === undefined ? '' : ` over ${epochs} epochs`}`;
  }).join(', ');
}
