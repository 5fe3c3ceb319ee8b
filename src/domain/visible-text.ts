/** The elements of HTML. What stands in angle brackets and is none of them was written by a person: `<USA>`. */
const ELEMENTS = new Set(
  (
    'a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br button ' +
    'canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset ' +
    'figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins ' +
    'kbd label legend li link main map mark marquee menu meta meter nav nobr noframes noscript object ol optgroup option ' +
    'output p param picture pre progress q rp rt ruby s samp script search section select slot small source span strike ' +
    'strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var ' +
    'video wbr xml'
  ).split(' '),
);
/** With their content up to the end, which no reader sees. */
const HIDDEN = [
  /<!--(?:(?!<!--)[^])*?-->/g,
  /<(script|style|template)\b[^<>]*>(?:(?!<\1\b)[^])*?<\/\1\s*>/gi,
  /<(?:!doctype|\?xml|!\[(?:if|endif))\b[^<>]*>/gi,
];
const ATTRIBUTE = String.raw`\s+([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))`;
/** Attributes that HTML knows without a value. Any other word without one may be a person's. */
const FLAG = String.raw`\s+(?:autofocus|checked|compact|controls|disabled|hidden|multiple|noshade|nowrap|readonly|required)(?=[\s/>])`;
const TAG = new RegExp(String.raw`</?([a-z][\w:-]*)((?:${ATTRIBUTE}|${FLAG})*)\s*/?>`, 'gi');
/** What these attributes say is shown, or read aloud. */
const SHOWN = new Set(['alt', 'title', 'value', 'placeholder', 'aria-label']);

/** Entities of what is no letter: those of letters are judged the same undecoded. */
const MARKS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const BLANK = new RegExp(
  '&(?:nbsp|ensp|emsp1?[34]?|thinsp|hairsp|numsp|puncsp|mediumspace|zerowidthspace|nobreak|zwn?j|[lr]rm|shy|tab|newline|' +
    'invisibletimes|invisiblecomma|applyfunction|hellip|[nm]dash|bull|middot|times|deg|sect|copy|reg|trade|[lr][sad]quo|' +
    '[lr]aquo|uml|acute|macr|cedil)\\b;?',
  'gi',
);

/** Markup of markup of markup: no program makes more. */
const MAX_LAYERS = 3;

/**
 * What a reader sees of a text that may be HTML: without tags, comments, and entities of what is no letter. A text that is none
 * stays as it is. In doubt something is text: a tag that has no end, a name that is no element's, a word inside a tag that
 * is given no value.
 */
export function visibleText(text: string): string {
  let current = text;
  for (let layer = 0; layer < MAX_LAYERS && /[<&]/.test(current); layer += 1) {
    const untagged = HIDDEN.reduce((rest, pattern) => rest.replace(pattern, ' '), current).replace(TAG, shownOf);
    current = untagged
      .replace(BLANK, ' ')
      .replace(/&#(?:(\d{1,7})|x([0-9a-f]{1,6}));?/gi, (whole, decimal?: string, hex?: string) => {
        const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      })
      .replace(/&(amp|lt|gt|quot|apos);/gi, (whole, name: string) => MARKS[name.toLowerCase()] ?? whole);
  }
  return current;
}

/** What a reader sees of a tag: what stands for a picture or in a field. */
function shownOf(tag: string, name: string, attributes: string): string {
  if (!ELEMENTS.has(name.toLowerCase()) && !name.includes(':')) return tag;
  const values = [...attributes.matchAll(new RegExp(ATTRIBUTE, 'g'))].flatMap(([, key = '', ...given]) =>
    SHOWN.has(key.toLowerCase()) ? given.filter((value) => value !== undefined) : [],
  );
  return ` ${values.join(' ')} `;
}
