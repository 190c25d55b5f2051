import { expect } from 'vitest';

const VOID = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'track',
  'wbr',
]);

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface CheckedPage {
  readonly elements: readonly Element[];
  /** All text outside of tags, scripts and styles, as a reader sees it. */
  readonly text: string;
  /** Contents of scripts and styles by element name. */
  readonly raw: ReadonlyMap<string, readonly string[]>;
}

/** Reads a page strictly: every tag closed in order, attributes quoted and single, ids unique, no bare `<` or `&`. */
export function checkHtml(page: string): CheckedPage {
  const open: string[] = [];
  const elements: Element[] = [];
  const raw = new Map<string, string[]>();
  const ids = new Set<string>();
  let text = '';
  let position = 0;

  const fail = (problem: string): never => {
    throw new Error(`${problem} at ${position}: ${page.slice(position, position + 80)}`);
  };

  if (!page.startsWith('<!DOCTYPE html>')) fail('no doctype');
  position = '<!DOCTYPE html>'.length;
  while (position < page.length) {
    if (page[position] !== '<') {
      const end = page.indexOf('<', position);
      const part = page.slice(position, end < 0 ? page.length : end);
      text += decode(part, fail);
      position += part.length;
      continue;
    }
    const closing = /^<\/([a-zA-Z0-9]+)>/.exec(page.slice(position, position + 40));
    if (closing) {
      if (open.pop() !== closing[1]) fail(`unexpected end of ${closing[1]}`);
      text += ' ';
      position += closing[0].length;
      continue;
    }
    const tag = /^<([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"]*")?)*)\s*(\/?)>/.exec(page.slice(position));
    if (!tag) return fail('neither text nor tag');
    const [whole, name, list, selfClosing] = tag;
    const attributes = new Map<string, string>();
    for (const [, key, value = ''] of list.matchAll(/([a-zA-Z][\w:-]*)(?:="([^"]*)")?/g)) {
      if (attributes.has(key)) fail(`attribute ${key} twice`);
      attributes.set(key, decode(value, fail));
    }
    const id = attributes.get('id');
    if (id !== undefined && ids.has(id)) fail(`id ${id} twice`);
    if (id !== undefined) ids.add(id);
    elements.push({ name, attributes });
    position += whole.length;
    if (name === 'script' || name === 'style') {
      const end = page.indexOf(`</${name}>`, position);
      raw.set(name, [...(raw.get(name) ?? []), page.slice(position, end)]);
      position = end + `</${name}>`.length;
    } else if (!VOID.has(name) && !selfClosing) open.push(name);
  }
  if (open.length > 0) fail(`never closed: ${open.join(', ')}`);
  return { elements, text, raw };
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function decode(text: string, fail: (problem: string) => never): string {
  return text.replace(/&(#?\w*)(;?)/g, (whole, name: string, end: string) => {
    if (end !== ';') fail(`bare & in "${text.slice(0, 60)}"`);
    const code = /^#(x?)([0-9a-f]+)$/i.exec(name);
    if (ENTITIES[name]) return ENTITIES[name];
    if (!code) fail(`unknown entity ${whole}`);
    return String.fromCodePoint(Number.parseInt(code![2], code![1] ? 16 : 10));
  });
}

/** Expects that a page loads nothing, runs nothing, links only within itself, and that its policy says so. */
export function expectSelfContained({ elements, raw }: CheckedPage): void {
  for (const { name, attributes } of elements) {
    expect(['link', 'img', 'iframe', 'object', 'embed', 'base', 'form', 'image', 'use']).not.toContain(name);
    for (const [key, value] of attributes) {
      expect(key).not.toMatch(/^(src|srcset|on\w+|xlink:href|action|data)$/);
      if (key === 'href') expect(value).toMatch(/^#\w/);
      expect(value).not.toMatch(/url\(|javascript:|^(https?:)?\/\//i);
    }
    if (name === 'script') expect(attributes.get('type')).toBe('application/json');
  }
  expect(raw.get('style')!.join()).not.toMatch(/url\(|@import|http/);
  const policy = elements.find(({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy');
  expect(policy?.attributes.get('content')).toBe("default-src 'none'; style-src 'unsafe-inline'");
}

/** Expects that each picture has a text alternative and each table headings. */
export function expectTextAlternatives({ elements }: CheckedPage): void {
  for (const { attributes } of elements)
    if (attributes.get('role') === 'img') expect(attributes.get('aria-label')).toMatch(/\w/);
  const count = (wanted: string) => elements.filter(({ name }) => name === wanted).length;
  expect(count('table')).toBe(count('thead'));
}

/** Reads a page of a report strictly; no number may be missing in it. */
export function checkReport(text: string): CheckedPage {
  const page = checkHtml(text);
  expectSelfContained(page);
  expectTextAlternatives(page);
  expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
  return page;
}

/** The drawing of every path of a class. */
export function pathsOf({ elements }: CheckedPage, kind: string): string[] {
  return elements
    .filter(({ name, attributes }) => name === 'path' && attributes.get('class') === kind)
    .map(({ attributes }) => attributes.get('d')!);
}

/** Width and height of the frame of the first chart with two axes. */
export function frameOf({ elements }: CheckedPage): { width: number; height: number } {
  const frame = elements.find(({ name, attributes }) => name === 'svg' && attributes.has('x'))!;
  return { width: Number(frame.attributes.get('width')), height: Number(frame.attributes.get('height')) };
}
