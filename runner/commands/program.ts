import { Command, CommanderError } from 'commander';
import { packageVersion } from '../package/package.js';
import type { Output } from '../progress/output.js';
import type { Tools } from '../tools/tools.js';
import { describeError, exitCodeOf } from './options/errors.js';
import { addCount } from './verbs/count.js';
import { addData } from './verbs/data.js';
import { addDoctor } from './verbs/doctor.js';
import { addDraw } from './verbs/draw.js';
import { addMethods } from './verbs/methods.js';
import { addProfile } from './verbs/profile.js';
import { addQuickstart } from './verbs/quickstart.js';
import { addReport } from './verbs/report.js';
import { addScore } from './verbs/score.js';
import { addSearch } from './verbs/search.js';
import { addStudy } from './verbs/study.js';
import { addTableCommand } from './verbs/table.js';
import { addTrain } from './verbs/train.js';
import { addTune } from './verbs/tune.js';

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
    // Commander has already printed the message.
    if (!(error instanceof CommanderError)) output.notice(describeError(error, args.includes('--verbose')));
    return exitCodeOf(error);
  }
}
