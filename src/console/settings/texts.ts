import type { Language } from '../../domain/text.ts';
import { danish, type SettingsTexts } from './texts-da.ts';
import { english } from './texts-en.ts';

const TEXTS: Readonly<Record<Language, SettingsTexts>> = { da: danish, en: english };

/** The words of the settings in the console. */
export const settingsWords = (language: Language): SettingsTexts => TEXTS[language];
