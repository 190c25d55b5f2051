import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../files/atomicWrite.js';

/** Files of the folder: the study as a study file, which `nastransfer study` runs too, and how it was chosen. */
export const STUDY_FILE = 'quickstart.json';
const PLAN_FILE = 'plan.json';

const schema = z.object({
  minutes: z.number().gt(0),
  seed: z.int().min(0),
  /** The device that was measured. */
  device: z.string(),
  /** Index in LADDER. */
  rung: z.int().min(0),
  /** Predicted seconds of the whole command. */
  estimate: z.number(),
});

/** A plan as stored in the study's folder. */
export type KeptPlan = z.infer<typeof schema>;

/** Reads the plan of an earlier run in the folder and its study; undefined where there is no usable one. */
export async function readKept(out: string): Promise<{ plan: KeptPlan; study: unknown } | undefined> {
  const [text, study] = await Promise.all([PLAN_FILE, STUDY_FILE].map((name) => readJson(join(out, name))));
  const plan = schema.safeParse(text);
  return plan.success && study !== undefined ? { plan: plan.data, study } : undefined;
}

/** Stores a plan. Its own file is written last: without it the plan is ignored. */
export async function keepPlan(out: string, plan: KeptPlan, study: object): Promise<void> {
  await atomicWrite(join(out, STUDY_FILE), `${JSON.stringify(study, undefined, 2)}\n`);
  await atomicWrite(join(out, PLAN_FILE), `${JSON.stringify(plan, undefined, 2)}\n`);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
