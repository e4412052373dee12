/** What `trueup iam` writes: the roles of one kind of account, with what they are bounded by and who may take them. */
import type { Boundary, Role, Token } from './role.ts';

export type Bundle = {
  readonly part: 'members' | 'hub';
  readonly roles: readonly Role[];
  /** Written beside the roles and attached to them; or the ARN of one that exists. */
  readonly boundary?: Boundary | string;
  /** The provider that GitHub's tokens come from: once per account. */
  readonly provider: boolean;
  /** Values that are known already, for the tokens; all others become parameters. */
  readonly known: { readonly [token in Token]?: string };
};

/** Tokens that stand in the roles, in a fixed order. */
export function tokensOf({ roles }: Pick<Bundle, 'roles'>): Token[] {
  const text = JSON.stringify(roles);
  return ORDER.filter((token) => text.includes(`{${token}}`));
}

const ORDER: readonly Token[] = ['hub', 'externalId', 'owner', 'repository', 'ownerId', 'repositoryId'];

/** `/team/trueup-read` → `TeamTrueupRead`, `team_trueup_read`: names inside a template. */
export function wordsOf({ path, name }: Pick<Role, 'path' | 'name'>): string[] {
  return `${path}${name}`.split(/[^A-Za-z0-9]+/).filter(Boolean);
}

/** What a parameter is for, as its description. */
export const DESCRIPTIONS: { readonly [token in Token]?: string } = {
  hub: 'The account that Trueup is called from',
  externalId: 'The external id of the fleet (externalId in the state)',
  owner: 'The owner of the repository on GitHub',
  repository: 'The name of the repository on GitHub, without its owner',
  ownerId: "The number of the owner: gh api repos/OWNER/REPOSITORY --jq '.owner.id'",
  repositoryId: "The number of the repository: gh api repos/OWNER/REPOSITORY --jq '.id'",
};

/** What AWS or GitHub takes there. */
export const PATTERNS: { readonly [token in Token]?: string } = {
  hub: '\\d{12}',
  externalId: '[\\w+=,.@:/-]{2,1224}',
  owner: '[A-Za-z0-9_.-]+',
  repository: '[A-Za-z0-9_.-]+',
  ownerId: '\\d+',
  repositoryId: '\\d+',
};
