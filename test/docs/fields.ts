/** The fields of a guardrail as a person reads them: path, what may stand there, default, meaning; from its JSON Schema. */
import { z } from 'zod';

type Schema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly propertyNames?: object;
  readonly additionalProperties?: boolean | Schema;
};

export type FieldRow = {
  readonly path: string;
  readonly takes: string;
  /** `required`, a default, or what leaving it out means. */
  readonly otherwise: string;
  readonly meaning: string;
};

export function fieldsOf(schema: z.ZodType): readonly FieldRow[] {
  return rowsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema, '');
}

function rowsOf(schema: Schema, path: string): FieldRow[] {
  if (schema.items && path === '') return rowsOf(schema.items, '[]');
  const fields = Object.entries(schema.properties ?? {});
  return fields.flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const row = {
      path: at,
      takes: takes(field),
      otherwise: otherwise(name, field, schema),
      meaning: field.description ?? '',
    };
    return [row, ...nested(field).flatMap((inner) => rowsOf(inner, at))];
  });
}

/** The objects inside a field, whose fields get rows of their own. */
function nested(field: Schema): readonly Schema[] {
  if (field.properties) return [field];
  const inner = [...(field.anyOf ?? []), ...(field.items ? [field.items] : [])];
  return inner.flatMap(nested);
}

function otherwise(name: string, field: Schema, { required = [] }: Schema): string {
  if (field.default !== undefined) return `default \`${JSON.stringify(field.default).replaceAll('"', '')}\``;
  return required.includes(name) ? 'required' : 'optional';
}

function takes(schema: Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(takes))].join(' or ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  switch (schema.type) {
    case 'boolean':
      return '`true`, `false`';
    case 'integer':
    case 'number':
      return `number ${schema.minimum ?? '…'} to ${schema.maximum ?? '…'}`;
    case 'array':
      return `list of ${takes(schema.items ?? {})}`;
    case 'object':
      return schema.propertyNames ? 'names and values' : 'fields';
    default:
      return 'text';
  }
}
