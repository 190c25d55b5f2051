import { html, type Insert, type Markup } from './html.js';

/** A column heading; columns of numbers are right-aligned, and their headings are wrapped in `number`. */
export type Column = string | { readonly number: string | Markup };

interface Table {
  readonly caption: Insert;
  readonly columns: readonly Column[];
  /** A field for each column; the first names its row. */
  readonly rows: readonly (readonly Insert[])[];
  /** Further class of the table. */
  readonly kind?: string;
}

/** A plain table under its caption. */
export function table({ caption, columns, rows, kind }: Table): Markup {
  const right = columns.map((column) => typeof column !== 'string');
  const head = columns.map((column) =>
    typeof column === 'string'
      ? html`<th scope="col">${column}</th>`
      : html`<th scope="col" class="number">${column.number}</th>`,
  );
  const field = (content: Insert, place: number) => {
    if (place === 0) return html`<th scope="row">${content}</th>`;
    return right[place] ? html`<td class="number">${content}</td>` : html`<td>${content}</td>`;
  };
  const body = rows.map((row) => html`\n<tr>${row.map(field)}</tr>`);
  return scrolling(caption, html`<thead><tr>${head}</tr></thead>\n<tbody>${body}\n</tbody>`, kind);
}

/**
 * The parts of a table under a caption. Where the page is narrower, the table scrolls in its own box, also by keyboard;
 * the caption is outside of the box and wraps.
 */
export function scrolling(caption: Insert, parts: Markup, kind?: string): Markup {
  return html`<figure class="table"><figcaption>${caption}</figcaption>
<div class="scroll" tabindex="0"><table${kind && html` class="${kind}"`}>
${parts}
</table></div></figure>`;
}
