#!/usr/bin/env node
import { endOnUnhandledErrors, runToItsEnd } from './commands/endings.js';
import { runProgram } from './commands/program.js';
import { tools } from './defaultTools.js';
import { terminalOutput } from './progress/output.js';

// The reader of a pipe, such as `head`, may close it before everything is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const args = process.argv.slice(2);
endOnUnhandledErrors(args.includes('--verbose'));
await runToItsEnd(() => runProgram(args, tools, terminalOutput()));
