import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import mjml2html from 'mjml';
import { LANGUAGES } from '../src/domain/text.ts';
import { TEMPLATES } from '../src/mail/templates.ts';

export const COMPILED = fileURLToPath(new URL('compiled/', import.meta.url));

// Two sets of tags: what stands between braces is put together here, once; `<% %>` is left for every message.
const sources = new Eta({
  views: import.meta.dirname,
  tags: ['{{', '}}'],
  autoEscape: false,
});

/** Every template in the shared layout, as HTML with `<% %>` tags, by the name of its file in `emails/compiled`. */
export async function compileTemplates(): Promise<Map<string, string>> {
  const compiled = new Map<string, string>();
  for (const template of TEMPLATES) {
    for (const language of LANGUAGES) {
      const mjml = sources.render(`./${template}.${language}.mjml`, { language });
      // An attribute that MJML does not know fails; `fonts` would have it link to Google's.
      const { html } = await mjml2html(mjml, { validationLevel: 'strict', fonts: {}, ignoreIncludes: true });
      compiled.set(`${template}.${language}.eta`, withoutIndentation(html));
    }
  }
  return compiled;
}

export function readCompiled(file: string): string {
  return readFileSync(COMPILED + file, 'utf8');
}

/** Half of MJML's output is white space. */
function withoutIndentation(html: string): string {
  return `${html.replace(/^\s+/gm, '').trim()}\n`;
}
