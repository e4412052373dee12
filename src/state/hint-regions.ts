/**
 * Regions that this version does not know. They are told and not refused: AWS opens new ones several times a year, and
 * a state must not wait for a release. A misspelt one would end in an error of AWS at every account.
 */

import type { Problem } from '../model/problem.ts';
import { regionProblem, unknownRegion } from '../model/region.ts';
import type { Document } from './document.ts';
import { problemAt } from './source.ts';
import { keyOffset, locate, type Path, type Tree } from './tree.ts';

/** Where a region stands, or a list of them. */
const PLACES: { readonly [kind in Document['kind']]: readonly Path[] } = {
  Fleet: [
    ['regions'],
    ['regions', 'include'],
    ['regions', 'exclude'],
    ['homeRegion'],
    ['securityHub', 'homeRegion'],
    ['securityHub', 'linkedRegions'],
  ],
  Policy: [['targets', 'regions']],
  Exceptions: [],
  Ranges: [],
};

/** Not problems: the state is right as far as anybody can say without asking AWS. */
export function hintRegions(documents: readonly Document[]): readonly Problem[] {
  return documents.flatMap((document) => {
    const { kind, source, tree } = document;
    const named = [
      ...PLACES[kind].flatMap((path) => wordsAt(tree, path)),
      ...endpoints(document),
      ...scopes(document),
      ...onlyIn(document),
    ];
    return named.flatMap(({ word, offset }) => {
      const hint = regionProblem(word) ? undefined : unknownRegion(word);
      return hint ? [problemAt(source, offset, { code: 'unknown-region', ...hint })] : [];
    });
  });
}

type Word = { readonly word: string; readonly offset: number };

function wordsAt(root: Tree, path: Path): readonly Word[] {
  const { tree, offset, found } = locate(root, path);
  if (!found || tree.kind === 'mapping') return [];
  if (tree.kind === 'list') return tree.items.flatMap((_, index) => wordsAt(root, [...path, index]));
  return typeof tree.value === 'string' ? [{ word: tree.value, offset }] : [];
}

function endpoints({ kind, tree }: Document): readonly Word[] {
  const services = locate(tree, ['endpoints']);
  if (kind !== 'Fleet' || !services.found || services.tree.kind !== 'mapping') return [];
  return [...services.tree.members].flatMap(([service, { tree: regions }]) =>
    regions.kind === 'mapping'
      ? [...regions.members.keys()].map((word) => ({ word, offset: keyOffset(tree, ['endpoints', service], word) }))
      : [],
  );
}

/** The regions where alone a control runs. */
function onlyIn({ kind, tree }: Document): readonly Word[] {
  const path = ['guardrails', 'security-hub-controls', 'onlyIn'];
  const regions = locate(tree, path);
  if (kind !== 'Policy' || !regions.found || regions.tree.kind !== 'mapping') return [];
  return [...regions.tree.members.keys()].map((word) => ({ word, offset: keyOffset(tree, path, word) }));
}

function scopes({ kind, tree }: Document): readonly Word[] {
  const list = locate(tree, ['exceptions']);
  if (kind !== 'Exceptions' || !list.found || list.tree.kind !== 'list') return [];
  return list.tree.items.flatMap((_, index) => wordsAt(tree, ['exceptions', index, 'scope', 'region']));
}
