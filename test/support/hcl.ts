/**
 * Reads HCL as Terraform's specification has it, as far as modules of plain resources go, and nothing else: whatever is
 * not understood is an error. https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'template'; readonly parts: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [key: string, value: Expression])[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'reference'; readonly path: readonly string[] }
  | { readonly kind: 'choice'; readonly of: readonly [Expression, Expression, Expression] };

export type Block = {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: ReadonlyMap<string, Expression>;
  readonly blocks: readonly Block[];
};

/** @throws Error with the line */
export function parseHcl(text: string): readonly Block[] {
  const reader = new Reader(text);
  const { attributes, blocks } = readBody(reader, () => reader.atEnd());
  if (attributes.size > 0) reader.fail('an attribute outside of any block');
  return blocks;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The match at this place, which is then behind it. */
  take(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  need(pattern: RegExp, what: string): string {
    return this.take(pattern) ?? this.fail(`expected ${what}`);
  }

  blanks(): void {
    this.take(/[ \t]*/);
  }

  space(): void {
    this.take(/\s*/);
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  fail(what: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    throw new Error(`line ${line}: ${what}, found ${JSON.stringify(this.#text.slice(this.#at, this.#at + 30))}`);
  }
}

const NAME = /[A-Za-z_][A-Za-z0-9_-]*/;

function readBody(reader: Reader, ends: () => boolean): Pick<Block, 'attributes' | 'blocks'> {
  const attributes = new Map<string, Expression>();
  const blocks: Block[] = [];
  for (reader.space(); !ends(); reader.space()) {
    const name = reader.need(NAME, 'an attribute or a block');
    reader.blanks();
    if (reader.take(/=(?!=)/) === undefined) {
      blocks.push(readBlock(name, reader));
    } else {
      if (attributes.has(name)) reader.fail(`${name} twice`);
      attributes.set(name, readExpression(reader));
    }
    reader.blanks();
    if (!reader.atEnd()) reader.need(/\n/, 'the end of the line');
  }
  return { attributes, blocks };
}

function readBlock(type: string, reader: Reader): Block {
  const labels: string[] = [];
  for (let label = reader.take(/"[A-Za-z0-9_-]+"/); label !== undefined; label = reader.take(/"[A-Za-z0-9_-]+"/)) {
    labels.push(label.slice(1, -1));
    reader.blanks();
  }
  reader.need(/\{/, 'the beginning of a block');
  reader.blanks();
  if (reader.take(/\}/) !== undefined) return { type, labels, attributes: new Map(), blocks: [] };
  reader.need(/\n/, 'a line for each part of a block');
  const body = readBody(reader, () => reader.take(/\}/) !== undefined);
  return { type, labels, ...body };
}

function readExpression(reader: Reader): Expression {
  reader.blanks();
  const term = readTerm(reader);
  reader.blanks();
  if (reader.take(/\?/) === undefined) return term;
  const yes = readExpression(reader);
  reader.blanks();
  reader.need(/:/, 'the other choice');
  return { kind: 'choice', of: [term, yes, readExpression(reader)] };
}

function readTerm(reader: Reader): Expression {
  if (reader.take(/"/) !== undefined) return readTemplate(reader);
  if (reader.take(/\[/) !== undefined) return { kind: 'list', items: readList(reader, /\]/) };
  if (reader.take(/\{/) !== undefined) return { kind: 'object', fields: readFields(reader) };
  const number = reader.take(/\d+/);
  if (number !== undefined) return { kind: 'literal', value: Number(number) };
  const name = reader.need(NAME, 'a value');
  if (reader.take(/\(/) !== undefined) return { kind: 'call', name, args: readList(reader, /\)/) };
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' };
  const path = [name];
  while (reader.take(/\./) !== undefined) path.push(reader.need(NAME, 'a name'));
  return { kind: 'reference', path };
}

/** Inside brackets and parentheses, ends of lines mean nothing. */
function readList(reader: Reader, end: RegExp): Expression[] {
  const items: Expression[] = [];
  for (;;) {
    reader.space();
    if (reader.take(end) !== undefined) return items;
    items.push(readExpression(reader));
    reader.space();
    if (reader.take(/,/) === undefined) {
      reader.need(end, 'a comma or the end');
      return items;
    }
  }
}

function readFields(reader: Reader): (readonly [string, Expression])[] {
  const fields: (readonly [string, Expression])[] = [];
  for (;;) {
    reader.space();
    if (reader.take(/\}/) !== undefined) return fields;
    const key = reader.take(/"/) === undefined ? reader.need(NAME, 'a key') : plain(readTemplate(reader), reader);
    if (fields.some(([other]) => other === key)) reader.fail(`${key} twice`);
    reader.blanks();
    reader.need(/[=:]/, 'the value of a key');
    fields.push([key, readExpression(reader)]);
    reader.blanks();
    if (reader.take(/,|\n/) === undefined && reader.take(/(?=\})/) === undefined) reader.fail('expected the next key');
  }
}

function plain(template: Expression, reader: Reader): string {
  return template.kind === 'literal' ? String(template.value) : reader.fail('a key that is filled in');
}

const ESCAPES: { readonly [text: string]: string } = {
  '\\n': '\n',
  '\\r': '\r',
  '\\t': '\t',
  '\\"': '"',
  '\\\\': '\\',
};

function readTemplate(reader: Reader): Expression {
  const parts: Expression[] = [];
  let text = '';
  for (;;) {
    const literal = reader.take(/(?:[^"\\$%\n]|[$%](?!\{)(?![$%]\{))+/);
    if (literal !== undefined) text += literal;
    else if (reader.take(/\$\$\{/) !== undefined) text += '${';
    else if (reader.take(/%%\{/) !== undefined) text += '%{';
    else if (reader.take(/\$\{/) !== undefined) {
      parts.push({ kind: 'literal', value: text }, readExpression(reader));
      text = '';
      reader.need(/\s*\}/, 'the end of what is filled in');
    } else if (reader.take(/"/) !== undefined) {
      const last: Expression = { kind: 'literal', value: text };
      return parts.length === 0 ? last : { kind: 'template', parts: [...parts, last] };
    } else text += readEscape(reader);
  }
}

function readEscape(reader: Reader): string {
  const code = reader.take(/\\u[0-9a-fA-F]{4}/);
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code.slice(2), 16));
  const escaped = reader.need(/\\[nrt"\\]/, 'something that may stand in a text');
  return ESCAPES[escaped] ?? '';
}
