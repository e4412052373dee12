/** What a workflow asks of the action: the inputs of `action.yml`, checked. */
import { z } from 'zod';
import { usageError } from '../io.ts';

const optional = z.string().transform((text) => (text === '' ? undefined : text));
const flag = z.enum(['true', 'false', '']).transform((text) => text === 'true');

const MODES = ['auto', 'plan', 'apply', 'drift', 'validate', 'accounts', 'decide'] as const;

const shapes = {
  mode: z.enum([...MODES, '']).transform((mode) => mode || 'auto'),
  state: z.string().transform((text) => text.replace(/^(?:\.\/)+|\/+$/g, '') || 'state'),
  fleet: optional,
  only: optional,
  shard: optional,
  parts: optional,
  token: z.string(),
  approval: z.enum(['merge', 'review']),
  publish: z.enum(['auto', 'full', 'counts']),
  journal: optional,
  'break-lock': z.string().transform((text) => (text === '' ? undefined : text.split(/[\s,]+/))),
  approved: z.union([z.literal('').transform(() => undefined), z.string().regex(/^sha256:[0-9a-f]{64}$/)]),
  unread: z.enum(['fail', 'warn']),
  'plan-workflow': z.string().min(1),
  'apply-workflow': z.string().min(1),
  'comment-author': z.string().min(1),
  'allow-endpoint': flag,
  'allow-user-credentials': flag,
  identity: optional,
} as const;

export type Inputs = { readonly [name in keyof typeof shapes]: z.output<(typeof shapes)[name]> };
export const INPUT_NAMES = Object.keys(shapes) as (keyof typeof shapes)[];

/** @throws TrueupError `usage`, naming the input */
export function readInputs(read: (name: string) => string): Inputs {
  const entries = INPUT_NAMES.map((name) => {
    const parsed = shapes[name].safeParse(read(name).trim());
    if (!parsed.success) throw usageError(`the input "${name}" is not understood`, 'docs/action.md says what it takes');
    return [name, parsed.data] as const;
  });
  const inputs = Object.fromEntries(entries) as Inputs;
  if (inputs.state.startsWith('/') || inputs.state.split('/').some((part) => part === '..' || part === '.'))
    throw usageError('the input "state" is no directory below the checkout', 'name one, e.g. state');
  return inputs;
}
