/** What a Markdown parser finds in a text: the judge of what data can and cannot do there. */
import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

export function parseMarkdown(text: string): Root {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

export function nodesOf(node: Nodes): readonly Nodes[] {
  return 'children' in node ? [node, ...node.children.flatMap(nodesOf)] : [node];
}

const LINKING: readonly Nodes['type'][] = [
  'link',
  'linkReference',
  'image',
  'imageReference',
  'definition',
  'footnoteReference',
  'footnoteDefinition',
];
/** GitHub turns these into links, outside code. */
const MENTION = /(^|[^\w`])@[a-z\d]|(^|[^\w&])#\d|\bGH-\d|:\/\/|\bwww\./i;

/** Everything in a rendered text that could only have come from data. */
export function intrusions(text: string): readonly string[] {
  return nodesOf(parseMarkdown(text)).flatMap((node) => {
    if (LINKING.includes(node.type)) return [node.type];
    if (node.type === 'text' && MENTION.test(node.value)) return [`mention in ${node.value}`];
    if (node.type === 'html') return htmlIntrusions(node.value);
    return [];
  });
}

/** Of HTML only the folding elements and `<code>` are ours; what stands inside `<code>` has no markup left. */
function htmlIntrusions(html: string): readonly string[] {
  const skeleton = html.replace(/<code>[^<>"'`]*<\/code>/g, '').replace(/<\/?(?:details(?: open)?|summary)>/g, '');
  return /[<>@#]|:\/\//.test(skeleton) ? [`html ${html}`] : [];
}
