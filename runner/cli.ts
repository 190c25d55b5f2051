#!/usr/bin/env node
import { terminalOutput } from './commands/output.js';
import { runProgram } from './commands/program.js';
import { endOnUnhandledErrors, runToItsEnd } from './endings.js';
import { tools } from './tools.js';

// The reader of a pipe, such as `head`, may be gone before all is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const args = process.argv.slice(2);
endOnUnhandledErrors(args.includes('--verbose'));
await runToItsEnd(() => runProgram(args, tools, terminalOutput()));
