/** Graphviz. An import by a variable compiles where the package, which is optional, is not installed. */
const GRAPHVIZ: string = '@viz-js/viz';

interface Graphviz {
  instance(): Promise<{ renderString(dot: string, options: { format: 'svg' }): string }>;
}

/**
 * Starts Graphviz, which has to be installed. Returns a function from DOT text to an SVG element for a page: no declaration,
 * ids or namespaces, colours by CSS; labels come last, so that no edge covers one.
 */
export async function graphviz(): Promise<(dot: string) => string> {
  const { instance } = (await import(GRAPHVIZ)) as Graphviz;
  const viz = await instance();
  return (dot) => {
    const svg = viz.renderString(dot, { format: 'svg' });
    const clean = svg
      .slice(svg.indexOf('<svg'))
      .replace(/<!--[\s\S]*?-->\s*/g, '')
      .replace(/<title>[\s\S]*?<\/title>\s*/g, '')
      .replace(/ (?:id|xmlns|xmlns:xlink|xml:space|fill|stroke|font-family|font-size)="[^"]*"/g, '')
      .replace(
        /<svg[^>]*viewBox="(\S+ \S+ (\S+) \S+)"[^>]*>/,
        '<svg viewBox="$1" style="width:$2px" aria-hidden="true">',
      )
      .trim();
    return labelsLast(clean);
  };
}

/** Moves labels out of the groups of their edges; groups of labels have the class of the operation. */
function labelsLast(svg: string): string {
  let labels = '';
  const edges = svg.replace(/<g class="edge ([^"]*)">([\s\S]*?)<\/g>/g, (_, kind: string, content: string) => {
    const rest = content.replace(/<text[\s\S]*?<\/text>\s*/g, (text) => {
      labels += `<g class="label ${kind}">\n${text}</g>\n`;
      return '';
    });
    return `<g class="edge ${kind}">${rest}</g>`;
  });
  const end = edges.lastIndexOf('</g>');
  return edges.slice(0, end) + labels + edges.slice(end);
}
