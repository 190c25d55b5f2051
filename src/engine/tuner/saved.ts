import type { Gpu } from '../device/gpu.js';
import { shaderSources } from '../kernels/shaderSources.js';
import { sha256 } from './digest.js';
import type { TuningRecord } from './record.js';

/** Raised when the name of a variant comes to stand for something else though its shader stays. */
const VARIANTS_VERSION = 1;

/** What a tuning is for: it says nothing of another adapter or driver, or of other kernels. */
export interface TuningIdentity {
  readonly adapter: Readonly<Record<string, string>>;
  /** Hash of the shaders. */
  readonly kernels: string;
}

/** A tuning as it is kept, in JSON. */
export interface SavedTuning extends TuningIdentity {
  readonly format: 1;
  readonly records: readonly TuningRecord[];
}

/** Where tunings are kept, one an adapter. */
export interface TuningStore {
  /** What is kept under a name, as it was written or not; undefined where nothing is. Rejects if it can't be read. */
  read(name: string): Promise<unknown>;
  write(name: string, tuning: SavedTuning): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface LoadedTuning {
  /** Empty where there are none, or none that apply. */
  readonly records: readonly TuningRecord[];
  /** Why what is kept is not used. */
  readonly problem?: string;
}

/** Reads the tuning of a device's adapter and driver for the kernels as they are. */
export async function loadTuning(gpu: Pick<Gpu, 'info'>, store: TuningStore): Promise<LoadedTuning> {
  const identity = await identityOf(gpu);
  let saved: unknown;
  try {
    saved = await store.read(await nameOf(identity));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { records: [], problem: `the tuning of this adapter can't be read and is not used: ${reason}` };
  }
  if (saved === undefined) return { records: [] };
  if (!isSaved(saved)) return { records: [], problem: 'the tuning of this adapter is damaged and not used' };
  const same = JSON.stringify(saved.adapter) === JSON.stringify(identity.adapter);
  if (!same || saved.kernels !== identity.kernels)
    return { records: [], problem: 'the tuning of this adapter is for other kernels and not used' };
  return { records: saved.records };
}

/** Keeps records as the tuning of a device's adapter and driver, instead of what was kept before. */
export async function saveTuning(
  gpu: Pick<Gpu, 'info'>,
  store: TuningStore,
  records: readonly TuningRecord[],
): Promise<void> {
  const identity = await identityOf(gpu);
  await store.write(await nameOf(identity), { format: 1, ...identity, records });
}

export async function removeTuning(gpu: Pick<Gpu, 'info'>, store: TuningStore): Promise<void> {
  await store.remove(await nameOf(await identityOf(gpu)));
}

async function identityOf({ info }: Pick<Gpu, 'info'>): Promise<TuningIdentity> {
  const { kind, name, vendor, architecture, driver, backend = '' } = info;
  const shaders = Object.entries(shaderSources).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    adapter: { kind, name, vendor, architecture, driver, backend },
    kernels: await sha256(JSON.stringify([VARIANTS_VERSION, shaders])),
  };
}

/** One name an adapter and driver, whatever the kernels: a tuning for older ones is written over. */
async function nameOf({ adapter }: TuningIdentity): Promise<string> {
  return (await sha256(JSON.stringify(adapter))).slice(0, 16);
}

function isSaved(value: unknown): value is SavedTuning {
  const saved = value as Partial<SavedTuning> | null;
  return saved?.format === 1 && Array.isArray(saved.records) && saved.records.every(isRecord);
}

function isRecord(value: unknown): value is TuningRecord {
  const record = value as Partial<TuningRecord> | null;
  return (
    [record?.key, record?.measuredOn, record?.usual, record?.chosen].every((text) => typeof text === 'string') &&
    [record?.times, record?.rejected].every(Array.isArray)
  );
}
