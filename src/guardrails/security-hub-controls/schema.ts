/** What a policy may write about Security Hub's controls. */
import { z } from 'zod';
import { REGION, regionProblem } from '../../model/region.ts';
import { isStandard, STANDARDS } from '../../settings/security-hub/standards.ts';

const controlId = z.string().regex(/^[A-Za-z][A-Za-z0-9]*\.\d{1,4}$/, 'a control is named by its id, e.g. IAM.6');
const controls = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9]*\.(\d{1,4}|\*)$/,
    'a control is named by its id, e.g. IAM.6, or all of a service: IAM.*',
  );
const region = z
  .string()
  .superRefine((text, context) => {
    const wrong = regionProblem(text);
    if (wrong) context.addIssue({ code: 'custom', message: wrong.message, params: { advice: wrong.advice } });
  })
  .meta({ pattern: REGION.source });
const reason = z.string().regex(/\S/, 'say why: Security Hub shows it to everybody who wonders').max(2000);
const standard = z
  .string()
  .refine(isStandard, `a standard is one of ${STANDARDS.join(', ')}, or the end of its ARN (standards/…/v/…)`);

const chosen = {
  disabled: z.record(controlId, reason).default({}).describe('control → why it is off'),
  enabled: z.array(controlId).default([]).describe('controls that are on'),
  otherControls: z
    .enum(['leave', 'enabled', 'disabled'])
    .default('leave')
    .describe('what becomes of controls that are not named'),
};

const scalar = z.union([z.boolean(), z.number(), z.string()]);
const parameter = scalar.or(z.array(z.union([z.number(), z.string()])));

export const schema = z
  .strictObject({
    ...chosen,
    newControls: z
      .enum(['leave', 'report'])
      .default('leave')
      .describe('report tells which controls are off although nobody has said why; reads all controls'),
    onlyIn: z
      .record(region, z.array(controls).min(1))
      .default({})
      .describe('region → controls (`IAM.6`, or `IAM.*`) that run there, and are off everywhere else'),
    standards: z
      .record(standard, z.strictObject(chosen))
      .default({})
      .describe('standard → the same choices for it alone'),
    parameters: z
      .record(controlId, z.record(z.string(), parameter))
      .default({})
      .describe('control → parameter → value, or `default`'),
  })
  .superRefine((params, context) => {
    for (const [path, { disabled, enabled }] of choicesIn(params)) {
      for (const [index, id] of enabled.entries())
        if (Object.hasOwn(disabled, id))
          context.addIssue({
            code: 'custom',
            path: [...path, 'enabled', index],
            message: `${id} is also disabled here`,
          });
    }
    for (const [where, ids] of Object.entries(params.onlyIn))
      for (const [index, id] of ids.entries())
        if (Object.hasOwn(params.disabled, id) || params.enabled.includes(id))
          context.addIssue({
            code: 'custom',
            path: ['onlyIn', where, index],
            message: `${id} is also ${params.enabled.includes(id) ? 'enabled' : 'disabled'} everywhere`,
          });
    if (params.newControls === 'report' && params.otherControls !== 'leave')
      context.addIssue({
        code: 'custom',
        path: ['newControls'],
        message: '"otherControls" decides about new controls, too: leave one of the two out',
      });
  });

export type Params = z.output<typeof schema>;
export type Choice = Pick<Params, keyof typeof chosen>;

/** What is said of all standards, and of single ones. */
export function choicesIn(params: Params): readonly (readonly [path: readonly string[], choice: Choice])[] {
  return [
    [[], params],
    ...Object.entries(params.standards).map(([name, choice]) => [['standards', name], choice] as const),
  ];
}
