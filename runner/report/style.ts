import { FONT_SIZE, PHONE_FONT_SIZE } from './labels.js';

/** Colours by theme, as CSS variables. */
export const PALETTES = {
  light:
    '--page: #ffffff; --panel: #f5f7fa; --ink: #17202c; --quiet: #556170; --rule: #d9dfe6; --faint: #e7ebf0; ' +
    '--accent: #0b5cad; --accent-soft: #e3eefa; --linear: #b3470a; --chance: #6b7684; --warn: #9a3b00; ' +
    '--conv3: #0b5cad; --conv1: #12805c; --pool: #a2500c; --skip: #556170; --none: #98a3b0; ' +
    '--series0: #0b6fc2; --series1: #c85200; --series2: #0a8a68; --series3: #b0468c; --series4: #5b53c6; --series5: #8a6d00; --series6: #2b8fa8; --series7: #555f6b; ',
  dark:
    '--page: #10151c; --panel: #181f29; --ink: #e6ebf1; --quiet: #a0acba; --rule: #323c49; --faint: #232c37; ' +
    '--accent: #7db8f2; --accent-soft: #16293f; --linear: #f5a162; --chance: #a0acba; --warn: #ffb07a; ' +
    '--conv3: #7db8f2; --conv1: #5fd0a8; --pool: #f0a868; --skip: #b4bfcb; --none: #66727f; ' +
    '--series0: #6bb3f5; --series1: #ff9d57; --series2: #4fd3ab; --series3: #ee93cb; --series4: #aaa4ff; --series5: #dcc05a; --series6: #7fd0e6; --series7: #b4bfcb; ',
};

/** Style of figures that are also written as SVG files. */
export const FIGURE_STYLE = `
.dot-figure { width: 100%; max-width: 54rem; display: block; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.dot-figure text { font-size: ${FONT_SIZE}px; fill: var(--quiet); font-variant-numeric: tabular-nums; }
.dot-figure .title, .dot-figure .name { fill: var(--ink); font-weight: 600; }
.dot-figure .grid { stroke: var(--faint); stroke-width: 1; }
.dot-figure .level { stroke: var(--linear); stroke-width: 1.5; }
.dot-figure .level.resnet { stroke: var(--quiet); }
.dot-figure .level.random-mean { stroke: var(--quiet); stroke-dasharray: 4 4; }
.dot-figure g circle { fill: var(--c); fill-opacity: .6; }
.dot-figure g circle.key { fill-opacity: 1; }
.dot-figure g circle.below { fill: none; stroke: var(--c); }
.dot-figure g line { stroke: var(--c); stroke-width: 2.5; }
${[0, 1, 2, 3, 4, 5, 6, 7].map((series) => `.dot-figure .series${series} { --c: var(--series${series}); }`).join('\n')}
`;

/** Style sheet of reports: light and dark, narrow and wide, screen and print. */
export const STYLE = `
:root {
  color-scheme: light dark;
  ${PALETTES.light}
}
@media (prefers-color-scheme: dark) {
  :root {
    ${PALETTES.dark}
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }
main, header, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.25rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .35rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: .9rem; border-top: 1px solid var(--rule); letter-spacing: -.005em; }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .6rem 0; max-width: 46rem; }
a { color: var(--accent); }
code { font: .85em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { background: var(--panel); border-radius: .5rem; padding: .8rem 1rem; overflow-x: auto; }
small { color: var(--quiet); font-size: .82em; font-weight: 400; }
.subtitle { color: var(--quiet); margin-top: 0; }
.verdict { background: var(--accent-soft); border-left: 4px solid var(--accent); border-radius: .25rem .6rem .6rem .25rem; padding: .9rem 1.1rem; margin: 1.4rem 0 1rem; font-size: 1.08rem; max-width: none; }
.findings { padding-left: 1.2rem; max-width: 50rem; margin: .8rem 0; }
.findings li { margin: .3rem 0; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 1.2rem 0 0; font-size: .93rem; }

figure { margin: 0; min-width: 0; }
.table { margin: 1.3rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .93rem; }
.table > figcaption { color: var(--quiet); font-size: .9rem; max-width: 46rem; margin-bottom: .5rem; }
figcaption b { color: var(--ink); }
th, td { padding: .38rem .7rem; text-align: left; border-bottom: 1px solid var(--faint); vertical-align: middle; }
thead th { font-size: .82rem; font-weight: 600; color: var(--quiet); border-bottom: 1px solid var(--rule); white-space: nowrap; vertical-align: bottom; }
tbody th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
td code { white-space: nowrap; }
.prose td:not(.number) { min-width: 13rem; }
.tables { display: grid; gap: .5rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); align-items: start; }
.tables .table { margin: .5rem 0; }
.tables th, .tables td { padding-inline: .45rem; }
.tables th:first-child, .tables td:first-child { padding-left: 0; }

.matrix { min-width: min(100%, 40rem); }
.matrix td, .matrix thead th:not(:first-child) { text-align: center; }
.matrix thead th { white-space: normal; min-width: 5.5rem; }
.matrix tbody th { min-width: 8rem; position: sticky; left: 0; background: var(--page); max-width: 13rem; }
.matrix td.heat { background: var(--background); color: var(--text); padding: .7rem .8rem; border: 2px solid var(--page); border-radius: .45rem; white-space: nowrap; }
.matrix td.heat small { color: inherit; opacity: 1; }
.matrix .reference td { text-align: left; border: 0; color: var(--quiet); padding-block: .15rem; font-size: .88rem; }
.matrix .reference:first-child td { padding-top: .6rem; }
.matrix.dense td.heat { padding: .35rem .4rem; }
.matrix.dense thead th { min-width: 0; overflow-wrap: normal; }
@media (prefers-color-scheme: dark) { .matrix td.heat { background: var(--dark-background); color: var(--dark-text); } }

i.heat { display: inline-block; width: 1.1rem; height: .8rem; vertical-align: -1px; background: var(--background); }
@media (prefers-color-scheme: dark) { i.heat { background: var(--dark-background); } }

.key { display: inline-block; vertical-align: middle; width: 0; height: .95em; border-left: 2px solid var(--linear); margin: 0 .45rem 0 .3rem; }
.key.chance { border-left: 2px dashed var(--chance); }
.key.line { width: 1.5rem; height: 0; border: 0; border-top: 2.5px solid var(--c, var(--quiet)); }
.key.dashed { border-top-style: dashed; }
.key.level { height: 0; width: 1.5rem; border: 0; border-top: 2px dotted var(--ink); }
.key.front { height: 0; width: 1.5rem; border: 0; border-top: 2px solid var(--ink); }
.key.ring { width: .6rem; height: .6rem; border: 2px solid var(--quiet); border-radius: 50%; }
.legend { display: inline-block; margin-right: .7rem; }
.legend-row { color: var(--quiet); font-size: .9rem; max-width: none; }
${[0, 1, 2, 3, 4, 5, 6, 7].map((series) => `.series${series} { --c: var(--series${series}); }`).join('\n')}

.strips { width: 100%; }
.strips th, .strips td { border: 0; padding: 0 .5rem; }
.strips thead th { padding-bottom: .4rem; }
.strips th:first-child { padding-left: 0; }
.strips tbody th { width: 15rem; overflow-wrap: anywhere; line-height: 1.25; }
.strips .number { width: 1%; padding-right: 0; }
.strips .muted th b { font-weight: 400; }
.strip { display: block; overflow: visible; }
.strip .grid, .panel .grid { stroke: var(--faint); stroke-width: 1; }
.strip .level { stroke-width: 2; stroke: var(--linear); }
.strip .level.chance { stroke: var(--chance); stroke-dasharray: 4 4; }
.strip .level.zero { stroke: var(--quiet); }
.strip .error { stroke: var(--accent); stroke-width: 2.5; }
.strip .run { fill: var(--page); fill-opacity: .4; stroke: var(--accent); stroke-width: 1.3; }
.strip .share { fill: var(--accent); fill-opacity: .35; }
.muted .strip .share { fill: var(--chance); }
.strip .mean { fill: var(--accent); stroke: var(--page); stroke-width: 1.5; }
.strip .mean.single { fill: var(--page); stroke: var(--accent); stroke-width: 2; }
.muted .strip .error, .muted .strip .run, .muted .strip .mean.single { stroke: var(--chance); }
.muted .strip .mean:not(.single) { fill: var(--chance); }
.strip text, .panel text { font-size: ${FONT_SIZE}px; fill: var(--quiet); font-variant-numeric: tabular-nums; }
.meter { vertical-align: -1px; margin-right: .3rem; }
.meter .track { fill: var(--faint); }
.meter .bar { fill: var(--accent); }
.meter line { stroke: var(--quiet); }

.cells { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); margin: 1.2rem 0; }
.cell { border: 1px solid var(--rule); border-radius: .6rem; padding: .9rem 1rem; background: var(--panel); break-inside: avoid; }
.cell p { margin: .35rem 0; font-size: .92rem; }
.cell code { font-size: .78em; color: var(--quiet); }
.graph { height: 9rem; margin-bottom: .6rem; display: grid; place-items: center; }
.cell.wide { grid-column: 1 / -1; }
.cell.wide .graph { height: auto; display: block; overflow-x: auto; }
.graph svg { max-width: 100%; max-height: 100%; display: block; }
.cell.wide .graph svg { max-width: none; margin: 0 auto; }
.graph text { font-size: 12.5px; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: var(--ink); paint-order: stroke; stroke: var(--panel); stroke-width: 5px; stroke-linejoin: round; }
.graph .node text { stroke: none; }
.graph ellipse { fill: var(--page); stroke: var(--quiet); stroke-width: 1.2; }
.graph .edge { --c: var(--quiet); }
.graph .edge path { fill: none; stroke: var(--c); stroke-width: 1.8; }
.graph .edge polygon { fill: var(--c); stroke: var(--c); }
.graph .label text { fill: var(--c); }
.graph .conv3 { --c: var(--conv3); }
.graph .conv1 { --c: var(--conv1); }
.graph .pool { --c: var(--pool); }
.graph .skip { --c: var(--skip); }
.graph .none path { stroke: var(--none); stroke-width: 1; }
td .warning { white-space: nowrap; }
.warning { color: var(--warn); font-weight: 600; }
.warning::before { content: "⚠ "; }

/* One column per method where they fit, so that rows are sources. */
.panels { display: grid; gap: 1.2rem 1.6rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, max(var(--least, 15rem), 100% / var(--columns) - 1.6rem)), 1fr)); align-items: end; margin: 1rem 0 2rem; }
.panels:has(> .wide) { --least: 26rem; }
.panel { break-inside: avoid; }
.panel figcaption { font-size: .9rem; color: var(--quiet); margin-bottom: .2rem; }
.panel > svg { width: 100%; max-width: 19rem; display: block; }
.panel.wide > svg { max-width: 34rem; }
.panel .title { fill: var(--ink); font-weight: 600; }
.curve { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.curve.dashed { stroke-dasharray: 4 4; }
.curve.hit { stroke: transparent; stroke-width: 9; }
.band { fill: var(--c); }
.series:hover .band { fill-opacity: .3; }
.series:hover .curve:not(.hit) { stroke-width: 3.2; }
.dots { fill: none; stroke: var(--c, var(--accent)); stroke-width: 4; stroke-linecap: round; stroke-opacity: .55; }
.bins { fill: var(--accent); }
.panel .level { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 1.5 3.5; }
.panel .diagonal { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 3 3; }
.panel .front { fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-linejoin: round; }
.panel .ring { fill: var(--page); stroke: var(--c); stroke-width: 2; }

${FIGURE_STYLE}
.dot-figure.narrow { display: none; max-width: 28rem; }
@media (max-width: 44rem) {
  .dot-figure:not(.narrow) { display: none; }
  .dot-figure.narrow { display: block; }
}
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: .7rem 1.5rem; margin: 1rem 0; }
.facts dt { color: var(--quiet); font-size: .82rem; }
.facts dd { margin: 0; }
details { margin: 1rem 0; }
summary { cursor: pointer; color: var(--accent); font-weight: 600; }
footer { margin-top: 3rem; padding-block: 1.2rem 2.5rem; color: var(--quiet); font-size: .88rem; }

@media (max-width: 40rem) {
  body { font-size: 15px; }
  main, header, footer { padding-inline: 1rem; }
  header { padding-top: 1.5rem; }
  h1 { font-size: 1.55rem; }
  .scroll th, .scroll td { padding-inline: .4rem; }
  .prose td:not(.number) { min-width: 8.4rem; }
  .matrix { font-size: .86rem; }
  .matrix th, .matrix td { padding-inline: .45rem; }
  .matrix td.heat { padding: .55rem .5rem; }
  .matrix tbody th { min-width: 0; max-width: 7.5rem; }
  .matrix thead th { min-width: 0; }
}
/* Name and number share a line; the plot has the full width below. */
@media screen and (max-width: 50rem) {
  .strips, .strips tbody, .strips tfoot { display: block; }
  .strips thead { display: none; }
  .strips tr { display: grid; grid-template-columns: 1fr auto; margin-bottom: .3rem; }
  .strips tbody th { width: auto; }
  .strips td.plot { grid-row: 2; grid-column: 1 / 3; padding: 0; }
  .strips tfoot td:not(.plot) { display: none; }
}
@media (max-width: 50rem) { .strip .spare { display: none; } }
@media (max-width: 32rem) { .panel.wide text { font-size: ${PHONE_FONT_SIZE}px; } }
@media print {
  body { font-size: 10.5pt; }
  main, header, footer { max-width: none; padding: 0; }
  nav { display: none; }
  h2, h3, figcaption, .legend-row { break-after: avoid; }
  .scroll { overflow: visible; }
  .table:not(:has(.runs)), tr { break-inside: avoid; }
  .runs { font-size: 7pt; }
  .runs th, .runs td { padding: .2rem .3rem; }
  .runs code { display: block; min-width: 11rem; white-space: normal; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  .heat, .verdict, .bar, .track, .cell { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
