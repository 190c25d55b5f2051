import type { Command } from 'commander';
import type { Output } from '../../progress/output.js';
import type { Tools } from '../../tools/tools.js';
import { addShared, type SharedOptions } from '../options/options.js';

/** Dawn writes these lines to standard error itself, and has no option to turn them off. */
const ABOUT_WARNINGS = `
Dawn prints two warnings that "maxDynamic...BuffersPerPipelineLayout" was "artificially reduced" where a driver, such as
lavapipe, allows more dynamic offsets than Dawn uses. Nothing here uses any: they mean nothing.`;

export function addDoctor(program: Command, tools: Tools, output: Output): void {
  const command = program
    .command('doctor')
    .summary('show the device and how fast it computes')
    .description(
      'Opens the device, measures it, and lists what would make it faster and which optional packages are missing.',
    )
    .addHelpText('after', ABOUT_WARNINGS);
  addShared(command, 'adapter', 'tune').action((options: SharedOptions) => doctorCommand(options, tools, output));
}

async function doctorCommand(options: SharedOptions, tools: Tools, output: Output): Promise<void> {
  const { doctor, formatDoctor } = await import('../../device/doctor.js');
  const { tuningFor } = await import('../../tuning/tuning.js');
  const gpu = await tools.openGpu(options.adapter);
  try {
    const tuning = await tuningFor(gpu, tools, options, output.notice);
    const findings = await doctor(gpu, { tuning });
    if (options.json) output.json(findings);
    else output.print(formatDoctor(findings));
  } finally {
    gpu.dispose();
  }
}
