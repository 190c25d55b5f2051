/** Markup that is safe to insert as it is. Only `html` and `trusted` make it. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Insert = Markup | string | number | false | null | undefined | readonly Insert[];

/** Builds markup from a template; everything inserted that is not markup itself is escaped. */
export function html(strings: TemplateStringsArray, ...inserts: Insert[]): Markup {
  return new Markup(strings.reduce((text, part, i) => text + render(inserts[i - 1]) + part));
}

/** Declares text as markup. Only for text this program wrote itself. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** Data for a `<script type="application/json">`, where no `</script>` and no comment may appear. */
export function jsonScript(id: string, data: unknown): Markup {
  const text = JSON.stringify(data, null, 1).replace(/[<>&]/g, unicodeEscape);
  return trusted(`<script type="application/json" id="${id}">${text}</script>`);
}

function render(insert: Insert): string {
  if (insert === false || insert === null || insert === undefined) return '';
  if (insert instanceof Markup) return insert.text;
  if (Array.isArray(insert)) return insert.map(render).join('');
  return escapeText(String(insert));
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeText(text: string): string {
  return withoutControls(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** HTML allows no control characters but tab and line ends; lone surrogates can't be written as UTF-8. */
function withoutControls(text: string): string {
  return text.replace(/[\p{Control}\p{Surrogate}]/gu, (character) =>
    '\t\n\r'.includes(character) ? character : '\ufffd',
  );
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
