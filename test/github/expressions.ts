/** Expressions of workflows, as far as ours use them. https://docs.github.com/en/actions/reference/workflows-and-actions/expressions */

/** What an expression may look into; absent parts are empty, as GitHub has it. */
export type Context = { readonly [name: string]: unknown };

/** The text with everything between `${{` and `}}` filled in. */
export function fillIn(text: string, context: Context): string {
  return text.replaceAll(/\$\{\{(.+?)\}\}/g, (_, expression: string) => textOf(evaluate(expression, context)));
}

/** Whether a job or step runs. Without an expression: only when nothing failed before it. */
export function holds(condition: string | undefined, context: Context): boolean {
  const expression = condition === undefined ? 'success()' : condition.replaceAll(/^\$\{\{|\}\}$/g, '');
  const asks = /\b(?:always|cancelled|success|failure)\(\)/.test(expression);
  return Boolean(evaluate(asks ? expression : `success() && (${expression})`, context));
}

/** The value of a text that is nothing but an expression, or the text itself. */
export function resultOf(text: unknown, context: Context): unknown {
  const [, expression] = typeof text === 'string' ? (/^\$\{\{(.+)\}\}$/.exec(text) ?? []) : [];
  return expression === undefined ? text : evaluate(expression, context);
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

/** By precedence: or, and, not, comparison, and what stands in parentheses, quotes or dots. */
function evaluate(expression: string, context: Context): unknown {
  const tokens = expression.match(/'[^']*'|[\w-]+(?:\.[\w-]+)*|\|\||&&|==|!=|[!()]/g) ?? [];
  let at = 0;
  const take = (token: string): boolean => tokens[at] === token && ++at > 0;
  const expect = (token: string): void => {
    if (!take(token)) throw new Error(`expected ${token} in ${expression}`);
  };
  const either = (): unknown => {
    let value = both();
    while (take('||')) {
      const other = both();
      value = value || other;
    }
    return value;
  };
  const both = (): unknown => {
    let value = compared();
    while (take('&&')) {
      const other = compared();
      value = value && other;
    }
    return value;
  };
  const compared = (): unknown => {
    const value = single();
    if (take('==')) return value === single();
    return take('!=') ? value !== single() : value;
  };
  const single = (): unknown => {
    if (take('!')) return !single();
    if (take('(')) {
      const value = either();
      expect(')');
      return value;
    }
    const token = tokens[at++] ?? '';
    if (token.startsWith("'")) return token.slice(1, -1);
    if (take('(')) {
      const word = take(')') ? undefined : either();
      if (word !== undefined) expect(')');
      return call(token, word, context);
    }
    return lookUp(token, context);
  };
  const value = either();
  if (at < tokens.length) throw new Error(`not understood: ${expression}`);
  return value;
}

function call(name: string, word: unknown, context: Context): unknown {
  if (name === 'fromJSON') return JSON.parse(String(word));
  if (name === 'always') return true;
  if (name === 'cancelled') return false;
  if (name === 'success') return context.failed !== true;
  if (name === 'failure') return context.failed === true;
  throw new Error(`unknown function ${name}`);
}

/** What is not there compares as an empty text. */
function lookUp(path: string, context: Context): unknown {
  let value: unknown = context;
  for (const name of path.split('.')) value = (value as { readonly [name: string]: unknown } | undefined)?.[name];
  return value ?? '';
}
