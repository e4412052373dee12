/** What text does an expression of the source stand for, as far as it is written out? */

export type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
};

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The node and everything below it. */
export function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodesIn)] : [];
}

/** What differs from case to case. */
const VARIES = '…';

/** The texts that it can be; none where that is decided elsewhere. */
export function textsOf(node: unknown, program: unknown): readonly string[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' && node.value !== '' ? [node.value] : [];
    case 'TemplateLiteral':
      return [fill(node)];
    case 'TSAsExpression':
      return textsOf(node.expression, program);
    case 'LogicalExpression':
      return [...textsOf(node.left, program), ...textsOf(node.right, program)];
    case 'ConditionalExpression':
      return [...textsOf(node.consequent, program), ...textsOf(node.alternate, program)];
    case 'Identifier':
      return textsOf(constantNamed(String(node.name), node.start, program), program);
    default:
      return [];
  }
}

function fill({ quasis }: Node): string {
  const parts = (quasis as Node[]).map(({ value }) => (value as { readonly cooked: string }).cooked);
  return parts.join(VARIES).replaceAll(/…(?:\s*…)+/g, VARIES);
}

/** Where it is given its value: the nearest place before it is used, or else the first. */
function constantNamed(name: string, used: number, program: unknown): unknown {
  const declared = declaratorsIn(program).filter(({ id }) => isNode(id) && id.name === name);
  return (declared.findLast(({ start }) => start < used) ?? declared[0])?.init;
}

const known = new WeakMap<object, readonly Node[]>();

/** Walking a program takes longer than all the rest. */
export function declaratorsIn(program: unknown): readonly Node[] {
  if (!isNode(program)) return [];
  const found = known.get(program) ?? nodesIn(program).filter(({ type }) => type === 'VariableDeclarator');
  known.set(program, found);
  return found;
}
