import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { Gpu } from '../../../src/engine/device/index.js';
import type { Timeline } from '../../../src/engine/graph/index.js';
import type {
  HostTimes,
  Profile,
  ProfileSummary,
  ProgramDescription,
  SummaryRow,
} from '../../../src/engine/profile/index.js';
import type { AppliedTuning } from '../../../src/engine/tuner/index.js';
import type { Classifier, Supernet } from '../../../src/nas/networks/index.js';
import type { Protocol } from '../../../src/nas/records/index.js';
import { StoreError } from '../../errors/errors.js';
import { reasonOf } from '../../errors/reason.js';
import { formatTable, type Output, progressOf } from '../../progress/output.js';
import type { Tools } from '../../tools/tools.js';
import { UsageError } from '../options/errors.js';
import { addShared, positiveInteger, type SharedOptions } from '../options/options.js';
import { addSizeFlags, readSizeFlags, type SizeFlags } from '../options/protocolFlags.js';

interface ProfileOptions extends SharedOptions, SizeFlags {
  readonly architecture?: string;
  readonly supernet?: boolean;
  readonly train?: boolean;
  readonly classes: number;
  readonly clock?: Profile['clock'];
  readonly trace?: string;
  readonly svg?: string;
}

export function addProfile(program: Command, tools: Tools, output: Output): void {
  const command = program
    .command('profile')
    .summary('time and memory of the kernels of a step')
    .description(
      'Times every kernel of one step of a network or supernet on random images, compares it with the measured peak rates of the device, and describes the memory plan.',
    )
    .option('--architecture <text>', 'the architecture, as its space writes it')
    .option('--supernet', 'the supernet: all architectures, mixed by architecture parameters')
    .option('--train', 'a training step, for a supernet of both updates; default: the forward pass')
    .option('--classes <number>', 'classes', positiveInteger, 10);
  addSizeFlags(command)
    .addOption(
      new Option(
        '--clock <name>',
        'how kernels are timed: timestamps (default where the device has precise ones) or batches',
      ).choices(['timestamps', 'batches']),
    )
    .option('--trace <file>', 'write a trace for Perfetto or chrome://tracing')
    .option('--svg <file>', 'write a picture of the memory over time');
  addShared(command, 'space', 'adapter', 'tune').action((options: ProfileOptions) => profile(options, tools, output));
}

/** The measurements, for printing and writing. */
interface Findings {
  readonly title: string;
  /** Digest of the tuning, where kernels differ from the default ones. */
  readonly tuned?: string;
  readonly profile: Profile;
  readonly summary: ProfileSummary;
  readonly hostMilliseconds: HostTimes;
  readonly description: ProgramDescription;
}

async function profile(options: ProfileOptions, tools: Tools, output: Output): Promise<void> {
  const { protocol, network } = await chosenNetwork(options);
  const { Timeline } = await import('../../../src/engine/graph/index.js');
  const { tuningFor } = await import('../../tuning/tuning.js');
  const timeline = new Timeline();
  const progress = await progressOf(output, options);
  const gpu = await tools.openGpu(options.adapter);
  try {
    progress.note(`profile: preparing kernels on ${gpu.info.name}`);
    const tuning = await tuningFor(gpu, tools, options, progress.note);
    const findings = await measure(gpu, timeline, options, protocol, network, tuning);
    progress.clear();
    await writeFiles(options, gpu, timeline, findings);
    if (options.json) output.json(asJson(options, gpu, protocol, findings));
    else await print(findings, gpu, output);
  } finally {
    progress.clear();
    gpu.dispose();
  }
}

/** @throws {UsageError} unless the options name one network or supernet with valid sizes */
async function chosenNetwork(options: ProfileOptions): Promise<{ protocol: Protocol; network: Classifier | Supernet }> {
  const { architecture, supernet, space: name, classes } = options;
  if ((architecture === undefined) === !supernet)
    throw new UsageError(
      `profile: got ${supernet ? 'both of' : 'neither of'} --architecture and --supernet, wanted one of them`,
    );
  const { AttributeError } = await import('../../../src/engine/errors/index.js');
  const { withOverrides } = await import('../../../src/nas/records/index.js');
  const { networkSettings, spaceByName } = await import('../../../src/nas/spaces/index.js');
  const space = spaceByName(name);
  const defaults = space.protocols[supernet ? 'search' : 'training'];
  const protocol = withOverrides(defaults, await readSizeFlags(options));
  const settings = networkSettings(protocol, classes);
  try {
    const network = supernet
      ? space.supernet(settings, { affine: false, batchNorm: 'batch' })
      : space.network(space.parse(architecture as string), settings);
    return { protocol, network };
  } catch (error) {
    if (error instanceof AttributeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function measure(
  gpu: Gpu,
  timeline: Timeline,
  options: ProfileOptions,
  protocol: Protocol,
  network: Classifier | Supernet,
  tuning: AppliedTuning | undefined,
): Promise<Findings> {
  const { Engine } = await import('../../../src/engine/runtime/index.js');
  const { measureCeilings } = await import('../../../src/engine/profile/index.js');
  const { summariseProfile } = await import('../../../src/engine/profile/index.js');
  const { compileStep } = await import('../../device/profileStep.js');
  const { architecture, space, train = false, classes, clock } = options;
  const engine = new Engine(gpu, { timeline, variants: tuning?.variants });
  try {
    const ceilings = await measureCeilings(gpu);
    const { program, feeds, dispose } = await compileStep(engine, { network, protocol, classes, train });
    // The first runs include late compilation by drivers and first accesses to memory.
    for (let run = 0; run < 2; run++) {
      program.run(feeds);
      await gpu.idle();
    }
    const { hostMilliseconds } = program;
    const profile = await program.profile(feeds, { clock });
    const description = program.describe();
    dispose();
    const what = `${train ? 'training step' : 'forward pass'} of ${architecture ?? `the ${space} supernet`}`;
    const { batch, channels, cells, imageSize: size } = protocol;
    const title = `${what}: batch ${batch}, ${channels} channels, ${cells} cells, ${size} pixels`;
    return {
      title,
      tuned: tuning?.digest,
      profile,
      summary: summariseProfile(profile, ceilings),
      hostMilliseconds,
      description,
    };
  } finally {
    engine.dispose();
  }
}

async function writeFiles(
  { trace, svg }: ProfileOptions,
  gpu: Gpu,
  { phases }: Timeline,
  { title, profile, description }: Findings,
): Promise<void> {
  if (trace !== undefined) {
    const { chromeTrace } = await import('../../../src/engine/profile/index.js');
    const about = { program: title, adapter: gpu.info.name, driver: gpu.info.driver };
    await write('--trace', trace, JSON.stringify(chromeTrace({ phases, profile }, about)));
  }
  if (svg !== undefined) {
    const { arenaSvg } = await import('../../../src/engine/profile/index.js');
    await write('--svg', svg, arenaSvg(description));
  }
}

async function write(option: string, file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    const wanted = 'the name of a file in an existing folder';
    throw new StoreError(`${option} ${file}: got ${reasonOf(cause)}, wanted ${wanted}`, { cause });
  }
}

function asJson(
  { space, architecture, train = false, classes, trace, svg }: ProfileOptions,
  gpu: Gpu,
  { batch, channels, cells, imageSize, imageChannels }: Protocol,
  { tuned, profile, summary, hostMilliseconds, description }: Findings,
): unknown {
  const { dispatches, lifetimes: _, ...totals } = description;
  return {
    space,
    ...(architecture === undefined ? { supernet: true } : { architecture }),
    train,
    settings: { batch, channels, cells, imageSize, imageChannels, classes },
    adapter: gpu.info,
    ...(tuned === undefined ? {} : { tuned }),
    clock: profile.clock,
    hostMilliseconds,
    ...summary,
    program: { ...totals, dispatches: dispatches.length },
    ...(trace === undefined ? {} : { trace }),
    ...(svg === undefined ? {} : { svg }),
  };
}

async function print(findings: Findings, gpu: Gpu, output: Output): Promise<void> {
  const { formatTotals } = await import('../../../src/engine/profile/index.js');
  const { title, tuned, profile, summary, hostMilliseconds, description } = findings;
  const { gflops, gigabytesPerSecond } = summary.ceilings;
  output.print(`${title}, on ${gpu.info.name}${tuned === undefined ? '' : `, tuned (${tuned})`}`);
  output.print(
    `${summary.milliseconds.toFixed(2)} ms in kernels, by ${profile.clock}; host ${hostMilliseconds.encode.toFixed(2)} ms to encode, ${hostMilliseconds.submit.toFixed(2)} ms to submit`,
  );
  output.print(
    `ceilings of the device: ${gflops.toFixed(1)} GFLOP/s, ${gigabytesPerSecond.toFixed(1)} GB/s read and written`,
  );
  output.print(formatTotals(description));
  for (const rows of ['kernel', 'operation'] as const) {
    output.print('');
    output.print(await table(rows === 'kernel' ? summary.kernels : summary.operations, rows, output));
  }
}

async function table(rows: readonly SummaryRow[], of: 'kernel' | 'operation', output: Output): Promise<string> {
  const { summaryTable } = await import('../../../src/engine/profile/index.js');
  const { header, cells } = summaryTable(rows, of);
  return formatTable(header, cells, { ...output, right: header.filter((name) => name !== of && name !== 'bound') });
}
