/**
 * The allowed imports between files and folders, checked by `npm run imports` (a part of `npm run check`).
 * Imports of types count as imports.
 */

/** Modules of the engine. Each may import those before it, and none after it. */
const ENGINE = [
  'errors',
  'device',
  'random',
  'graph',
  'ops',
  'autodiff',
  'nn',
  'passes',
  'kernels',
  'profile',
  'runtime',
  'optim',
  'tuner',
];

/** Modules of the search layer. Each may import those before it, and none after it; all may import the engine. */
const NAS = [
  'errors',
  'math',
  'schemas',
  'records',
  'data',
  'networks',
  'spaces',
  'search',
  'training',
  'tables',
  'predictors',
  'scores',
  'methods',
  'transfer',
];

/** Files that are started or imported from outside: every other file of src and runner is needed by one of them. */
const ENTRIES = [
  '^src/index\\.ts$',
  '^src/(engine|nas)/index\\.ts$',
  '^src/engine/device/browser\\.ts$',
  '^runner/(cli|library)\\.ts$',
  '^runner/tableRun/worker\\.ts$',
];

const upwards = (layer, modules) =>
  modules.slice(0, -1).map((name, at) => ({
    name: `${layer}-order`,
    comment: `src/${layer}/${name} may import only modules that come before it in the list in .dependency-cruiser.mjs.`,
    severity: 'error',
    from: { path: `^src/${layer}/${name}/` },
    to: { path: `^src/${layer}/(${modules.slice(at + 1).join('|')})/` },
  }));

const unlisted = (layer, modules) => ({
  name: `${layer}-unlisted`,
  comment: `A new folder of src/${layer} needs a place in the list of modules in .dependency-cruiser.mjs.`,
  severity: 'error',
  from: {},
  to: { path: `^src/${layer}/[^/]+/`, pathNot: `^src/${layer}/(${modules.join('|')})/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular-files',
      comment:
        'Files that import one another in a circle cannot be read or tested one at a time. Move what both need to a third file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circular-folders',
      comment:
        'Folders that import one another in a circle have no order. Move the shared files to a folder that both import.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'engine-is-lowest',
      comment: 'The engine knows no architectures, files or commands.',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: '^(src/nas|src/index\\.ts|runner|bench|scripts|test)(/|$)' },
    },
    {
      name: 'nas-below-runner',
      comment: 'The search layer knows no commands.',
      severity: 'error',
      from: { path: '^src/nas/' },
      to: { path: '^(src/index\\.ts|runner|bench|scripts|test)(/|$)' },
    },
    {
      name: 'product-without-tools',
      comment: 'What is installed does not import benchmarks, scripts or tests.',
      severity: 'error',
      from: { path: '^(src|runner)/' },
      to: { path: '^(bench|scripts|test)/' },
    },
    {
      name: 'runner-through-indexes',
      comment:
        'The runner uses the library as its users do: through the index of a module (besides src/engine/device/node).',
      severity: 'error',
      from: { path: '^runner/' },
      to: {
        path: '^src/',
        pathNot: ['^src/(engine|nas)/[^/]+/index\\.ts$', '^src/engine/device/node/(index|cache)\\.ts$'],
      },
    },
    {
      name: 'no-node-in-library',
      comment: 'The library runs in browsers. Only src/engine/device/node may import modules of Node.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/device/node/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'node-device-on-request',
      comment: 'Opening a device in Node is a choice of the caller: the library does not import it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/device/node/' },
      to: { path: '^src/engine/device/node/' },
    },
    {
      name: 'charts-without-node',
      comment:
        'Charts are functions from data to SVG text, so that a page can draw them in a browser too: they need nothing of Node.',
      severity: 'error',
      from: {
        path: '^runner/report/(curves|dotFigure|heat|labels|pareto|plot|scale|scatter|searchCurves|shares|strip)\\.ts$',
      },
      to: { path: ['^(child_process|crypto|fs|module|os|path|process|url|util)$', '^fs/promises$'], reachable: true },
    },
    {
      name: 'record-before-families',
      comment: 'src/engine/ops/record is what all families of operations share: it imports none of them.',
      severity: 'error',
      from: { path: '^src/engine/ops/record/' },
      to: { path: '^src/engine/ops/', pathNot: '^src/engine/ops/record/' },
    },
    ...upwards('engine', ENGINE),
    ...upwards('nas', NAS),
    unlisted('engine', ENGINE),
    unlisted('nas', NAS),
    {
      name: 'no-dead-files',
      comment:
        'No entry point of the package needs this file. Delete it, or list a new entry point in .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: ENTRIES },
      to: { path: '^(src|runner)/', pathNot: ENTRIES, reachable: false },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this file and it imports nothing.',
      severity: 'error',
      from: { orphan: true, pathNot: ['^scripts/', '^bench/peers/'] },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      comment: 'The imported file or package does not exist. (The frameworks of bench/peers are installed on request.)',
      severity: 'error',
      from: { pathNot: '^bench/peers/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'only-declared-packages',
      comment: 'An installed program has no devDependencies.',
      severity: 'error',
      from: { path: '^(src|runner)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API, so files are parsed by swc, which sees imports of types too.
    parser: 'swc',
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
