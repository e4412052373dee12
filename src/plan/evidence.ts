/** What a decision about one instance rests on besides its value: versions of inputs, and who uses the instance. */
import type { Need, Surroundings } from '../model/guardrail.ts';
import type { Address, Cell, Evidence } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import { type Observation, type Value, versionOf } from '../model/resource.ts';
import type { Target } from '../model/snapshot.ts';
import type { Demand } from './govern.ts';
import { type Judgement, needsOf } from './judge.ts';
import type { Known, Survey } from './survey.ts';

/** A piece of evidence, and the demand that needs it. */
export type Asked = Pick<Need, 'only'> & { readonly reader: string; readonly id: string; readonly demand: Demand };

/** All evidence that the demands need to judge this value. */
export function askedBy(value: Value, demands: readonly Demand[], around: Surroundings): readonly Asked[] {
  return demands.flatMap((demand) =>
    needsOf(value, [demand], around).flatMap(({ reader, want, only }) =>
      (want.ids ?? []).map((id): Asked => ({ reader, id, demand, ...(only && { only }) })),
    ),
  );
}

/** Why the demands cannot be judged: the first piece of evidence that they need and that the snapshot lacks. */
export function missingEvidence(target: Target, asked: readonly Asked[], survey: Survey): Reason | undefined {
  for (const { reader, id, only } of asked) {
    const reason = only ? undefined : whyMissing(reader, id, survey.know(target, reader, id));
    if (reason) return reason;
  }
  return undefined;
}

/** A piece of evidence that is not there, why, and the demands that have nothing to say without it. */
export type Gap = {
  readonly reader: string;
  readonly id: string;
  readonly reason: Reason;
  readonly demands: readonly Demand[];
};

/** What decides nothing but is looked at: what the demands would remark on the value, nobody knows without it. */
export function gapsIn(target: Target, asked: readonly Asked[], survey: Survey): Gap[] {
  return asked.flatMap(({ reader, id, only, demand }) => {
    const reason = only === 'remarks' ? whyMissing(reader, id, survey.know(target, reader, id)) : undefined;
    return reason ? [{ reader, id, reason, demands: [demand] }] : [];
  });
}

/** Why a piece of evidence that was wanted is not there, if so. */
export function whyMissing(reader: string, id: string, known: Known): Reason | undefined {
  if (known.state === 'unread') return known.reason;
  if (known.state === 'not-asked') return NOT_ASKED;
  return known.state === 'absent' ? notReadable(reader, id) : undefined;
}

/** The versions of what the decision rests on, if only in part: another version is another decision. */
export function inputsOf(target: Target, asked: readonly Asked[], survey: Survey): Cell['inputs'] {
  return Object.fromEntries(
    asked.flatMap(({ reader, id, only }) => {
      const known = only === 'remarks' ? undefined : survey.know(target, reader, id);
      return known?.state === 'seen' ? [[`${reader}/${id}`, versionOf(known.observation)]] : [];
    }),
  );
}

/** Who uses it, in words: see `Hold`. */
export type Tell = (evidence: Observation) => string;

export type Users = { readonly users: readonly Evidence[]; readonly hold?: Reason; readonly unread?: Reason };

/** Who uses the instance, for the guardrails that would change it; in use, and one of them holds: the cell is held. */
export function usersOf(
  address: Address,
  { causes }: Judgement,
  demands: readonly Demand[],
  { survey, around }: { readonly survey: Survey; readonly around: Surroundings },
): Users {
  const users = new Map<string, Evidence>();
  let hold: Reason | undefined;
  for (const { guardrail, entry } of demands) {
    if (!guardrail.hold || !causes.some((cause) => cause.guardrail === guardrail.name)) continue;
    const { reader, tell, inUse } = guardrail.hold;
    const known = survey.know(address, reader, address.id);
    if (known.state !== 'seen') return { users: [], unread: known.state === 'unread' ? known.reason : NOT_ASKED };
    const evidence = evidenceFrom(reader, known.observation, tell);
    users.set(reader, evidence);
    if (evidence.users.length > 0 && inUse(entry.params, around) === 'hold') hold ??= isInUse(evidence.sentence);
  }
  return { users: [...users.values()], ...(hold && { hold }) };
}

export function evidenceFrom(reader: string, observation: Observation, tell: Tell): Evidence {
  const users = Object.keys(observation.value).sort();
  const whom = tell(observation);
  const sentence = whom === '' ? '' : users.length > 0 ? `used by ${whom}` : whom;
  return { reader, users, sentence, ...(users.length > 0 && { whom }) };
}

function isInUse(sentence: string): Reason {
  return {
    code: 'in-use',
    message: sentence,
    advice: 'move what uses it elsewhere first, or write "whenInUse: proceed" if what it cuts off may be cut off',
  };
}

function notReadable(reader: string, id: string): Reason {
  return {
    code: 'evidence-not-readable',
    message: `${reader} ${id} is not there, or may not be read, so what names it cannot be judged`,
    advice: 'let the read role read it, have its owner share it, or remove what names it',
  };
}

export const NOT_ASKED: Reason = {
  code: 'evidence-missing',
  message: 'what the decision rests on was not asked for',
  advice: 'take a new snapshot with this state: the stored one was made for another',
};
