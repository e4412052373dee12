/** Does a pattern of a policy cover an action or an ARN? */

/** `*` is any text, `?` any one character; everything else stands for itself. */
export function globPattern(glob: string, flags = ''): RegExp {
  const source = glob
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\\\*/g, '.*')
    .replace(/\\\?/g, '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}

export type Matcher = (text: string) => boolean;

/** Actions are compared without regard to case. */
export function actionMatcher(pattern: string): Matcher {
  const expression = globPattern(pattern, 'i');
  return (action) => expression.test(action);
}

/**
 * An ARN is matched segment by segment, so that no wildcard reaches across a colon; the resource type at the front of
 * the last segment is taken literally.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourceMatcher(pattern: string): Matcher {
  if (pattern === '*') return () => true;
  const [head, type, rest] = splitArn(pattern);
  const heads = head.map((segment) => globPattern(segment));
  const name = globPattern(rest);
  const anything = type === '' && rest === '*';
  return (arn) => {
    const [otherHead, otherType, otherRest] = splitArn(arn);
    if (!heads.every((segment, index) => segment.test(otherHead[index] ?? ''))) return false;
    return anything || (type === otherType && name.test(otherRest));
  };
}

/** The first five segments, the resource type with its separator (or nothing), and what follows it. */
function splitArn(arn: string): readonly [head: readonly string[], type: string, rest: string] {
  const parts = arn.split(':');
  // Missing segments at the end of a pattern mean "any".
  while (parts.length < 6) parts.push('*');
  const last = parts.slice(5).join(':');
  const separator = /[:/]/.exec(last)?.index;
  const type = separator === undefined ? '' : last.slice(0, separator + 1);
  return [parts.slice(0, 5), type, last.slice(type.length)];
}
