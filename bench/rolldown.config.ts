import { defineConfig } from 'rolldown';

/** Bundled like the program itself, so that what is measured is what ships. */
export default defineConfig({
  input: { fleet: 'bench/fleet.ts' },
  platform: 'node',
  resolve: { mainFields: ['module', 'main'] },
  transform: { target: 'node20' },
  output: { dir: '.trueup/bench', format: 'esm', cleanDir: true },
});
