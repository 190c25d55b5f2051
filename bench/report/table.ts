/** A column of a table: its head, and the cell of a row as text. */
export interface Column<Row> {
  readonly head: string;
  cell(row: Row): string;
  /** Default right: most cells are numbers. */
  readonly align?: 'left' | 'right';
  /** Fewest characters, so that tables printed one after the other line up. */
  readonly least?: number;
}

/** A number with three significant digits and no exponent; '' where there is none. */
export function number(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  if (value === 0 || Math.abs(value) >= 100) return value.toFixed(0);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}

/** A share as whole per cent. */
export function percent(share: number | undefined): string {
  return share === undefined || Number.isNaN(share) ? '' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
}

/** Bytes as MB (10^6). */
export function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? '' : number(bytes / 1e6);
}

/** Lines of a table for a terminal, heads first. */
export function textTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return layOut(columns, rows, '  ');
}

/** Lines of a Markdown table. */
export function markdownTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const [head, ...body] = layOut(columns, rows, ' | ');
  const widths = widthsOf(columns, rows);
  const rule = columns.map(({ align }, i) =>
    align === 'left' ? '-'.repeat(widths[i]) : `${'-'.repeat(widths[i] - 1)}:`,
  );
  return [head, rule.join(' | '), ...body].map((line) => `| ${line} |`);
}

function widthsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number[] {
  return columns.map(({ head, cell, least = 5 }) =>
    Math.max(least, head.length, ...rows.map((row) => cell(row).length)),
  );
}

function layOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[], between: string): string[] {
  const widths = widthsOf(columns, rows);
  const line = (cells: readonly string[]) =>
    cells
      .map((text, i) => (columns[i].align === 'left' ? text.padEnd(widths[i]) : text.padStart(widths[i])))
      .join(between);
  return [line(columns.map(({ head }) => head)), ...rows.map((row) => line(columns.map(({ cell }) => cell(row))))];
}
