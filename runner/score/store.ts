import { type FileHandle, open, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluatedScores } from '../../src/nas/scores/index.js';
import { StoreError } from '../errors/errors.js';
import { lockFolder } from '../files/lock.js';
import { makeFolder } from '../files/makeFolder.js';

const FILE = 'scores.jsonl';

/** A line of `scores.jsonl`. */
interface Line extends EvaluatedScores {
  /** Hash of everything that the scores depend on, except the architecture. */
  readonly run: string;
  readonly architecture: string;
}

/** Store of finished scores by architecture. */
export interface ScoreStore {
  /** Finished scores of an architecture. */
  get(architecture: string): EvaluatedScores;
  append(architecture: string, evaluated: EvaluatedScores): Promise<void>;
  close(): Promise<void>;
}

export function memoryStore(): ScoreStore {
  const known = new Map<string, EvaluatedScores>();
  return storeOf(
    '',
    known,
    async () => {},
    async () => {},
  );
}

/**
 * Opens or creates the folder and locks it; lines of other runs are kept and ignored. An incomplete last line, left by a killed
 * process, is dropped. @throws {LockedError} when another process holds the folder @throws {StoreError} when it cannot be read or written
 */
export async function openScoreFolder(path: string, run: string, notice: (text: string) => void): Promise<ScoreStore> {
  await makeFolder(path);
  const unlock = await lockFolder(path, notice);
  let file: FileHandle | undefined;
  try {
    // The folder is locked, so temporary files were left by killed processes.
    for (const name of await readdir(path)) if (name.endsWith('.tmp')) await rm(join(path, name), { force: true });
    const known = await readLines(join(path, FILE), run);
    file = await open(join(path, FILE), 'a');
    const opened = file;
    const write = (line: Line) => opened.appendFile(`${JSON.stringify(line)}\n`);
    return storeOf(run, known, write, async () => {
      await opened.close();
      await unlock();
    });
  } catch (error) {
    await file?.close();
    await unlock();
    throw error;
  }
}

function storeOf(
  run: string,
  known: Map<string, EvaluatedScores>,
  write: (line: Line) => Promise<void>,
  close: () => Promise<void>,
): ScoreStore {
  return {
    get: (architecture) => known.get(architecture) ?? { scores: {}, seconds: {} },
    async append(architecture, evaluated) {
      await write({ run, architecture, ...evaluated });
      addTo(known, architecture, evaluated);
    },
    close,
  };
}

function addTo(known: Map<string, EvaluatedScores>, architecture: string, { scores, seconds }: EvaluatedScores): void {
  const before = known.get(architecture);
  known.set(architecture, {
    scores: { ...before?.scores, ...scores },
    seconds: { ...before?.seconds, ...seconds },
  });
}

async function readLines(path: string, run: string): Promise<Map<string, EvaluatedScores>> {
  const known = new Map<string, EvaluatedScores>();
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return known;
    throw error;
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
  for (const [index, line] of whole.split('\n').slice(0, -1).entries()) {
    const record = parseLine(line);
    if (!record)
      throw new StoreError(
        `${path}: line ${index + 1} is no record of scores, wanted JSON with run, architecture, scores and seconds; delete the line to compute it again`,
      );
    if (record.run === run) addTo(known, record.architecture, record);
  }
  return known;
}

function parseLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Line;
    const valid = typeof line.run === 'string' && typeof line.architecture === 'string' && line.scores && line.seconds;
    return valid ? line : undefined;
  } catch {
    return undefined;
  }
}
