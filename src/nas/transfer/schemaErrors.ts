import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** What a schema found wrong with `value`, one line a field: its path, what was got, what was wanted. */
export function describeSchemaErrors(error: z.ZodError, value: unknown): string[] {
  return error.issues.flatMap((issue) => describeIssue(issue, value));
}

function describeIssue(issue: Issue, root: unknown): string[] {
  const field = formatPath(issue.path);
  const got = show(valueAt(root, issue.path));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${formatPath([...issue.path, key])}: got a field that is not known here`);
  if (issue.code === 'invalid_union') {
    // The branch that got past the type of the value itself tells the real fault.
    const branch = issue.errors.find((issues) => issues.some((inner) => !isTypeFault(inner)));
    if (branch)
      return branch.flatMap((inner) => describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, root));
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
