import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../runner/progress/output.js';

const header = ['name', 'images', 'where'];
const rows = [
  ['絵文字', '12', 'npm'],
  ['digits', '60000', ''],
];
const colours = picocolors.createColors(false);

describe('a table', () => {
  it('has columns as wide as the terminal width of their entries', () => {
    expect(formatTable(header, rows, { colours, right: ['images'] }).split('\n')).toEqual([
      'name    images  where',
      '絵文字      12  npm',
      'digits   60000',
    ]);
  });

  it('becomes paragraphs, without empty entries, if a terminal is too narrow', () => {
    expect(formatTable(header, rows, { colours, columns: 21 })).toBe(formatTable(header, rows, { colours }));
    expect(formatTable(header, rows, { colours, columns: 20 }).split('\n')).toEqual([
      '絵文字',
      '  images  12',
      '  where   npm',
      '',
      'digits',
      '  images  60000',
    ]);
  });
});
