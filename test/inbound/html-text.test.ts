import { describe, expect, test } from 'vitest';
import { textOfHtml } from '../../src/inbound/html-text.ts';

const textOf = (html: string) => textOfHtml(html).text;

describe('the text of HTML', () => {
  test.each([
    ['words over lines', '<p>Vi\n  <b>g&oslash;r</b>\tindsigelse</p>', 'Vi gør indsigelse'],
    ['paragraphs', '<p>a</p><p>b</p>', 'a\n\nb'],
    ['paragraphs that nobody ends', '<p\n>a<p>b', 'a\n\nb'],
    ['blocks and empty lines of Gmail', '<div>a</div><div><br></div><div>b</div><div>c</div>', 'a\n\nb\nc'],
    ['line breaks', 'a<br>b<br/><br>c', 'a\nb\n\nc'],
    ['lists', '<ul><li>a</li><li>b</ul>', '- a\n- b'],
    ['tables', '<table><tr><td>a</td><td>b</td></tr><tr><td>c<td>d</table>', 'a b\nc d'],
    ['quotations', 'x<blockquote>a<br>b<blockquote>c</blockquote></blockquote>y', 'x\n\n> a\n> b\n\n> > c\n\ny'],
    ['preformatted text', '<pre>a\n  b</pre>', 'a\n  b'],
    ['entities', '&lt;&amp;&#65;&#x42;&nbsp;&unknown;', '<&AB &unknown;'],
    [
      'a link with words',
      'se <a href="https://a.example/?b=1&amp;c=2">her</a>.',
      'se her [https://a.example/?b=1&c=2].',
    ],
    ['a link that is its own words', '<a href="https://a.example">https://a.example</a>', 'https://a.example'],
    ['an address', '<a href="mailto:a@b.example">a@b.example</a>', 'a@b.example'],
    ['what is not for people', '<head><title>t</title><style>p{}</style></head><script>x</script><!-- c -->a', 'a'],
    ['a head that nobody ends', '<html><head><meta a="b"><p>a', 'a'],
    ['words outside of any tag', 'a < b & c', 'a < b & c'],
    ['Outlook conditions', '<!--[if mso]><p>x</p><![endif]--><![if !mso]>a<![endif]>', 'a'],
  ])('%s', (_name, html, expected) => {
    expect(textOf(html).trim()).toBe(expected);
  });

  test('is that of the last level, however deep it is', () => {
    const { text, isCut } = textOfHtml(`${'<div><table><tr><td>'.repeat(50_000)}Vi gør indsigelse`);
    expect(text.trim()).toBe('Vi gør indsigelse');
    expect(isCut).toBe(false);
  });

  test('is behind large pictures and long style sheets', () => {
    const picture = `<img src="data:image/png;base64,${'A'.repeat(8_000_000)}">`;
    const { text, isCut } = textOfHtml(`<style>${'p{} '.repeat(100_000)}</style>${picture}<p>Vi gør indsigelse</p>`);
    expect(text.trim()).toBe('Vi gør indsigelse');
    expect(isCut).toBe(false);
  });
});

describe('HTML without measure', () => {
  const BOUNDS = { characters: 10_000, tags: 100, text: 1_000 };

  test.each([
    ['tags', '<p>'.repeat(101)],
    ['end tags', '</p>'.repeat(101)],
    ['text', 'a'.repeat(1_001)],
    ['text in many pieces', 'aaaaa&amp;'.repeat(300)],
    ['text as it is', `<pre>${'a\n'.repeat(1_001)}`],
    ['characters', `<p a="${'b'.repeat(10_000)}">`],
    ['a style sheet without an end', 'a<style>b'],
  ])('is read up to a bound on %s, and says that it is cut', (_name, html) => {
    const { text, isCut } = textOfHtml(html, BOUNDS);
    expect(isCut).toBe(true);
    expect(text.length).toBeLessThan(1_100);
  });

  test('is read to its end at the bounds', () => {
    expect(textOfHtml(`${'<b>'.repeat(100)}${'a'.repeat(1_000)}`, BOUNDS)).toEqual({
      text: 'a'.repeat(1_000),
      isCut: false,
    });
  });
});
