/** What do expressions of HCL stand for, and what do they refer to? */
import type { Expression } from './hcl.ts';

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** @param scope what references and calls stand for; `undefined` is an error */
export function evaluateHcl(
  expression: Expression,
  scope: (path: readonly string[]) => Value | undefined,
  call: (name: string, args: readonly Value[]) => Value | undefined,
): Value {
  const evaluate = (one: Expression): Value => evaluateHcl(one, scope, call);
  const known = (value: Value | undefined, what: string): Value => {
    if (value === undefined) throw new Error(`there is no ${what}`);
    return value;
  };
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'template':
      return expression.parts.map((part) => String(evaluate(part))).join('');
    case 'list':
      return expression.items.map(evaluate);
    case 'object':
      return Object.fromEntries(expression.fields.map(([key, value]) => [key, evaluate(value)]));
    case 'call':
      return known(call(expression.name, expression.args.map(evaluate)), `function ${expression.name}`);
    case 'reference':
      return known(scope(expression.path), expression.path.join('.'));
    case 'choice':
      return evaluate(evaluate(expression.of[0]) === true ? expression.of[1] : expression.of[2]);
  }
}

/** Every reference in an expression. */
export function referencesIn(expression: Expression): readonly (readonly string[])[] {
  switch (expression.kind) {
    case 'reference':
      return [expression.path];
    case 'template':
      return expression.parts.flatMap(referencesIn);
    case 'list':
      return expression.items.flatMap(referencesIn);
    case 'object':
      return expression.fields.flatMap(([, value]) => referencesIn(value));
    case 'call':
      return expression.args.flatMap(referencesIn);
    case 'choice':
      return expression.of.flatMap(referencesIn);
    case 'literal':
      return [];
  }
}
