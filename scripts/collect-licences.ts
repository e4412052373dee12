/** Which licences come with what is bundled? Their texts, once each, with the packages they are of. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';

export function collectLicences(fileName: string): Plugin {
  return {
    name: 'collect-licences',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const packages = [...new Set(modules.flatMap((id) => packageOf(id) ?? []))].map(describe);
      this.emitFile({ type: 'asset', fileName, source: tell(packages) });
    },
  };
}

type Package = { readonly name: string; readonly licence: string; readonly text: string };

/** The innermost package that a module belongs to. */
function packageOf(id: string): string | undefined {
  const end = id.lastIndexOf('/node_modules/');
  if (end === -1) return undefined;
  const rest = id.slice(end + '/node_modules/'.length).split('/');
  return `${id.slice(0, end)}/node_modules/${rest.slice(0, rest[0]?.startsWith('@') ? 2 : 1).join('/')}`;
}

function describe(directory: string): Package {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const file = existsSync(directory) && readdirSync(directory).find((one) => /^(licen[cs]e|copying)(\.|$)/i.test(one));
  const text = file ? readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n').trim() : '';
  return { name: `${name}@${version}`, licence: license ?? 'see below', text };
}

function tell(packages: readonly Package[]): string {
  const byText = new Map<string, Package[]>();
  for (const one of [...packages].sort((a, b) => (a.name < b.name ? -1 : 1)))
    byText.set(`${one.licence}\n${one.text}`, [...(byText.get(`${one.licence}\n${one.text}`) ?? []), one]);
  return [...byText.values()]
    .map(([first, ...others]) =>
      [...[first, ...others].map((one) => one?.name), `Licence: ${first?.licence}`, '', first?.text ?? '', ''].join(
        '\n',
      ),
    )
    .join(`\n${'-'.repeat(80)}\n\n`);
}
