import * as checkpoints from '../../api/checkpoints.ts';
import * as evidence from '../../api/evidence.ts';
import { toProblem } from '../../http/errors.ts';
import { givenIn } from '../addresses.ts';
import { changesToChoose } from '../change/to-choose.ts';
import { customerFieldIn, customerMeant } from '../customer-meant.ts';
import { FieldFault, faultsOf, NO_FAULTS, type FormFaults } from '../form-faults.ts';
import { numberInWords } from '../numbers.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { settingsPage, type Section } from './page-model.ts';
import { momentInWords } from '../times.ts';
import { settingsWords } from './texts.ts';

const PATH = '/console/settings/evidence';

interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly at: string;
}

/** `GET /console/settings/evidence`: packs to download, and what they are verified with. */
export const showEvidence = consolePage('mails:read', (visit) => showPage(visit, NO_FAULTS));

/** `GET /console/settings/evidence/pack`: the pack that was chosen (D54). */
export const downloadPack = consolePage('mails:read', async (visit) => {
  const { change: id = '', controller: typed, ...query } = givenIn(visit.query, ['change', 'controller', 'redacted']);
  try {
    if (typed !== undefined) query['controller'] = await customerMeant(visit, { field: 'controller', typed });
    const { content, name } = await visit.ask(evidence.get, { params: { id }, query });
    return { file: content, name, type: 'application/zip' };
  } catch (error) {
    const { language } = visit;
    const isOfCustomer = typed !== undefined && toProblem(error)?.code === 'not-found';
    const unknown = new FieldFault('controller', settingsWords(language).evidence.unknownController);
    return showPage(visit, faultsOf(isOfCustomer ? unknown : error, { language, expected: {} }));
  }
});

async function showPage(visit: Visit, faults: FormFaults): Promise<Shown> {
  const { evidence: t, ...words } = settingsWords(visit.language);
  const changes = await changesToChoose(visit, 'mails:read');
  const customer = customerFieldIn(visit.language);
  return settingsPage({
    heading: t.heading,
    back: { href: '/console/settings', text: words.heading },
    intro: changes.length === 0 ? [t.intro, t.noChanges] : [t.intro],
    faults,
    ...(changes.length === 0
      ? {}
      : {
          form: {
            action: `${PATH}/pack`,
            method: 'get' as const,
            isStacked: true,
            submit: t.download,
            fields: [
              {
                part: 'select' as const,
                id: 'change',
                label: t.change,
                value: visit.query['change'] ?? '',
                options: changes,
              },
              {
                part: 'field' as const,
                id: 'controller',
                label: t.controller,
                hint: `${customer.hint} ${t.controllerHint}`,
                value: visit.query['controller'] ?? '',
                optional: true,
              },
              {
                part: 'tick' as const,
                id: 'redacted',
                label: t.redacted,
                isTicked: visit.query['redacted'] === 'true',
              },
            ],
          },
        }),
    sections: [
      { id: 'verify', heading: t.verify, paragraphs: [t.verifyBody] },
      await newestCheckpoint(visit),
      await keysOf(visit),
    ],
  });
}

async function newestCheckpoint(visit: Visit): Promise<Section> {
  const { evidence: t } = settingsWords(visit.language);
  const { items } = (await visit.ask(checkpoints.list, { query: { limit: 1 } })) as { items: readonly Checkpoint[] };
  const [newest] = items;
  const section = { id: 'checkpoint', heading: t.checkpoint };
  if (newest === undefined) return { ...section, paragraphs: [t.noCheckpoint] };
  return {
    ...section,
    paragraphs: [t.checkpointIntro],
    facts: [
      { name: t.at, value: momentInWords(newest.at, visit.language) },
      { name: t.origin, value: newest.origin },
      { name: t.size, value: numberInWords(newest.size, visit.language) },
      { name: t.root, value: newest.root },
    ],
  };
}

async function keysOf(visit: Visit): Promise<Section> {
  const { evidence: t, ...words } = settingsWords(visit.language);
  const { items } = (await visit.ask(checkpoints.listKeys)) as {
    items: readonly { id: string; publicKey: string | Buffer; recordedAt: string }[];
  };
  return {
    id: 'keys',
    heading: t.keys,
    table: {
      caption: t.keys,
      none: t.noKeys,
      columns: [t.recordedAt, t.keyId, t.publicKey],
      rows: items.map(({ id, publicKey, recordedAt }) => [
        momentInWords(recordedAt, visit.language),
        id,
        { text: '', more: { summary: words.details, content: publicKey.toString() } },
      ]),
    },
  };
}
