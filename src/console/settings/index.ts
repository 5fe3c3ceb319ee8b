import type { Scope } from '../../domain/permission.ts';
import { consolePage } from '../page.ts';
import { settingsPage } from './page-model.ts';
import { settingsWords } from './texts.ts';

const PLACES = [
  { key: 'products', scope: 'products:read' },
  { key: 'webhooks', scope: 'webhooks:manage' },
  { key: 'keys', scope: 'keys:manage' },
  { key: 'retention', scope: 'retention:manage' },
  { key: 'audit', scope: 'audit:read' },
  { key: 'evidence', scope: 'mails:read' },
] as const satisfies readonly { key: string; scope: Scope }[];

/** `GET /console/settings`: the way to each of the settings that the visitor may see. */
export const showSettings = consolePage('products:read', async (visit) => {
  const t = settingsWords(visit.language);
  const sections = PLACES.filter(({ scope }) => visit.may(scope)).map(({ key }) => {
    const [heading = '', about = ''] = t.index[key];
    return { id: key, heading, paragraphs: [about], href: `/console/settings/${key}` };
  });
  return settingsPage({ heading: t.heading, sections });
});
