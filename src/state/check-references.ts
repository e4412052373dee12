/** Across documents: does every range, guardrail and policy that is mentioned exist? */
import { parseCidr } from '../ingress/cidr.ts';
import type { Guardrail, Mention } from '../model/guardrail.ts';
import type { Problem } from '../model/problem.ts';
import { BUILT_IN, namesOf, rangeNames } from './check-names.ts';
import type { Document, GuardrailDraft, PolicyDocument } from './document.ts';
import { unknownGuardrail } from './read-policy.ts';
import { type Complaint, problemAt, type Source } from './source.ts';
import { keyOffset, locate, type Path } from './tree.ts';
import { quote, suggest } from './words.ts';

/** `partial`: some documents could not be read, so a name that nobody defines may be defined there. */
export function checkReferences(
  documents: readonly Document[],
  guardrails: readonly Guardrail[],
  partial: boolean,
): readonly Problem[] {
  const ranges = rangesIn(documents);
  const policies = new Set(namesOf(documents, 'Policy').map(({ name }) => name));
  return documents.flatMap((document) => [
    ...mentionedGuardrails(document).flatMap((path) => checkGuardrail(document, path, guardrails)),
    ...(document.kind === 'Fleet' ? checkLimited(document, guardrails) : []),
    ...(document.kind === 'Policy'
      ? document.entries.flatMap((draft) => checkRanges(draft, document.source, partial ? undefined : ranges))
      : []),
    ...(document.kind === 'Policy' && !partial ? checkOverrides(document, policies) : []),
  ]);
}

function mentionedGuardrails({ kind, tree }: Document): readonly Path[] {
  const field = kind === 'Fleet' ? 'heal' : 'exceptions';
  const list = locate(tree, [field]);
  if (!(kind === 'Fleet' || kind === 'Exceptions') || list.tree.kind !== 'list') return [];
  return list.tree.items.map((_, index) => (kind === 'Fleet' ? [field, index] : [field, index, 'guardrail']));
}

function checkGuardrail({ source, tree }: Document, path: Path, guardrails: readonly Guardrail[]): readonly Problem[] {
  const { tree: name, offset, found } = locate(tree, path);
  if (!found || name.kind !== 'scalar' || typeof name.value !== 'string') return [];
  if (guardrails.some((guardrail) => guardrail.name === name.value)) return [];
  return [problemAt(source, offset, unknownGuardrail(name.value, guardrails))];
}

/** Limits of their own: for a guardrail that does not exist they would limit nothing. */
function checkLimited({ source, tree }: Document, guardrails: readonly Guardrail[]): readonly Problem[] {
  const path = ['safety', 'limits', 'guardrails'];
  const { tree: limited, found } = locate(tree, path);
  if (!found || limited.kind !== 'mapping') return [];
  return [...limited.members.keys()]
    .filter((name) => guardrails.every((guardrail) => guardrail.name !== name))
    .map((name) => problemAt(source, keyOffset(tree, path, name), unknownGuardrail(name, guardrails)));
}

/** Name → CIDRs, none where they are not known because their document has mistakes. */
type Known = ReadonlyMap<string, readonly string[] | undefined>;

function rangesIn(documents: readonly Document[]): Known {
  const read = documents.flatMap((document) =>
    document.kind === 'Ranges' ? Object.entries(document.value ?? {}) : [],
  );
  const named = rangeNames(documents).map(({ name }) => [name, undefined] as const);
  return new Map<string, readonly string[] | undefined>([...named, ...read, ...Object.entries(BUILT_IN)]);
}

/** `known` is undefined if nobody can say which ranges there are; CIDRs are checked all the same. */
function checkRanges(
  { guardrail, written, offsets }: GuardrailDraft,
  source: Source,
  known: Known | undefined,
): readonly Problem[] {
  const mentioned = guardrail.ranges?.(written) ?? [];
  return mentioned.flatMap((mention) => {
    const { path, name } = mention;
    const complaint = /[/:.]/.test(name) ? cidrComplaint(name) : known && rangeComplaint(mention, known);
    return complaint
      ? [problemAt(source, offsets.get(path) ?? offsets.get(path.split('.')[0] ?? '') ?? 0, complaint)]
      : [];
  });
}

function cidrComplaint(text: string): Complaint | undefined {
  const parsed = parseCidr(text);
  return 'family' in parsed ? undefined : { code: 'bad-cidr', message: parsed.problem, advice: parsed.advice };
}

function rangeComplaint({ name, only }: Mention, known: Known): Complaint | undefined {
  if (!known.has(name))
    return { code: 'unknown-range', message: `unknown range ${quote(name)}`, ...suggest(name, [...known.keys()]) };
  const cidrs = known.get(name);
  if (!only || !cidrs || cidrs.some((cidr) => cidr.includes(':') === (only.family === 'ipv6'))) return undefined;
  return { code: 'bad-rule', message: only.message, advice: only.advice };
}

function checkOverrides({ source, tree, value }: PolicyDocument, policies: ReadonlySet<string>): readonly Problem[] {
  return (value?.overrides ?? []).flatMap((name, index) => {
    if (policies.has(name)) return [];
    const complaint = {
      code: 'unknown-policy',
      message: `unknown policy ${quote(name)}`,
      ...suggest(name, [...policies]),
    } as const;
    return [problemAt(source, locate(tree, ['overrides', index]).offset, complaint)];
  });
}
