/** How does a role as it is deployed differ from the role that the state needs? Pure. */
import type { Json } from '../model/json.ts';
import { compareTrust } from './compare-trust.ts';
import type { Difference } from './difference.ts';
import { covers, type Grant, grantsOf, touches } from './grants.ts';

export type Deployed = {
  readonly trust: Json;
  readonly path?: string;
  /** Inline policies by name. */
  readonly policies: { readonly [name: string]: Json };
  /** Managed policies: ARN → document; `undefined` where it could not be read. */
  readonly attached: { readonly [arn: string]: Json | undefined };
  readonly boundary?: { readonly arn: string; readonly document: Json | undefined };
};

export type Wanted = {
  readonly trust: Json;
  readonly path?: string;
  readonly policy: Json;
  /** An ARN, or one that Trueup writes. Without it, any is right that lets through what is needed. */
  readonly boundary?: string | { readonly name: string; readonly document: Json };
};

export function compareRole(wanted: Wanted, deployed: Deployed): Difference[] {
  const { policies, attached } = deployed;
  const documents = [...Object.values(policies), ...Object.values(attached).filter((one) => one !== undefined)];
  const unread = Object.keys(attached).filter((arn) => attached[arn] === undefined);
  const path = wanted.path !== undefined && deployed.path !== undefined && wanted.path !== deployed.path;
  return [
    ...(path ? [missing(`the path ${wanted.path}: the role stands under ${deployed.path}`)] : []),
    ...compareGrants(wanted.policy, documents),
    ...unread.map((arn) => unknown(`what the managed policy ${arn} allows: it could not be read`)),
    ...compareBoundary(wanted, deployed),
    ...compareTrust(wanted.trust, deployed.trust),
  ];
}

/** What is granted by the documents together, against what is wanted. */
function compareGrants(wanted: Json, documents: readonly Json[]): Difference[] {
  const needed = grantsOf(wanted);
  const given = documents.flatMap(grantsOf);
  const asked = needed.filter(({ allows }) => allows);
  const granted = asked.filter((one) => given.some((other) => other.allows && covers(other, one)));
  return [
    ...asked.filter((one) => !granted.includes(one)).map(({ text }) => missing(text)),
    ...compareDenials(needed, granted, given),
    ...needed
      .filter((one) => !one.allows && !given.some((other) => other.key === one.key))
      .map(({ text }) => missing(text)),
    ...given
      .filter((one) => one.allows && !asked.some((other) => covers(other, one)))
      .map(({ text }) => ({ kind: 'beyond' as const, what: text })),
  ];
}

/** A denial wins over what is granted. What only may be denied, under a condition or in part, is never passed over. */
function compareDenials(needed: readonly Grant[], granted: readonly Grant[], given: readonly Grant[]): Difference[] {
  const fences = needed.filter(({ allows }) => !allows);
  const denials = given.filter((one) => !one.allows && !fences.some((other) => covers(other, one)));
  const certain = new Map(
    granted.flatMap((one) => {
      const denial = denials.find((other) => other.condition === '' && covers(other, one));
      return denial ? [[one, denial] as const] : [];
    }),
  );
  const left = granted.filter((one) => !certain.has(one));
  return [
    ...[...certain].map(([one, denial]) => missing(`${one.text}, because of ${denial.text}`)),
    ...denials.flatMap((denial) => {
      const [first, ...more] = left.filter((one) => touches(denial, one));
      const others = more.length > 0 ? ` and ${more.length} more` : '';
      return first ? [unknown(`whether ${first.text}${others} is refused because of ${denial.text}`)] : [];
    }),
  ];
}

/** A boundary takes away and gives nothing: one that nobody asked for is told only where it is in the way. */
function compareBoundary({ policy, boundary: wanted }: Wanted, { boundary }: Deployed): Difference[] {
  if (!boundary) return wanted === undefined ? [] : [missing(`the permissions boundary ${nameOf(wanted)}`)];
  const { arn, document } = boundary;
  const named = wanted === undefined || (typeof wanted === 'string' ? arn === wanted : arn.endsWith(`/${wanted.name}`));
  const other = named ? [] : [missing(`the permissions boundary ${nameOf(wanted)}: the role has ${arn}`)];
  if (document === undefined)
    return [...other, unknown(`what the permissions boundary ${arn} lets through: it could not be read`)];
  if (typeof wanted === 'object' && named)
    return compareGrants(wanted.document, [document]).map(({ kind, what }) => ({ kind, what: `boundary: ${what}` }));
  return [...other, ...cutBy(document, policy, `the permissions boundary ${arn}`)];
}

/** What the boundary lets through in part, or under a condition, is not called refused. */
function cutBy(document: Json, policy: Json, boundary: string): Difference[] {
  const limits = grantsOf(document);
  const asked = grantsOf(policy).filter(({ allows }) => allows);
  const through = asked.filter((one) => limits.some((other) => other.allows && covers(other, one)));
  const cut = asked
    .filter((one) => !through.includes(one))
    .map((one) =>
      limits.some((other) => other.allows && touches(other, one))
        ? unknown(`whether ${one.text} is let through by ${boundary}`)
        : missing(`${one.text}: ${boundary} does not let it through`),
    );
  const denied = compareDenials(grantsOf(policy), through, limits);
  return [...cut, ...denied.map(({ kind, what }) => ({ kind, what: `${what} of ${boundary}` }))];
}

function nameOf(boundary: NonNullable<Wanted['boundary']>): string {
  return typeof boundary === 'string' ? boundary : boundary.name;
}

function missing(what: string): Difference {
  return { kind: 'missing', what };
}

function unknown(what: string): Difference {
  return { kind: 'unknown', what };
}
