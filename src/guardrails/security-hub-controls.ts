/**
 * Which controls of Security Hub are on and off, and why: everywhere, in single standards, or in one region only.
 * What the state does not name stays as it is, unless `otherControls` decides about it.
 */
import type { FieldSetter, Given, Remark, Surroundings } from '../model/guardrail.ts';
import type { Value } from '../model/resource.ts';
import { securityHubControl } from '../resources/security-hub-control.ts';
import { controlsCentrally } from './security-hub-controls/centrally.ts';
import { choose, covers } from './security-hub-controls/choose.ts';
import { kindOf, typed } from './security-hub-controls/parameters.ts';
import { unknownControl, unknownParameter } from './security-hub-controls/reasons.ts';
import { choicesIn, type Params, schema } from './security-hub-controls/schema.ts';
import { runsNowhere } from './security-hub-controls/somewhere.ts';

export const securityHubControls: FieldSetter<Params> = {
  kind: 'field-setter',
  name: 'security-hub-controls',
  summary:
    'Controls of Security Hub are on or off, with a reason: in all standards, in single ones, or in one region only.',
  schema,
  resource: securityHubControl,
  centrally: controlsCentrally,
  excepts: { parts: ['control'], fields: ['status *', 'reason *', 'parameter *'] },
  wants: (params) => (looksAtAll(params) ? {} : { names: [...new Set(namesIn(params))].sort() }),
  governs: (params, { id }) => looksAtAll(params) || namesIn(params).some((name) => covers(name, id) || name === id),

  gives(observed, params, around) {
    const standards = Object.keys(observed).flatMap((field) => /^status (.+)$/.exec(field)?.[1] ?? []);
    const statuses = standards.map((standard) => giveStatus(standard, observed, params, around));
    return Object.assign({}, ...statuses, giveParameters(params, around));
  },

  refuses(_, params, around) {
    const { id, about } = around;
    if (about.unknown) return unknownControl(id, about.nearest);
    const nowhere = about.available === false ? undefined : runsNowhere(params, around);
    if (nowhere) return nowhere;
    const kinds = about.parameters;
    const bad = Object.entries(own(params.parameters, id) ?? {}).find(
      ([name, value]) => kinds !== undefined && typed(value, kindOf(kinds, name)) === undefined,
    );
    return bad && about.available !== false ? unknownParameter(id, bad[0], kindOf(kinds, bad[0])) : undefined;
  },

  remarks(value, params, { id, about }) {
    const path = pathOf(id, params);
    if (path !== undefined && about.available === false)
      return [remark('not-available-here', 'not available in this region', path)];
    if (path !== undefined && !about.unknown && standardsOf(value).length === 0)
      return [remark('in-no-standard', 'in no standard that is enabled here, so it is neither on nor off', path)];
    const elsewhere = standardsNaming(id, params).filter((one) => value[`status ${one}`] === undefined);
    if (!about.unknown && elsewhere.length > 0)
      return elsewhere.map((one) =>
        remark('in-no-standard', `not in ${one}, or that standard is not enabled here`, `standards.${one}`),
      );
    const isNew = params.newControls === 'report' && path === undefined && isUndecided(value);
    return isNew
      ? [remark('new-control', 'off, and nobody has said why: the state does not decide about it', 'newControls')]
      : [];
  },
};

function giveStatus(standard: string, observed: Value, params: Params, { id, region }: Surroundings): Given {
  const verdict = choose(id, standard, params, region);
  if (!verdict) return {};
  const { status, reason, path } = verdict;
  const [statusField, reasonField] = [`status ${standard}`, `reason ${standard}`];
  // Whoever disabled it before has given a reason of their own, which stays.
  const said = observed[statusField] === 'DISABLED' ? observed[reasonField] : reason;
  return {
    [statusField]: { to: status, path },
    [reasonField]: { ...(status === 'DISABLED' && said !== undefined && { to: said }), path },
  };
}

function giveParameters({ parameters }: Params, { id, about }: Surroundings): Given {
  const given = Object.entries(own(parameters, id) ?? {}).flatMap(([name, value]) => {
    const to = about.available === false ? undefined : typed(value, kindOf(about.parameters, name));
    const path = `parameters.${id}.${name}`;
    if (to === undefined) return [];
    return [[`parameter ${name}`, value === 'default' ? { path } : { to, path }] as const];
  });
  return Object.fromEntries(given);
}

function looksAtAll(params: Params): boolean {
  return (
    params.newControls === 'report' || choicesIn(params).some(([, { otherControls }]) => otherControls !== 'leave')
  );
}

/** Ids and patterns that the params write out. */
function namesIn(params: Params): string[] {
  return [
    ...choicesIn(params).flatMap(([, { disabled, enabled }]) => [...Object.keys(disabled), ...enabled]),
    ...Object.values(params.onlyIn).flat(),
    ...Object.keys(params.parameters),
  ];
}

/** The first line that writes the control out. */
function pathOf(id: string, params: Params): string | undefined {
  for (const [path, { disabled, enabled }] of choicesIn(params)) {
    const at = path.map((part) => `${part}.`).join('');
    if (Object.hasOwn(disabled, id)) return `${at}disabled.${id}`;
    if (enabled.includes(id)) return `${at}enabled.${enabled.indexOf(id)}`;
  }
  if (Object.hasOwn(params.parameters, id)) return `parameters.${id}`;
  const region = Object.keys(params.onlyIn).find((where) => params.onlyIn[where]?.includes(id));
  return region && `onlyIn.${region}.${params.onlyIn[region]?.indexOf(id)}`;
}

/** Those for which alone something is said of the control. */
function standardsNaming(id: string, { standards }: Params): string[] {
  return Object.entries(standards).flatMap(([standard, { disabled, enabled }]) =>
    Object.hasOwn(disabled, id) || enabled.includes(id) ? standard : [],
  );
}

function standardsOf(value: Value): string[] {
  return Object.keys(value).filter((field) => field.startsWith('status '));
}

/**
 * AWS shows a new control as disabled for some days before it enables it, and whoever disables one gives a reason.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/controls-auto-enable.html
 */
function isUndecided(value: Value): boolean {
  return standardsOf(value).some(
    (field) => value[field] === 'DISABLED' && value[field.replace('status ', 'reason ')] === undefined,
  );
}

function own<Entry>(record: { readonly [key: string]: Entry }, key: string): Entry | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function remark(code: string, message: string, path: string): Remark {
  return { code, message, path };
}
