import { heatSwatch } from './colour.js';
import { html, type Insert, type Markup } from './html.js';

/** Style of an element of class `heat` for a value between 0 and 1: colours for both themes, of which the style sheet chooses. */
function swatchStyle(value: number): string {
  const [light, dark] = [heatSwatch(value, 'light'), heatSwatch(value, 'dark')];
  return `--background:${light.background};--text:${light.text};--dark-background:${dark.background};--dark-text:${dark.text}`;
}

/** Table cell coloured by a value between 0 and 1; without colour for null. */
export function heatField(value: number | null, content: Insert): Markup {
  return value === null
    ? html`<td class="missing">${content}</td>`
    : html`<td class="heat" style="${swatchStyle(value)}">${content}</td>`;
}

/** Legend of the colours from the lowest value to the highest. */
export function colourLegend(low: string, high: string): Markup {
  const steps = [0, 0.25, 0.5, 0.75, 1].map((value) => html`<i class="heat" style="${swatchStyle(value)}"></i>`);
  return html`<span class="legend">Colours: ${low} <span class="ramp">${steps}</span> ${high}</span>`;
}
