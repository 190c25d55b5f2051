import { Command, CommanderError } from 'commander';
import { packageVersion } from '../package.js';
import type { Tools } from '../tools.js';
import { addCount } from './count.js';
import { addData } from './data.js';
import { addDoctor } from './doctor.js';
import { addDraw } from './draw.js';
import { describeError, exitCodeOf } from './errors.js';
import { addMethods } from './methods.js';
import type { Output } from './output.js';
import { addProfile } from './profile.js';
import { addQuickstart } from './quickstart.js';
import { addReport } from './report.js';
import { addScore } from './score.js';
import { addSearch } from './search.js';
import { addStudy } from './study.js';
import { addTableCommand } from './table.js';
import { addTrain } from './train.js';
import { addTune } from './tune.js';

function buildProgram(tools: Tools, output: Output): Command {
  const program = new Command('nastransfer')
    .description('Neural architecture search and transfer on any WebGPU device.')
    .version(packageVersion())
    .configureHelp({ minWidthToWrap: 20 })
    .showHelpAfterError('(--help shows how to use it)')
    .configureOutput({
      writeOut: (text) => output.print(text.trimEnd()),
      writeErr: (text) => output.notice(text.trimEnd()),
    })
    .exitOverride();
  addQuickstart(program, tools, output);
  addStudy(program, tools, output);
  addReport(program, output);
  addSearch(program, tools, output);
  addTrain(program, tools, output);
  addMethods(program, output);
  addTableCommand(program, tools, output);
  addScore(program, tools, output);
  addCount(program, output);
  addDraw(program, output);
  addData(program, output);
  addDoctor(program, tools, output);
  addProfile(program, tools, output);
  addTune(program, tools, output);
  program.command('version', { hidden: true }).action(() => output.print(packageVersion()));
  return program;
}

/**
 * Runs one command line.
 * @param args without the names of node and of the script
 * @returns the exit code: 0 done, 1 failed, 2 used wrongly, 130 or 143 interrupted
 */
export async function runProgram(args: readonly string[], tools: Tools, output: Output): Promise<number> {
  try {
    await buildProgram(tools, output).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has already printed what it has to say.
    if (!(error instanceof CommanderError)) output.notice(describeError(error, args.includes('--verbose')));
    return exitCodeOf(error);
  }
}
