import { defineConfig } from 'rolldown';

// Not minified: the bundle can be read and its diffs reviewed, and it starts as fast.
// `module` first, because the AWS SDK's CommonJS entry cannot be tree-shaken.
export default defineConfig({
  input: { cli: 'src/cli.ts' },
  platform: 'node',
  resolve: { mainFields: ['module', 'main'] },
  transform: { target: 'node20' },
  output: { dir: 'dist', format: 'esm', chunkFileNames: 'chunks/[name].js', cleanDir: true, comments: false },
});
