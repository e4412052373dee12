import { rmSync } from 'node:fs';
import { defineConfig, type RolldownOptions } from 'rolldown';
import { collectLicences } from './scripts/collect-licences.ts';
import { staticImports } from './scripts/static-imports.ts';

// Names of chunks change with their content: what an earlier build left is not part of this one.
rmSync('dist/chunks', { recursive: true, force: true });

// Not minified: the bundles can be read and their diffs reviewed, and they start as fast.
// `module` first, because the AWS SDK's CommonJS entry cannot be tree-shaken.
const common: RolldownOptions = {
  platform: 'node',
  resolve: { mainFields: ['module', 'main'] },
  transform: { target: 'node20' },
  // The toolkit of the action brings an HTTP client for what is not used here: a quarter of the bundle.
  treeshake: { moduleSideEffects: [{ test: /node_modules.(@actions|undici|tunnel)\b/, sideEffects: false }] },
};

// The command line loads what a command needs; the action is one file that is committed, because GitHub runs it as it is.
export default defineConfig([
  {
    ...common,
    input: { cli: 'src/cli.ts' },
    output: { dir: 'dist', format: 'esm', chunkFileNames: 'chunks/[name].js', comments: false },
  },
  {
    ...common,
    input: { index: 'src/action.ts' },
    plugins: [staticImports(), collectLicences('licenses.txt')],
    output: { dir: 'dist', format: 'esm', codeSplitting: false, comments: false },
  },
]);
