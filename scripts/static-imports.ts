/**
 * For the one file of the action: what the command line loads when it needs it is imported at the top instead, by name.
 * A module that is imported as a whole at run time cannot be tree-shaken once everything is one file (6.5 MB, not 2.5).
 */
import type { Plugin } from 'rolldown';

const MEMBER = /\(await import\('([^'.][^']*)'\)\)\.(\w+)/g;
const DESTRUCTURED = /const \{ ([\w, ]+) \} = await import\('([^'.][^']*)'\);/g;

/** Only packages, and only in sources of our own. */
export function staticImports(): Plugin {
  return {
    name: 'static-imports',
    transform: {
      filter: { id: /\/src\/.*\.ts$/ },
      handler(code) {
        const imports: string[] = [];
        const importing = (name: string, from: string): string => {
          const local = `${name}$${imports.length}`;
          imports.push(`import { ${name} as ${local} } from '${from}';`);
          return local;
        };
        const changed = code
          .replace(MEMBER, (_, from: string, name: string) => importing(name, from))
          .replace(DESTRUCTURED, (_, names: string, from: string) =>
            names
              .split(', ')
              .map((name) => `const ${name} = ${importing(name, from)};`)
              .join(' '),
          );
        return imports.length === 0 ? null : { code: [...imports, changed].join('\n'), map: null };
      },
    },
  };
}
