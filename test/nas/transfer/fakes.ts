import type { SearchOutcome, TrainingOutcome } from '../../../src/nas/records/outcome.js';
import type { PlanContext } from '../../../src/nas/transfer/plan.js';
import type { Executors, JobRecord, JobStore, StudyProvenance } from '../../../src/nas/transfer/study.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';

export const fakeStudy = parseStudy({
  name: 'fake',
  methods: ['random', { name: 'regularized-evolution', options: { cycles: 20 } }],
  sources: ['left', 'right'],
  targets: ['near', { set: 'far', limit: 100 }],
  seeds: [0, 1],
});

export const fakeContext: PlanContext = {
  adapter: 'fake adapter',
  fingerprints: new Map(['left', 'right', 'near', 'far'].map((name) => [name, `pixels of ${name}`])),
};

export const fakeProvenance: StudyProvenance = {
  adapter: { name: 'fake', driver: 'fake', kind: 'fake' },
  versions: { nastransfer: '0' },
  sources: [],
  targets: [],
};

const operations = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];

/** Results that are a function of the task's hash only, as real ones are. */
export function fakeExecutors(onWork: (what: string) => Promise<void> | void = () => {}): Executors {
  const digits = (hash: string) => Number.parseInt(hash.slice(0, 12), 16);
  return {
    async search(task): Promise<SearchOutcome> {
      await onWork(`search ${task.method} ${task.source} ${task.seed}`);
      const pick = (i: number) => operations[Math.floor(digits(task.hash) / 5 ** i) % 5];
      const architecture = `|${pick(0)}~0|+|${pick(1)}~0|${pick(2)}~1|+|${pick(3)}~0|${pick(4)}~1|${pick(5)}~2|`;
      return { architecture, epochs: [], evaluations: [{ architecture, fitness: digits(task.hash) / 16 ** 12 }] };
    },
    async train(task): Promise<TrainingOutcome> {
      await onWork(`train ${task.architecture} ${task.target.label} ${task.seed}`);
      const accuracy = digits(task.hash) / 16 ** 12;
      return { accuracy, loss: Number.NaN, parameters: 1, multiplyAdds: 2, epochs: [] };
    },
    async baseline(task) {
      await onWork(`baseline ${task.target.label}`);
      return { chance: 0.1, linear: digits(task.hash) / 16 ** 12 };
    },
  };
}

export class MemoryStore implements JobStore {
  readonly records = new Map<string, JobRecord>();
  get(hash: string): JobRecord | undefined {
    return this.records.get(hash);
  }
  async append(record: JobRecord): Promise<void> {
    this.records.set(record.hash, record);
  }
}

/** Results without the fields that may differ between two equal runs: times. */
export function withoutTimes(results: unknown): unknown {
  return JSON.parse(JSON.stringify(results, (key, value) => (key === 'seconds' ? 0 : value)));
}
