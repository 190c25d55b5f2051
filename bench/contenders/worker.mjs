// A process that runs workloads with one contender: forked by process.ts, which sends requests.

/** Modules by contender; each has `start(adapter)` and `prepare(workload, tensors)`. */
const modules = {
  nastransfer: './nastransfer.ts',
  tfjs: '../peers/tfjs.mjs',
  jaxjs: '../peers/jaxjs.mjs',
};

let contender;
let prepared;
let residentBefore = 0;

const requests = {
  async start({ adapter }) {
    const name = process.argv[2];
    // Frameworks look up WebGPU when they are loaded.
    if (name !== 'nastransfer') await (await import('../peers/webgpu.ts')).provideWebGpu(adapter);
    contender = await import(modules[name]);
    await contender.start(adapter);
  },

  /** Compiles a workload and runs it `checks` times. Initial values are given, or are the engine's own and returned. */
  async prepare({ workload, tensors, checks, wantTensors }) {
    residentBefore = process.memoryUsage.rss();
    const start = performance.now();
    prepared = await contender.prepare(workload, tensors);
    let milliseconds = performance.now() - start;
    const own = wantTensors ? await prepared.tensors() : undefined;
    const compiled = performance.now();
    await prepared.run();
    milliseconds += performance.now() - compiled;
    const check = await prepared.read();
    for (let step = 1; step < checks; step++) {
      await prepared.run();
      check.push(...(await prepared.read()));
    }
    return { check, firstMilliseconds: milliseconds, tensors: own };
  },

  /** Milliseconds of every run, from its start until the device is done. */
  async time({ runs }) {
    const milliseconds = [];
    for (let run = 0; run < runs; run++) {
      const begin = performance.now();
      await prepared.run();
      milliseconds.push(performance.now() - begin);
    }
    return milliseconds;
  },

  /** Memory of the workload, and further figures of the contender. */
  async figures() {
    return {
      residentBytes: process.memoryUsage.rss() - residentBefore,
      ...(await prepared.figures?.()),
    };
  },

  async dispose() {
    prepared?.dispose();
    prepared = undefined;
  },
};

process.on('message', async ({ request, ...rest }) => {
  try {
    process.send({ result: await requests[request](rest) });
  } catch (error) {
    process.send({ error: error instanceof Error ? error.message : String(error) });
  }
});

process.on('disconnect', () => process.exit());
