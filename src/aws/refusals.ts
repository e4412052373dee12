/** What does AWS's text say about a refusal: which action it was, and what was in the way? */

export function actionIn(message: string): string | undefined {
  return /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9*]+)/.exec(message)?.[1];
}

const POLICIES =
  '(service control policy|resource control policy|VPC endpoint policy|session policy|resource-based policy|permissions boundary|identity-based)';
const DENIED_BY = new RegExp(`explicit deny in an? ${POLICIES}`);
const ALLOWED_BY_NO = new RegExp(`because no ${POLICIES}[^.]{0,20} allows`);

/**
 * Something other than the role's own policy is in the way, or a denial that no permission overrules.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function refusalIn(message: string): { readonly how: string; readonly advice: string } {
  const by = DENIED_BY.exec(message)?.[1]?.replace(/based$/, 'based policy');
  if (by !== undefined)
    return {
      how: ` by ${by.startsWith('identity') ? 'an' : 'a'} ${by}`,
      advice: 'a denial there is explicit, and no permission overrules it: change that policy, or exclude the account',
    };
  if (/explicit deny/i.test(message))
    return {
      how: ' explicitly',
      advice:
        "no permission overrules that: look for a Deny in the role's policies, its permissions boundary and the service control policies of the organization",
    };
  const silent = ALLOWED_BY_NO.exec(message)?.[1];
  if (silent === undefined || silent.startsWith('identity')) return { how: '', advice: '' };
  return {
    how: ` by a ${silent} that does not allow it`,
    advice: `allow ${actionIn(message) ?? 'it'} there, or exclude the account`,
  };
}
