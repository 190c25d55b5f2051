import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that text takes on a terminal: two for East Asian wide characters and emoji, none for combining marks and escapes. */
export function displayWidth(text: string): number {
  return stringWidth(text);
}

/** Text cut to at most `columns` columns, with an ellipsis where something was cut; no character is cut in two. */
export function fitted(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 1;
  for (const { segment } of graphemes.segment(text)) {
    width += displayWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return columns < 1 ? '' : `${kept}…`;
}

/** Text on one line that can't steer a terminal: control characters, escapes among them, become spaces. */
export function printable(text: string): string {
  return text.replace(/\p{Control}/gu, ' ');
}

/** A bar of `width` characters, of which the `fraction` done is full. */
export function bar(fraction: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
