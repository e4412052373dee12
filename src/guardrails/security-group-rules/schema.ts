/** What a policy may write under `security-group-rules`. */
import { z } from 'zod';
import { quote } from '../../ingress/rule.ts';
import type { Direction } from '../../model/rule.ts';
import { groupSelection } from '../group-selection.ts';
import { whenInUse } from '../when-in-use.ts';
import { parseRuleText } from './rule-text.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
const description = z.string().regex(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/, {
  error: 'EC2 takes up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$* in a description',
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html */
const tagKey = z
  .string()
  .regex(/^(?!aws:).{1,127}$/i, { error: 'a key of a tag has 1 to 127 characters, not beginning with "aws:"' });
const tags = z.record(tagKey, z.string().max(256));

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html, and API_PrefixListId.html beside it */
function namesGroupOrList(rule: string): boolean {
  const parsed = parseRuleText(rule);
  if ('problem' in parsed) return false;
  const { kind, name } = parsed.peer;
  return kind === 'itself' || kind === 'list' || /(?:^|\/)sg-|^pl-/.test(name);
}

const WORDS: { readonly [direction in Direction]: string } = { ingress: 'from', egress: 'to' };

function ruleText(direction: Direction) {
  return z.string().superRefine((text, context) => {
    const parsed = parseRuleText(text);
    if ('problem' in parsed)
      context.addIssue({
        code: 'custom',
        message: parsed.problem,
        params: { code: 'bad-rule', advice: parsed.advice },
      });
    else if (parsed.word !== WORDS[direction])
      context.addIssue({
        code: 'custom',
        message: `${quote(text)}: a rule under ${direction} says "${WORDS[direction]}", not "${parsed.word}"`,
        params: { code: 'bad-rule' },
      });
  });
}

function rules(direction: Direction) {
  const text = ruleText(direction);
  const labelled = z
    .strictObject({
      rule: text.describe(
        `\`tcp 443 ${WORDS[direction]} corporate\`: traffic, \`${WORDS[direction]}\`, and who is at the other end`,
      ),
      description: description.exactOptional().describe('left out: the one that is there stays'),
      tags: tags
        .exactOptional()
        .describe('left out: those that are there stay; given: exactly these, beside those of AWS'),
    })
    .refine(({ rule, description: said = '' }) => !said.includes('&') || !namesGroupOrList(rule), {
      path: ['description'],
      error: 'EC2 takes no "&" in the description of a rule about a group or a prefix list: write "and"',
    });
  return z
    .array(text.or(labelled))
    .min(1, { error: 'write "none" where there are to be no rules' })
    .or(z.literal('none'));
}

export const itemSchema = z
  .strictObject({
    groups: groupSelection
      .refine((selection) => selection !== 'all' && chooses(selection), {
        error: 'name the groups by names, tags, vpcs or ids: every group would get exactly these rules',
      })
      .describe('which groups get exactly these rules; all that are given must match, and `all` is refused'),
    ingress: rules('ingress')
      .exactOptional()
      .describe('all rules that let something in, or `none`; left out: not managed'),
    egress: rules('egress')
      .exactOptional()
      .describe('all rules that let something out, or `none`; left out: not managed'),
    whenInUse: whenInUse('proceed'),
  })
  .refine(({ ingress, egress }) => ingress ?? egress, {
    error: 'decides nothing: write the rules under "ingress", under "egress" or both',
  });

export const schema = z.array(itemSchema).min(1);

export type Item = z.infer<typeof itemSchema>;
export type Params = z.infer<typeof schema>;

function chooses({ names, tags: wanted, vpcs, ids }: Exclude<z.infer<typeof groupSelection>, 'all'>): boolean {
  return [names, vpcs, ids, wanted && Object.keys(wanted)].some((list) => list !== undefined && list.length > 0);
}
