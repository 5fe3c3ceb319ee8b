import type { z } from 'zod';
import type * as changeControllers from '../../api/change-controllers.ts';
import * as noticeReports from '../../api/notice-reports.ts';
import * as notifyController from '../../api/notify-controller.ts';
import { InvalidRequest } from '../../domain/refused.ts';
import type { ScanOf } from '../../domain/scan.ts';
import { faultsOf, textOf } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import { expectScan, keepScan, scanFault, scanMissing } from '../scans.ts';
import type { Visit } from '../visit.ts';
import { changeAddress, storyAddress } from '../addresses.ts';
import { changeShown } from './change-shown.ts';
import { numberInWords } from '../numbers.ts';
import { storyPage } from './story.ts';
import { changeTextsIn } from './texts.ts';

/** `POST …/controllers/:externalId/resend`: notifies a customer again, its contacts as they are now. */
export const resend = consolePage('notices:write', (visit) =>
  reach(visit, async ({ params }) => {
    await visit.perform(notifyController.resend, {
      params: { id: params.id ?? '', externalId: params.externalId ?? '' },
    });
    return 'resent';
  }),
);

/** `POST …/controllers/:externalId/letter`: records that a letter arrived (D13). */
export const letter = consolePage('notices:write', (visit) =>
  reach(visit, async ({ params, form }) => {
    const { id = '', externalId = '' } = params;
    expectScan(visit, 'letterScan');
    const { body } = await visit.perform(notifyController.noticeByLetter, {
      params: { id, externalId },
      body: { arrivedOn: textOf(form, 'arrivedOn'), reference: textOf(form, 'reference') },
    });
    // The letters of a controller come in the order in which they were recorded, and this one was recorded under a lock.
    const { letters } = body as z.output<typeof changeControllers.controllerInChange>;
    await keepScan(visit, 'letterScan', id, { letterId: letters.at(-1)?.id ?? '' });
    return null;
  }),
);

/** `POST …/controllers/:externalId/scans`: keeps a scan with what is on record already (D66). */
export const scan = consolePage('scans:write', (visit) =>
  reach(visit, async ({ params, form, uploads }) => {
    expectScan(visit, 'scan');
    if (uploads['scan'] === undefined) throw new InvalidRequest([{ path: 'scan', message: scanMissing(visit) }]);
    const [kind = '', id = ''] = textOf(form, 'of').split(' ');
    await keepScan(visit, 'scan', params.id ?? '', { [kind]: id } as unknown as ScanOf);
    return 'scanned';
  }),
);

/** `POST …/controllers/:externalId/reached`: states, with evidence, that a mail arrived (D30). */
export const reached = consolePage('notices:write', (visit) =>
  reach(visit, async ({ form }) => {
    await visit.perform(noticeReports.reached, {
      params: { id: textOf(form, 'message') },
      body: { evidence: textOf(form, 'evidence') },
    });
    return null;
  }),
);

/** Does it, and goes back to the customer's page; or shows that with what was wrong, and everything that was typed. */
async function reach(visit: Visit, act: (visit: Visit) => Promise<string | null>): Promise<Shown> {
  const { id = '', externalId = '' } = visit.params;
  const t = changeTextsIn(visit.language);
  try {
    const said = await act(visit);
    return { to: storyAddress(id, externalId) + (said === null ? '' : `?said=${said}`) };
  } catch (error) {
    const typed = {
      arrivedOn: textOf(visit.form, 'arrivedOn'),
      reference: textOf(visit.form, 'reference'),
      message: textOf(visit.form, 'message'),
      evidence: textOf(visit.form, 'evidence'),
      of: textOf(visit.form, 'of'),
    };
    const faults = faultsOf(error, {
      language: visit.language,
      fieldOf: { letterId: 'of', objectionId: 'of', approvalId: 'of' },
      expected: {
        arrivedOn: typed.arrivedOn === '' ? t.needed(t.story.arrivedOn) : t.notADay(typed.arrivedOn),
        reference: t.needed(t.story.reference),
        evidence: t.needed(t.story.evidence),
        letterScan: scanFault(visit, 'letterScan') ?? '',
        scan: scanFault(visit, 'scan') ?? scanMissing(visit),
        of: t.needed(t.story.scanOf),
      },
      refusals: t.refusals,
    });
    return storyPage(visit, { typed, faults });
  }
}

/** `GET /console/changes/:id/resend-failed`: what sending again does. */
export const askWhetherToResend = consolePage('notices:write', async (visit) => {
  const { t, title, href, change } = await changeShown(visit);
  const { heading, what, submit } = t.resendFailed;
  return {
    view: 'console/change/views/confirm',
    title: heading(title),
    model: {
      t,
      href,
      heading: heading(title),
      paragraphs: [what],
      elements: null,
      errors: [],
      action: `${changeAddress(change.id)}/resend-failed`,
      submit,
    },
  };
});

/** `POST /console/changes/:id/resend-failed`: notifies again whoever is not notified because its notices failed. */
export const resendFailed = consolePage('notices:write', async (visit) => {
  const { t, title, href, change } = await changeShown(visit);
  const { body } = await visit.perform(notifyController.resendFailed, { params: { id: change.id } });
  const { controllers, notices, left } = body as Readonly<Record<'controllers' | 'notices' | 'left', number>>;
  const number = (count: number) => numberInWords(count, visit.language);
  const words = t.resendFailed;
  return {
    view: 'console/change/views/confirm',
    title: words.heading(title),
    model: {
      t,
      href,
      heading: words.heading(title),
      paragraphs: [
        notices === 0 ? words.none : words.done(number(controllers), number(notices)),
        ...(left > 0 ? [words.left(number(left))] : []),
      ],
      elements: null,
      errors: [],
      action: left > 0 ? `${href}/resend-failed` : null,
      submit: words.submit,
    },
  };
});
