import * as changeEnds from '../../api/change-ends.ts';
import * as changes from '../../api/changes.ts';
import type { Queryable } from '../../db/postgres.ts';
import { elementName } from '../../domain/element-words.ts';
import type { ChangeElement } from '../../domain/regime.ts';
import { oneLine, passage, type Language, type Passage } from '../../domain/text.ts';
import { placeInWords } from '../../domain/wording.ts';
import { faultsOf, NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import { offerOf, withOffer } from '../proposals/propose.ts';
import { proposalsAbout, waitingAmong, waitingOf, type WaitingProposal } from '../proposals/waiting.ts';
import type { Visit } from '../visit.ts';
import { givenIn } from '../addresses.ts';
import { activationShown, mailIn, pictured } from './activation-shown.ts';
import { blockersInWords, type BlockerShown } from './blocker-words.ts';
import { changeShown, type ChangeShown } from './change-shown.ts';
import type { ChangeTexts } from './texts.ts';
import { numberInWords } from '../numbers.ts';

/** `GET /console/changes/:id/activate`: what an activation does, and the mail that it sends (D63). */
export const askWhetherToActivate = consolePage('changes:activate', (visit, { api }) =>
  activationPage(visit, NO_FAULTS, api.pool),
);

/** `POST /console/changes/:id/activate`: activates it. It cannot be undone, so two factors must be fresh (D56). */
export const activate = consolePage(
  'changes:activate',
  (visit, { api }) =>
    ending(visit, {
      act: changes.activate,
      said: 'activated',
      again: (faults) => activationPage(visit, faults, api.pool),
    }),
  { takesFreshFactors: true },
);

async function activationPage(visit: Visit, refused: FormFaults, db: Queryable): Promise<Shown> {
  const shown = await changeShown(visit);
  const { change, t, title, href, timeZone, secondPerson } = shown;
  const isOpen = change.status === 'announced';
  const { blockers } = change.activation;
  const act = { kind: 'activation', change: change.id };
  const { faults, offer } = withOffer(refused, act);
  const takesTwo = isOpen && blockers.length === 0 && secondPerson.includes('activation');
  const about = takesTwo ? await proposalsAbout(visit, change.id, change.product) : [];
  const proposed = about.filter(({ kind }) => kind === 'activation');
  const isWaiting = (await waitingOf(visit, 'activation', proposed)) !== null;
  return endPage(visit, shown, {
    heading: t.activate.heading(title),
    ...(await activationShown(visit, shown, `${href}/activate`, db)),
    blocked: blockers.length > 0 ? t.activate.blocked : null,
    blockers: await blockersInWords(blockers, { ...change, timeZone }, visit.language, db),
    act: blockers.length > 0 || takesTwo || offer !== null ? null : { action: 'activate', submit: t.activate.submit },
    offer: isWaiting ? null : takesTwo ? offerOf(act) : offer,
    isWaiting,
    proposals: waitingAmong(proposed, visit.language),
    faults,
  });
}

/** `GET /console/changes/:id/activate/mail.html`: the mail that an activation sends, as its recipient sees it. */
export const activationMail = consolePage('changes:activate', async (visit) => {
  const params = { id: visit.params.id ?? '' };
  return mailIn(visit, await visit.ask(changeEnds.activate, { params }));
});

/** `GET /console/changes/:id/withdraw/mail.html`: the mail that a withdrawal for this reason sends. */
export const withdrawalMail = consolePage('changes:withdraw', async (visit) => {
  const { id = '' } = visit.params;
  const reason = givenIn(visit.query, ['da', 'en']);
  return mailIn(visit, await visit.ask(changeEnds.withdraw, { params: { id }, body: { reason } }));
});

/** `GET /console/changes/:id/withdraw`: what a withdrawal does; its reason is asked for. */
export const askWhetherToWithdraw = consolePage('changes:withdraw', (visit) => withdrawalPage(visit, NO_FAULTS));

/**
 * `POST /console/changes/:id/withdraw`: first the mail that it sends, with the reason as it was typed; then, sent again as `withdraw`, it
 * is withdrawn. Two factors must be fresh for that (D56).
 */
export const withdraw = consolePage(
  'changes:withdraw',
  async (visit) => {
    const da = textOf(visit.form, 'da');
    const en = textOf(visit.form, 'en');
    const reason = { da, ...(en === '' ? {} : { en }) };
    const again = (faults: FormFaults) => withdrawalPage(visit, faults);
    if (textOf(visit.form, 'step') === 'withdraw') {
      return ending(visit, { act: changes.withdraw, body: { reason }, said: 'withdrawn', again });
    }
    return tried(visit, again, async () => {
      const shown = await changeShown(visit);
      const { change, t, title, href } = shown;
      const preview = await visit.ask(changeEnds.withdraw, { params: { id: change.id }, body: { reason } });
      const count = numberInWords(preview.controllers, visit.language);
      return endPage(visit, shown, {
        heading: t.withdraw.heading(title),
        paragraphs: [t.withdraw.what, change.toldSince === null ? t.withdraw.held : t.withdraw.tells(count)],
        blocked: null,
        blockers: [],
        mailHeading: t.withdraw.mail,
        messages: pictured(preview, `${href}/withdraw`, { da, en }),
        act: { action: 'withdraw', submit: t.withdraw.submit, fields: { step: 'withdraw', da, en }, isGrave: true },
        back: { href: `${href}/withdraw`, name: t.withdraw.change },
        faults: NO_FAULTS,
      });
    });
  },
  { takesFreshFactors: true },
);

async function withdrawalPage(visit: Visit, faults: FormFaults): Promise<Shown> {
  const { t, title, href, change } = await changeShown(visit);
  return {
    view: 'console/change/views/withdraw',
    title: t.withdraw.heading(title),
    status: faults.status,
    isError: faults.errors.length > 0,
    model: {
      t,
      href,
      heading: t.withdraw.heading(title),
      paragraphs: [t.withdraw.what, ...(change.toldSince === null ? [t.withdraw.held] : [])],
      errors: faults.errors,
      faults: faults.faults,
      typed: { da: textOf(visit.form, 'da'), en: textOf(visit.form, 'en') },
    },
  };
}

/** `GET /console/changes/:id/close`: what ending a change after its waves does (D43). */
export const askWhetherToClose = consolePage('changes:activate', (visit) => closingPage(visit, NO_FAULTS));

/** `POST /console/changes/:id/close`: ends it. */
export const close = consolePage(
  'changes:activate',
  (visit) => ending(visit, { act: changes.close, said: 'closed', again: (faults) => closingPage(visit, faults) }),
  { takesFreshFactors: true },
);

async function closingPage(visit: Visit, faults: FormFaults): Promise<Shown> {
  const shown = await changeShown(visit);
  const { t, title } = shown;
  return askPage(shown, faults, {
    heading: t.close.heading(title),
    paragraphs: [t.close.what],
    act: 'close',
    submit: t.close.submit,
  });
}

/** `GET /console/changes/:id/confirm-wording`: the texts, before and after, for a second person (D39). */
export const askWhetherToConfirm = consolePage('changes:announce', (visit) => confirmingPage(visit, NO_FAULTS));

/** `POST /console/changes/:id/confirm-wording`: confirms that only words change. */
export const confirmWording = consolePage('changes:announce', (visit) =>
  ending(visit, { act: changes.confirmWording, said: 'confirmed', again: (faults) => confirmingPage(visit, faults) }),
);

async function confirmingPage(visit: Visit, faults: FormFaults): Promise<Shown> {
  const shown = await changeShown(visit);
  const { t, title, change } = shown;
  const worded = change.elements.filter(({ element }) => change.wordingOnly.some((each) => each === element));
  return askPage(shown, faults, {
    heading: t.confirm.heading(title),
    paragraphs: [t.confirm.what, t.confirm.notYou],
    elements: worded.map((element) => elementShown(element, visit.language, t)),
    act: 'confirm-wording',
    submit: t.confirm.submit,
  });
}

/** An element of a change in words: as it is, and as it shall be. */
function elementShown({ element, from, to }: ChangeElement, language: Language, t: ChangeTexts) {
  return {
    element: elementName(element, language),
    from: valueInWords(from, language, t),
    to: valueInWords(to, language, t),
  };
}

/** A value of an element: a name, a text, a place or a contact person. */
function valueInWords(value: ChangeElement['from'], language: Language, t: ChangeTexts): Passage {
  if (value === null) return { text: t.none, lang: language };
  if (typeof value === 'string') return { text: oneLine(value), lang: language };
  if ('country' in value) return { text: placeInWords(value, language), lang: language };
  if ('email' in value) return { text: `${oneLine(value.name)}, ${value.email}`, lang: language };
  return passage(value, language);
}

function askPage(
  { t, href }: ChangeShown,
  faults: FormFaults,
  {
    heading,
    paragraphs,
    elements = null,
    act,
    submit,
  }: {
    heading: string;
    paragraphs: readonly string[];
    elements?: readonly ReturnType<typeof elementShown>[] | null;
    act: string;
    submit: string;
  },
): Shown {
  return {
    view: 'console/change/views/confirm',
    title: heading,
    status: faults.status,
    isError: faults.errors.length > 0,
    model: { t, href, heading, paragraphs, elements, errors: faults.errors, action: `${href}/${act}`, submit },
  };
}

/** Ends a change, or does what its end waits for, and goes back to its page; what was refused stands on the page it came from. */
function ending(
  visit: Visit,
  {
    act,
    body,
    said,
    again,
  }: {
    act: Parameters<Visit['perform']>[0];
    body?: unknown;
    said: string;
    again: (faults: FormFaults) => Promise<Shown>;
  },
): Promise<Shown> {
  return tried(visit, again, async () => {
    const { href, change } = await changeShown(visit);
    await visit.perform(act, { params: { id: change.id }, ...(body !== undefined && { body }) });
    return { to: `${href}?said=${said}` };
  });
}

async function tried(
  visit: Visit,
  again: (faults: FormFaults) => Promise<Shown>,
  act: () => Promise<Shown>,
): Promise<Shown> {
  try {
    return await act();
  } catch (error) {
    const { t } = await changeShown(visit);
    return again(
      faultsOf(error, {
        language: visit.language,
        fieldOf: { 'reason.da': 'da', 'reason.en': 'en' },
        expected: { da: t.needed(t.withdraw.da), en: t.needed(t.withdraw.en) },
        refusals: t.refusals,
      }),
    );
  }
}

interface End {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly blocked: string | null;
  readonly blockers: readonly BlockerShown[];
  readonly mailHeading: string;
  readonly messages: ReturnType<typeof pictured>;
  readonly act: {
    readonly action: string;
    readonly submit: string;
    readonly fields?: object;
    readonly isGrave?: true;
  } | null;
  readonly back?: { readonly href: string; readonly name: string };
  readonly offer?: string | null;
  /** Whether the same is proposed, and can be approved as it is. */
  readonly isWaiting?: boolean;
  readonly proposals?: readonly WaitingProposal[];
  readonly objections?: Awaited<ReturnType<typeof activationShown>>['objections'];
  readonly faults: FormFaults;
}

function endPage(visit: Visit, { t, href }: ChangeShown, { faults, act, ...end }: End): Shown {
  return {
    view: 'console/change/views/end',
    title: end.heading,
    status: faults.status,
    isError: faults.errors.length > 0,
    model: {
      t,
      href,
      back: null,
      offer: null,
      isWaiting: false,
      proposals: [],
      objections: null,
      ...end,
      errors: faults.errors,
      act: act && { ...act, action: `${href}/${act.action}`, fields: Object.entries(act.fields ?? {}) },
    },
  };
}
