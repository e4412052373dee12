/**
 * The same choices about controls, said in a configuration policy for every account that it decides for.
 * It knows a control only as on or off, alike in all standards and regions: what the state says of one standard or one
 * region is left to the accounts.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/configuration-policies-overview.html
 */
import type { Centrally, Given } from '../../model/guardrail.ts';
import type { Json } from '../../model/json.ts';
import type { Value } from '../../model/resource.ts';
import { covers } from './choose.ts';
import { kindOf, typed } from './parameters.ts';
import { unknownControl, unknownParameter } from './reasons.ts';
import type { Params } from './schema.ts';

export const controlsCentrally: Centrally<Params> = {
  centre: 'security-hub-policy',
  use: 'security-hub-policy-use',
  gives(policy, params, { about }) {
    return { ...giveOthers(policy, params), ...giveNamed(params), ...giveParameters(params, about.parameters) };
  },

  refuses(_, params, { about }) {
    const known = about.parameters as Kinds | undefined;
    if (!known) return undefined;
    const unknown = sayable(params).find(({ id }) => !Object.hasOwn(known, id));
    if (unknown) return unknownControl(unknown.id, undefined);
    for (const [id, wanted] of Object.entries(params.parameters)) {
      const kinds = Object.hasOwn(known, id) ? known[id] : undefined;
      const bad = Object.entries(wanted).find(([name, value]) => typed(value, kindOf(kinds, name)) === undefined);
      if (bad) return unknownParameter(id, bad[0], kindOf(kinds, bad[0]));
    }
    return undefined;
  },
};

type Kinds = { readonly [control: string]: Json };
type Said = { readonly id: string; readonly status: 'ENABLED' | 'DISABLED'; readonly path: string };

/** Without what depends on the standard or the region. */
function sayable(params: Params): Said[] {
  const all: Said[] = [
    ...Object.keys(params.disabled).map((id): Said => ({ id, status: 'DISABLED', path: `disabled.${id}` })),
    ...params.enabled.map((id, index): Said => ({ id, status: 'ENABLED', path: `enabled.${index}` })),
  ];
  return all.filter(({ id }) => !dependsOnPlace(id, params));
}

function dependsOnPlace(id: string, { standards, onlyIn }: Params): boolean {
  const inStandard = Object.values(standards).some(
    ({ disabled, enabled }) => Object.hasOwn(disabled, id) || enabled.includes(id),
  );
  return inStandard || Object.values(onlyIn).some((ids) => ids.includes(id));
}

function giveNamed(params: Params): Given {
  return Object.fromEntries(sayable(params).map(({ id, status, path }) => [`control ${id}`, { to: status, path }]));
}

/** Decided about together with all others, so that a control of which anything special is said would be lost in them. */
function giveOthers(policy: Value, params: Params): Given {
  const { otherControls, standards, onlyIn } = params;
  if (otherControls === 'leave' || Object.keys(standards).length > 0 || Object.keys(onlyIn).length > 0) return {};
  const path = 'otherControls';
  const listed = Object.keys(policy).filter((field) => field.startsWith('control '));
  return {
    ...Object.fromEntries(listed.map((field) => [field, { path }])),
    otherControls: { to: otherControls, path },
  };
}

function giveParameters({ parameters, onlyIn }: Params, kinds: Json | undefined): Given {
  const known = (kinds ?? {}) as Kinds;
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([id]) => !Object.values(onlyIn).some((ids) => ids.some((one) => covers(one, id))))
      .flatMap(([id, wanted]) =>
        Object.entries(wanted).flatMap(([name, value]) => {
          const kind = kindOf(Object.hasOwn(known, id) ? known[id] : undefined, name);
          const to = value === 'default' ? value : typed(value, kind);
          const path = `parameters.${id}.${name}`;
          return to === undefined ? [] : [[`parameter ${id} ${name}`, { to, path }] as const];
        }),
      ),
  );
}
