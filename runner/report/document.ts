import { html, jsonScript, type Markup, trusted } from './html.js';
import { STYLE } from './style.js';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

interface Document {
  /** Heading of the page. */
  readonly name: string;
  /** Kind of the report, for the window title. */
  readonly kind: string;
  /** Facts under the heading. */
  readonly subtitle: readonly string[];
  /** Main finding in one sentence. */
  readonly verdict: string;
  readonly findings: readonly string[];
  readonly sections: readonly Section[];
  readonly footer: Markup;
  /** Data of the page, embedded as the JSON block `results`. */
  readonly data: unknown;
}

/**
 * A report as one self-contained HTML page: style and pictures are inline, there are no scripts, and its Content Security Policy
 * forbids loading anything.
 */
export function documentPage({ name, kind, subtitle, verdict, findings, sections, footer, data }: Document): string {
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${name}: ${kind}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<header>
<h1>${name}</h1>
<p class="subtitle">${subtitle.map((part) => part.replaceAll(' ', '\u00a0')).join('\u00a0· ')}</p>
<p class="verdict">${verdict}</p>
${findings.length > 0 && html`<ul class="findings">${findings.map((finding) => html`<li>${finding}</li>`)}</ul>`}
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
</header>
<main>${sections.map(
    ({ id, title, body }) => html`
<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}
</section>`,
  )}
</main>
<footer>${footer}</footer>
${jsonScript('results', data)}
</body>
</html>
`;
  return page.text;
}
