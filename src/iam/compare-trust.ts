/** Whom does a deployed role trust, against whom it should? Pure; external ids are compared and never told. */
import { canonical, type Json } from '../model/json.ts';
import type { Difference } from './difference.ts';
import { grantsOf, listed, type Raw, statementsOf, touches } from './grants.ts';

export function compareTrust(wanted: Json, deployed: Json): Difference[] {
  const statements = statementsOf(deployed);
  const [needed, given] = [
    trustsOf(statementsOf(wanted)),
    trustsOf(statements.filter(({ Effect }) => Effect !== 'Deny')),
  ];
  return [
    ...[...needed]
      .filter(([key]) => !given.has(key))
      .map(([, text]) => ({ kind: 'missing' as const, what: `trust: ${text}` })),
    ...statements.filter(({ Effect }) => Effect === 'Deny').flatMap((denial) => judge(denial, wanted)),
    ...[...given]
      .filter(([key]) => !needed.has(key))
      .map(([, text]) => ({ kind: 'beyond' as const, what: `trust: ${text}` })),
  ];
}

/** A denial in a trust policy wins over whatever else it says. One of other actions keeps nobody away who is needed. */
function judge(denial: Raw, wanted: Json): Difference[] {
  const needed = statementsOf(wanted);
  const about = (one: Raw) => grantsOf({ Statement: [{ ...one, Resource: '*' }] });
  if (!about(denial).some((one) => needed.flatMap(about).some((other) => touches(one, other)))) return [];
  const principals = needed.map(({ Principal }) => canonical(listed(Principal ?? null)));
  const told = tell(denial);
  const everybody = isEverybody(denial.Principal) || principals.includes(canonical(listed(denial.Principal ?? null)));
  if (everybody && denial.Condition === undefined)
    return [{ kind: 'missing', what: `trust: nobody who is needed can assume the role, because of ${told}` }];
  return [{ kind: 'unknown', what: `trust: whether somebody who is needed is kept from the role by ${told}` }];
}

function isEverybody(principal: Json | undefined): boolean {
  const text = canonical(listed(principal ?? null));
  return text === canonical(['*']) || text === canonical({ AWS: ['*'] });
}

function trustsOf(statements: readonly Raw[]): Map<string, string> {
  return new Map(statements.map((one) => [canonical(wholeOf(one)), tell(one)] as const));
}

function tell(statement: Raw): string {
  const whole = wholeOf(statement);
  return canonical({ ...whole, Condition: withoutSecret(whole.Condition ?? null) });
}

/** Everything that decides, in one form; what is turned around only where it is. */
function wholeOf({ Effect, Condition, ...statement }: Raw): { readonly [name: string]: Json } {
  const { Principal = null, Action = null, NotPrincipal, NotAction } = statement;
  return {
    Effect: Effect ?? null,
    Principal: listed(Principal),
    Action: listed(Action),
    Condition: listed(Condition ?? null),
    ...(NotPrincipal !== undefined && { NotPrincipal: listed(NotPrincipal) }),
    ...(NotAction !== undefined && { NotAction: listed(NotAction) }),
  };
}

function withoutSecret(condition: Json): Json {
  return JSON.parse(JSON.stringify(condition), (key, value: Json) =>
    key.toLowerCase() === 'sts:externalid' ? ['(external id)'] : value,
  ) as Json;
}
