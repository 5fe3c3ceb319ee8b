import type { Language } from '../../domain/text.ts';
import { danish } from './texts-da.ts';
import { english } from './texts-en.ts';
import type { ProposalTexts } from './texts-shape.ts';

const TEXTS: Readonly<Record<Language, ProposalTexts>> = { da: danish, en: english };

/** The words of the pages about proposals in a language. */
export const proposalTextsIn = (language: Language): ProposalTexts => TEXTS[language];
