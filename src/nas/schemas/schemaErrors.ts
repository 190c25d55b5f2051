import { z } from 'zod';
import { nearest } from '../errors/nearestName.js';

type Issue = z.core.$ZodIssue;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/**
 * Describes the errors of a schema, one line for each field: path, got, wanted.
 * @param schema the schema that `value` was checked by, for suggesting the names of unknown fields
 */
export function describeSchemaErrors(error: z.ZodError, value: unknown, schema?: z.ZodType): string[] {
  const known = schema ? (z.toJSONSchema(schema, { io: 'input' }) as JsonSchema) : undefined;
  return error.issues.flatMap((issue) => describeIssue(issue, value, known));
}

/** The part of a JSON Schema that is used here. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** Names of the fields that are allowed at a path. */
function fieldsAt(schema: JsonSchema | undefined, path: readonly PropertyKey[]): string[] {
  if (!schema) return [];
  if (schema.anyOf) return schema.anyOf.flatMap((branch) => fieldsAt(branch, path));
  if (path.length === 0) return Object.keys(schema.properties ?? {}).filter((name) => !name.startsWith('$'));
  const [first, ...rest] = path;
  return fieldsAt(typeof first === 'number' ? schema.items : schema.properties?.[String(first)], rest);
}

function unknownField(key: string, path: readonly PropertyKey[], schema: JsonSchema | undefined): string {
  const fields = fieldsAt(schema, path);
  const guess = nearest(key, fields);
  const known = fields.length === 0 ? '' : `${guess ? ` (did you mean ${guess}?)` : ''}, wanted ${fields.join(', ')}`;
  return `${formatPath([...path, key])}: got a field that is not known here${known}`;
}

function describeIssue(issue: Issue, root: unknown, schema?: JsonSchema): string[] {
  const field = formatPath(issue.path);
  const got = show(valueAt(root, issue.path));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(key, issue.path, schema));
  if (issue.code === 'invalid_union') {
    // The branch that accepted the type of the value itself has the relevant error.
    const branch = issue.errors.find((issues) => issues.some((inner) => !isTypeFault(inner)));
    if (branch)
      return branch.flatMap((inner) => describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, root, schema));
    const wanted = issue.errors.flat().map(wantedBy);
    return [`${field}: got ${got}, wanted ${[...new Set(wanted)].join(' or ')}`];
  }
  return [`${field}: got ${got}, wanted ${wantedBy(issue)}`];
}

function isTypeFault(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function wantedBy(issue: Issue): string {
  const items = 'origin' in issue && (issue.origin === 'array' || issue.origin === 'string');
  const unit = items ? (issue.origin === 'array' ? ' entries' : ' characters') : '';
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    default:
      return issue.message;
  }
}

function formatPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the whole' : text.replace(/^\./, '');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value: unknown, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
