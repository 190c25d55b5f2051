import { ArchitectureError } from '../shared/architectureError.js';

/** A parsed Python or JSON literal with the position where it begins. */
export type Literal = { readonly at: number } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Literal[] }
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, Literal> }
);

/** @throws {ArchitectureError} always: with the position, got and wanted */
export function unexpected(text: string, at: number, wanted: string): never {
  const rest = text.slice(at, at + 24);
  throw new ArchitectureError(
    `genotype: position ${at}: got ${rest === '' ? 'the end of the text' : `"${rest}"`}, wanted ${wanted}`,
  );
}

/**
 * Reads numbers, quoted text, lists, tuples, `range(a, b)`, and records: `Name(key=value, ...)` or `{"key": value, ...}`.
 * @throws {ArchitectureError} with the position (from 0), got and wanted
 */
export function parseLiteral(text: string): Literal {
  let position = 0;
  const skip = () => {
    while (/\s/.test(text[position] ?? '')) position++;
  };
  const take = (pattern: RegExp): string | undefined => {
    skip();
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    position += found?.length ?? 0;
    return found;
  };
  const expect = (pattern: RegExp, wanted: string): string => take(pattern) ?? unexpected(text, position, wanted);

  /** Items separated by commas; a trailing comma is allowed. */
  const sequence = (closing: RegExp, name: string, item: () => void) => {
    while (take(closing) === undefined) {
      item();
      if (take(/,/y) === undefined) {
        expect(closing, `"," or "${name}"`);
        return;
      }
    }
  };
  const list = (at: number, closing: RegExp, name: string): Literal => {
    const items: Literal[] = [];
    sequence(closing, name, () => items.push(value()));
    return { kind: 'list', at, items };
  };
  const record = (at: number, closing: RegExp, name: string, key: () => string): Literal => {
    const fields = new Map<string, Literal>();
    sequence(closing, name, () => {
      skip();
      const start = position;
      const field = key();
      if (fields.has(field)) unexpected(text, start, `each name once, but "${field}" is repeated`);
      fields.set(field, value());
    });
    return { kind: 'record', at, fields };
  };
  const quoted = (): string | undefined => take(/'[^'\\]*'|"[^"\\]*"/y)?.slice(1, -1);

  function value(): Literal {
    skip();
    const at = position;
    const digits = take(/-?\d+/y);
    if (digits !== undefined) return { kind: 'number', at, value: Number(digits) };
    const string = quoted();
    if (string !== undefined) return { kind: 'text', at, value: string };
    if (take(/\[/y)) return list(at, /\]/y, ']');
    if (take(/\(/y)) return list(at, /\)/y, ')');
    if (take(/range\s*\(/y)) return range(at);
    if (take(/\{/y))
      return record(at, /\}/y, '}', () => {
        const name = quoted() ?? unexpected(text, position, 'a name in quotes');
        expect(/:/y, `":" after "${name}"`);
        return name;
      });
    if (take(/[A-Za-z_]\w*\s*\(/y))
      return record(at, /\)/y, ')', () => {
        const name = expect(/[A-Za-z_]\w*/y, 'a name');
        expect(/=/y, `"=" after "${name}"`);
        return name;
      });
    return unexpected(text, at, 'a number, a text in quotes, a list or Genotype(...)');
  }

  function range(at: number): Literal {
    const bound = () => Number(expect(/\d{1,3}/y, 'a whole number'));
    const start = bound();
    expect(/,/y, '","');
    const end = bound();
    expect(/\)/y, '")"');
    const length = Math.max(0, end - start);
    return { kind: 'list', at, items: Array.from({ length }, (_, i) => ({ kind: 'number', at, value: start + i })) };
  }

  const result = value();
  skip();
  if (position < text.length) unexpected(text, position, 'the end of the text');
  return result;
}
