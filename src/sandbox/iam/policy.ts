/** Is this text a policy document, and if so, what does it say? Documents are compiled once and then asked often. */
import { type Condition, compileCondition } from './conditions.ts';
import { actionMatcher, type Matcher, resourceMatcher } from './match.ts';

export type Statement = {
  readonly allows: boolean;
  readonly action: Matcher;
  readonly resource: Matcher;
  readonly principal: unknown;
  readonly conditions: readonly Condition[];
};
export type Policy = { readonly text: string; readonly statements: readonly Statement[] };

type Raw = { readonly [name: string]: unknown };
const FIELDS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'Condition'];

/** Identity and session policies name resources; trust policies name principals instead. */
export type PolicyKind = 'permissions' | 'trust';

/** @throws Error that says what is malformed. */
export function parsePolicy(document: string, kind: PolicyKind): Policy {
  const raw: unknown = parseJson(document);
  if (!isRecord(raw)) throw new Error('Syntax errors in policy.');
  if (raw.Version !== undefined && raw.Version !== '2012-10-17' && raw.Version !== '2008-10-17') {
    throw new Error('The policy must contain a valid version string');
  }
  const unknown = Object.keys(raw).find((name) => !['Version', 'Id', 'Statement'].includes(name));
  if (unknown !== undefined) throw new Error(`Syntax error: unknown element ${unknown}`);
  const statements = Array.isArray(raw.Statement) ? raw.Statement : [raw.Statement];
  if (statements.length === 0) throw new Error('Syntax errors in policy: no statement');
  return { text: document, statements: statements.map((statement) => parseStatement(statement, kind)) };
}

function parseStatement(raw: unknown, kind: PolicyKind): Statement {
  if (!isRecord(raw)) throw new Error('Syntax errors in policy: a statement is not an object');
  const unknown = Object.keys(raw).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw new Error(`Syntax error: unknown element ${unknown}`);
  if (raw.Effect !== 'Allow' && raw.Effect !== 'Deny') throw new Error('Invalid effect');
  const trust = kind === 'trust';
  if (trust !== 'Principal' in raw) {
    throw new Error(trust ? 'Missing required field Principal' : 'Policy document should not specify a principal.');
  }
  if (trust && ('Resource' in raw || 'NotResource' in raw)) throw new Error('Has prohibited field Resource');
  return {
    allows: raw.Effect === 'Allow',
    action: parseChoice(raw, 'Action', actionPattern),
    resource: trust ? () => true : parseChoice(raw, 'Resource', resourcePattern),
    principal: raw.Principal,
    conditions: parseConditions(raw.Condition),
  };
}

/** `Action` or `NotAction`, `Resource` or `NotResource`: exactly one of the two. */
function parseChoice(raw: Raw, name: string, compile: (pattern: string) => Matcher): Matcher {
  const inverted = `Not${name}` in raw;
  if (inverted === name in raw) throw new Error(`Policy statement must contain ${name.toLowerCase()}s.`);
  const matchers = stringList(raw[inverted ? `Not${name}` : name]).map(compile);
  if (matchers.length === 0) throw new Error(`Policy statement must contain ${name.toLowerCase()}s.`);
  return (text) => matchers.some((matches) => matches(text)) !== inverted;
}

function actionPattern(pattern: string): Matcher {
  if (pattern !== '*' && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(pattern)) {
    throw new Error('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  }
  return actionMatcher(pattern);
}

function resourcePattern(pattern: string): Matcher {
  if (pattern !== '*' && !pattern.startsWith('arn:')) {
    throw new Error(`Resource ${pattern} must be in ARN format or "*".`);
  }
  return resourceMatcher(pattern);
}

function parseConditions(raw: unknown): readonly Condition[] {
  if (raw === undefined) return [];
  if (!isRecord(raw)) throw new Error('Syntax errors in policy: Condition is not an object');
  return Object.entries(raw).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw new Error('Syntax errors in policy: a condition is not an object');
    return Object.entries(keys).map(([key, wanted]) => compileCondition(operator, key, stringList(wanted)));
  });
}

function stringList(raw: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  return list.map((item) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'boolean' || typeof item === 'number') return String(item);
    throw new Error('Syntax errors in policy: expected text');
  });
}

function parseJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch (cause) {
    throw new Error('This policy contains invalid Json', { cause });
  }
}

function isRecord(raw: unknown): raw is Raw {
  return raw !== null && typeof raw === 'object' && !Array.isArray(raw);
}
