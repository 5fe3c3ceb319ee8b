import { LANGUAGES, type Language } from '../domain/text.ts';

/** The language of ours that a browser asks for first with `Accept-Language`; Danish, the contract's, for any other. */
export function acceptedLanguage(header: string | undefined): Language {
  const wanted = (header ?? '')
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return { primary: tag.split('-')[0], quality: Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { primary } of wanted) {
    const language = LANGUAGES.find((ours) => ours === primary);
    if (language !== undefined) return language;
  }
  return 'da';
}
