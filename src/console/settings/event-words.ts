import { CHANGE_EVENT_TYPES, type EventType } from '../../domain/event.ts';
import type { Language } from '../../domain/text.ts';
import { changeTextsIn } from '../change/texts.ts';
import { settingsWords } from './texts.ts';

/** What an event tells, with its type in the API: "Alle kunder er underrettet (change.notified)". */
export function eventInWords(type: EventType, language: Language): string {
  const ofChange = CHANGE_EVENT_TYPES.find((each) => each === type);
  const words =
    ofChange === undefined ? settingsWords(language).webhooks.webhookDisabled : changeTextsIn(language).event[ofChange];
  return `${words} (${type})`;
}
