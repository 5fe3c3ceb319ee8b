import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { LANGUAGES, type Language } from '../src/domain/text.ts';
import { composeMessage } from '../src/mail/compose.ts';
import { escapeHtml } from '../src/mail/templates.ts';
import { COMPILED, compileTemplates } from './compile.ts';
import { EXAMPLES, type Example } from './examples.ts';

/*
 * `npm run emails [folder]`: compiles the templates, then writes every message in every language with an index page to look
 * at. Run it after every change of a template.
 */

const compiled = await compileTemplates();
rmSync(COMPILED, { recursive: true, force: true });
mkdirSync(COMPILED, { recursive: true });
for (const [file, html] of compiled) writeFileSync(path.join(COMPILED, file), html);

const folder = path.resolve(process.argv[2] ?? path.join('data', 'emails'));
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'index.html'), index());
process.stdout.write(`${compiled.size} templates compiled, ${EXAMPLES.length * LANGUAGES.length} mails in ${folder}\n`);

function rowOf(example: Example): string {
  const cells = LANGUAGES.map((language) => `<td>${write(example, language)}</td>`);
  return `<tr><th scope="row">${escapeHtml(example.title)}</th>${cells.join('')}</tr>`;
}

/** Writes the parts of one message. Returns its subject with links to them. */
function write({ name, facts }: Example, language: Language): string {
  const { subject, html, text, attachments } = composeMessage({ ...facts, language });
  const parts = [
    { file: `${name}.${language}.html`, label: 'HTML', content: html },
    { file: `${name}.${language}.txt`, label: 'text', content: text },
    ...attachments.map(({ content }) => ({ file: `${name}.${language}.ics`, label: 'calendar', content })),
  ];
  for (const { file, content } of parts) writeFileSync(path.join(folder, file), content);
  const links = parts.map(({ file, label }) => `<a href="${file}" target="mail">${label}</a>`);
  const size = Math.ceil(Buffer.byteLength(html) / 1000);
  return `${escapeHtml(subject)}<br>${links.join(' · ')} · ${size} kB`;
}

function index(): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Every mail</title>
<style>
:root { color-scheme: light dark; font: 14px/20px system-ui, sans-serif; }
body { display: grid; grid-template-columns: minmax(0, 1fr) 640px; gap: 16px; margin: 0; height: 100vh; }
main { overflow: auto; padding: 16px; }
iframe { width: 100%; height: 100%; border: 0; border-left: 1px solid; resize: horizontal; background: #fff; }
@media (max-width: 1100px) { body { display: block; } iframe { height: 90vh; border: 0; } }
 th, td { padding: 8px; border-bottom: 1px solid #8888; text-align: left; vertical-align: top; }
</style>
<main>
<h1>Every mail</h1>
<table>
<tr><th>Message</th><th>Danish</th><th>English</th></tr>
${EXAMPLES.map((example) => rowOf(example)).join('\n')}
</table>
</main>
<iframe name="mail" title="The mail" src="notice-replacement.da.html"></iframe>
</html>
`;
}
