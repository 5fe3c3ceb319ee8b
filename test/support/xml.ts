/** An element of an XML document; text stands among its children as it reads. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
}

const TOKEN = /<\?[^>]*\?>|<\/([\w:]+)>|<([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;

/** Reads an XML document of elements, attributes and text. Throws for one that is not well-formed, or has anything else. */
export function parseXml(document: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [] };
  const open = [root];
  let end = 0;
  for (const token of document.matchAll(TOKEN)) {
    const [all, closing, name, attributes = '', isEmpty, text] = token;
    end = token.index + all.length;
    const parent = open.at(-1) ?? root;
    if (text !== undefined) parent.children.push(decoded(text));
    else if (closing !== undefined) {
      if (closing !== open.pop()?.name) throw new Error(`</${closing}> closes nothing`);
    } else if (name !== undefined) {
      const pairs = [...attributes.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        decoded(value),
      ]);
      if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw new Error(`<${name}> has an attribute twice`);
      const element: XmlElement = {
        name,
        attributes: Object.fromEntries(pairs) as Record<string, string>,
        children: [],
      };
      parent.children.push(element);
      if (isEmpty === '') open.push(element);
    }
  }
  if (end !== document.length) throw new Error(`not well-formed at ${JSON.stringify(document.slice(end, end + 60))}`);
  const [top, ...more] = root.children.filter((child) => typeof child !== 'string');
  if (open.length > 1 || top === undefined || more.length > 0) throw new Error('expected one element, closed');
  return top;
}

/** The child elements of this name. */
export function elements(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => typeof child !== 'string').filter((child) => child.name === name);
}

/** The text in the one child element of this name. */
export function textIn(parent: XmlElement, name: string): string {
  const [only, ...more] = elements(parent, name);
  if (only === undefined || more.length > 0) throw new Error(`expected one <${name}> in <${parent.name}>`);
  return wholeText(only);
}

function wholeText({ children }: XmlElement): string {
  return children.map((child) => (typeof child === 'string' ? child : wholeText(child))).join('');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    throw new Error('a character that XML has not');
  return text.replaceAll(/&(\w*);?/g, (entity, name: string) => {
    const found = ENTITIES[name];
    if (found === undefined || !entity.endsWith(';')) throw new Error(`${entity} is no entity of XML`);
    return found;
  });
}
