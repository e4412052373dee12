/** A policy document as it is sent, and as its length counts. */
import type { PolicyDocument } from './aws.ts';

/**
 * Without white space, and in ASCII: STS takes no character above U+00FF in a policy, and tags may carry any.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function policyText(policy: PolicyDocument): string {
  return JSON.stringify(policy).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
