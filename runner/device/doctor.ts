import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { AdapterSummary, Gpu } from '../../src/engine/device/index.js';
import { measureCeilings } from '../../src/engine/profile/index.js';
import type { AppliedTuning } from '../../src/engine/tuner/index.js';
import { type MissingPackage, missingPackages } from '../package/optionalPackages.js';
import { versions } from '../package/package.js';
import { measureDispatch, measureGemm } from './measure.js';

/** What there is to compute with here, and how fast it is. */
export interface DoctorReport {
  adapter: AdapterSummary;
  driver: string;
  features: string[];
  limits: Record<string, number>;
  /** Bytes that programs may take together; absent where the device's own memory is the limit. */
  memoryLimit?: number;
  /** Names the measured choices between kernels, where they are not the usual ones. */
  tuned?: string;
  versions: Record<string, string>;
  /** Billions of floating-point operations a second in a matrix product by the engine's own kernels. */
  gemmGflops: number;
  /** Billions of floating-point operations a second at most, a multiply-add counted as two. */
  peakGflops: number;
  /** Billions of bytes a second from and to memory, bytes read and bytes written added. */
  memoryGBs: number;
  /** Time of one small dispatch among many. */
  dispatchMicroseconds: number;
  /** What would make it faster here, in words. */
  advice: string[];
  /** Optional packages that are not installed. */
  missing: MissingPackage[];
}

/** Device files of GPUs on Linux: their presence with no hardware adapter means that a driver is missing. */
const GPU_FILES = ['/dev/nvidia0', '/dev/dri/renderD128', '/dev/kfd', '/dev/dxg'];

export interface DoctorOptions {
  /** Measured choices between kernels that commands use. */
  readonly tuning?: AppliedTuning;
  readonly gemm?: typeof measureGemm;
}

/** Measures the device: about five seconds on software drivers. Throws GpuError or DeviceLostError if it fails. */
export async function doctor(gpu: Gpu, { tuning, gemm = measureGemm }: DoctorOptions = {}): Promise<DoctorReport> {
  const ceilings = await measureCeilings(gpu);
  const mesa = /Mesa (\d[^\s)]*)/.exec(gpu.info.driver)?.[1];
  return {
    adapter: gpu.info,
    driver: gpu.info.driver,
    features: [...gpu.features].sort(),
    limits: { ...gpu.limits },
    ...(gpu.memoryLimit === undefined ? {} : { memoryLimit: gpu.memoryLimit }),
    ...(tuning === undefined ? {} : { tuned: tuning.digest }),
    versions: { ...versions(), ...(mesa === undefined ? {} : { mesa }) },
    gemmGflops: round(await gemm(gpu, tuning?.variants)),
    peakGflops: round(ceilings.gflops),
    memoryGBs: round(ceilings.gigabytesPerSecond),
    dispatchMicroseconds: round(await measureDispatch(gpu)),
    advice: advise(gpu, GPU_FILES.find(existsSync)),
    missing: missingPackages(),
  };
}

/** What would make it faster; `gpuFile` is a GPU's device file, where there is one. */
export function advise(gpu: Pick<Gpu, 'info' | 'features' | 'timestamps' | 'subgroups'>, gpuFile?: string): string[] {
  const { kind } = gpu.info;
  if (kind === 'hardware') {
    return [
      gpu.timestamps
        ? ''
        : 'No timestamp-query: kernels are timed by wall-clock time, which makes the tuner less reliable.',
      gpu.subgroups ? '' : 'No subgroups: reductions use workgroup memory. A newer driver may support them.',
    ].filter(Boolean);
  }
  const cores = availableParallelism();
  return [
    gpuFile === undefined
      ? `It computes on ${cores} CPU core${cores === 1 ? '' : 's'}. A GPU with a Vulkan driver is much faster; more cores help too.`
      : `There is a GPU (${gpuFile}), but no working Vulkan driver for it: install the vendor's driver, then choose --adapter hardware.`,
    kind === 'swiftshader'
      ? 'lavapipe is several times faster than SwiftShader on the same cores: install Mesa 24 or newer (apt-get install ' +
        'mesa-vulkan-drivers libvulkan1; on Debian 12 run scripts/installLavapipe.sh).'
      : '',
  ].filter(Boolean);
}

export function formatDoctor(report: DoctorReport): string {
  const { adapter, limits } = report;
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20).toLocaleString('en')} MiB`;
  const rows: [string, string][] = [
    ['adapter', `${adapter.name} (${adapter.kind})`],
    ['driver', report.driver || 'not told'],
    ['backend', adapter.backend ?? 'not told'],
    ['features', report.features.join(', ')],
    ['buffers', `${mebibytes(limits.maxBufferSize)}, ${mebibytes(limits.maxStorageBufferBindingSize)} bound at once`],
    ['memory', report.memoryLimit === undefined ? "the device's own" : `${mebibytes(report.memoryLimit)} at most`],
    [
      'versions',
      Object.entries(report.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    [
      'kernels',
      report.tuned === undefined ? 'default; `nastransfer tune` measures alternatives' : `tuned (${report.tuned})`,
    ],
    ['matrix product', `${report.gemmGflops} GFLOP/s`],
    ['multiply-adds', `${report.peakGflops} GFLOP/s at most`],
    ['memory speed', `${report.memoryGBs} GB/s, read and written`],
    ['dispatch', `${report.dispatchMicroseconds} µs`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  if (report.advice.length > 0)
    lines.push('', 'What would make it faster:', ...report.advice.map((line) => `- ${line}`));
  if (report.missing.length > 0)
    lines.push(
      '',
      'Not installed, and optional:',
      ...report.missing.map(({ package: name, gives, install }) => `- ${name}: ${gives} (${install})`),
    );
  return lines.join('\n');
}

/** Three significant digits: the measurement bears no more. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
