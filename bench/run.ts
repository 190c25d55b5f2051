// Benchmarks: npm run bench -- kernels | steps | mixed | peers | scale [options], npm run bench -- compare A.json B.json.
// bench/README.md explains commands and options.

const commands: Record<string, () => Promise<{ run(args: string[]): Promise<void> }>> = {
  kernels: () => import('./commands/kernels.js'),
  steps: () => import('./commands/steps.js'),
  mixed: () => import('./commands/mixed.js'),
  peers: () => import('./commands/peers.js'),
  scale: () => import('./commands/scale.js'),
  compare: () => import('./commands/compare.js'),
};

const [name, ...args] = process.argv.slice(2);
const load = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
if (!load) {
  console.error(`bench: got command ${name ?? 'none'}, wanted ${Object.keys(commands).join(', ')}`);
  process.exitCode = 1;
} else {
  try {
    const { run } = await load();
    await run(args);
  } catch (error) {
    // Wrong options need no trace; anything else does.
    const wrong = error instanceof RangeError || `${(error as { code?: unknown }).code}`.startsWith('ERR_PARSE_ARGS');
    console.error(wrong ? `bench ${name}: ${(error as Error).message}` : error);
    process.exitCode = 1;
  }
}
