/** Shall this control be on or off in this standard, and which line says so? */
import type { Choice, Params } from './schema.ts';

export type Verdict = { readonly status: 'ENABLED' | 'DISABLED'; readonly reason?: string; readonly path: string };

/** What names the control comes before what names none, and what names the standard before what does not. */
export function choose(id: string, standard: string, params: Params, region: string): Verdict | undefined {
  const own = Object.hasOwn(params.standards, standard) ? params.standards[standard] : undefined;
  const path = `standards.${standard}.`;
  return (
    (own && named(id, own, path)) ??
    named(id, params, '') ??
    placed(id, params, region) ??
    (own && others(own, path)) ??
    others(params, '')
  );
}

function named(id: string, { disabled, enabled }: Choice, at: string): Verdict | undefined {
  const reason = Object.hasOwn(disabled, id) ? disabled[id] : undefined;
  if (reason !== undefined) return { status: 'DISABLED', reason, path: `${at}disabled.${id}` };
  const index = enabled.indexOf(id);
  return index < 0 ? undefined : { status: 'ENABLED', path: `${at}enabled.${index}` };
}

function others({ otherControls }: Choice, at: string): Verdict | undefined {
  const path = `${at}otherControls`;
  if (otherControls === 'enabled') return { status: 'ENABLED', path };
  if (otherControls === 'disabled')
    return { status: 'DISABLED', reason: 'Not among the controls that are used here', path };
  return undefined;
}

/** Checks of what an account has only once find the same thing in every region. */
function placed(id: string, { onlyIn }: Params, region: string): Verdict | undefined {
  const places = Object.entries(onlyIn).flatMap(([where, ids]) => {
    const index = ids.findIndex((one) => covers(one, id));
    return index < 0 ? [] : [{ where, path: `onlyIn.${where}.${index}` }];
  });
  const [first] = places;
  if (!first) return undefined;
  const here = places.find(({ where }) => where === region);
  if (here) return { status: 'ENABLED', path: here.path };
  const reason = `Runs in ${places.map(({ where }) => where).join(', ')} only`;
  return { status: 'DISABLED', reason, path: first.path };
}

export function covers(pattern: string, id: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : pattern === id;
}
