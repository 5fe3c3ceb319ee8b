import * as legalHolds from '../../api/legal-holds.ts';
import * as retention from '../../api/retention.ts';
import type { Queryable } from '../../db/postgres.ts';
import { notFound } from '../../domain/refused.ts';
import type { CaseEnd, RetentionClass } from '../../domain/retention.ts';
import { oneLine } from '../../domain/text.ts';
import { monthInWords } from '../../domain/wording.ts';
import { changeAddress, givenIn, withQuery } from '../addresses.ts';
import { changesToChoose } from '../change/to-choose.ts';
import { customerFieldIn, customerMeant } from '../customer-meant.ts';
import { customerPath } from '../customers/shown.ts';
import { faultsOf, NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { authorInWords } from '../author-words.ts';
import { numberInWords } from '../numbers.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { namesOf, type Names } from './names.ts';
import { settingsPage, type Section } from './page-model.ts';
import { beginningOfDay, momentInWords } from '../times.ts';
import { settingsWords } from './texts.ts';

const PATH = '/console/settings/retention';

interface ShownHold {
  readonly id: string;
  readonly change: string | null;
  readonly controller: string | null;
  readonly reason: string;
  readonly until: string | null;
  readonly placedAt: string;
  readonly placedBy: string;
  readonly releasedAt: string | null;
}

interface Preview {
  readonly month: string;
  readonly classes: readonly { readonly class: RetentionClass; readonly rows: number }[];
  readonly cases: readonly {
    readonly change: string;
    readonly because: CaseEnd;
    readonly cases: number;
    readonly held: number;
    readonly controllers: readonly string[];
  }[];
}

/** `GET /console/settings/retention`: what is kept, and with `month` what is emptied then (D51). */
export const showRetention = consolePage('retention:manage', async (visit, { api }) => {
  const { retention: t, ...words } = settingsWords(visit.language);
  const { month } = givenIn(visit.query, ['month']);
  let faults = NO_FAULTS;
  let preview: Preview | null = null;
  try {
    // Counts what is on record, which takes a while: only for who asks.
    if (month !== undefined) preview = await visit.ask(retention.preview, { query: { month } });
  } catch (error) {
    faults = faultsOf(error, { language: visit.language, expected: { month: t.expected.month } });
  }
  return settingsPage({
    heading: t.heading,
    back: { href: '/console/settings', text: words.heading },
    intro: [t.intro],
    faults,
    form: {
      action: PATH,
      method: 'get',
      submit: t.preview,
      fields: [{ part: 'field', id: 'month', type: 'month', label: t.month, hint: t.monthHint, value: month ?? '' }],
    },
    sections: [...(preview === null ? [] : await previewed(preview, visit, api.pool)), await holdsOf(visit, api.pool)],
  });
});

async function previewed({ month, classes, cases }: Preview, visit: Visit, db: Queryable): Promise<Section[]> {
  const { retention: t } = settingsWords(visit.language);
  const names = await namesOf(
    db,
    cases.map(({ change }) => change),
    cases.flatMap(({ controllers }) => controllers),
  );
  const heading = t.previewHeading(monthInWords(Temporal.PlainYearMonth.from(month), visit.language));
  return [
    {
      id: 'preview',
      heading,
      table: {
        caption: heading,
        none: '',
        columns: [t.kind, t.rows],
        rows: classes.map((each) => [t.classes[each.class], numberInWords(each.rows, visit.language)]),
      },
    },
    {
      id: 'cases',
      heading: t.cases,
      table: {
        caption: t.cases,
        none: t.noCases,
        columns: [t.change, t.because, t.count, t.held, t.customers],
        rows: cases.map((each) => [
          { text: names.change(each.change), href: changeAddress(each.change) },
          t.ends[each.because],
          numberInWords(each.cases, visit.language),
          numberInWords(each.held, visit.language),
          each.controllers.map(names.customer).join(', '),
        ]),
      },
    },
  ];
}

async function holdsOf(visit: Visit, db: Queryable): Promise<Section> {
  const { retention: t, ...words } = settingsWords(visit.language);
  const filter = givenIn(visit.query, ['ended']);
  const running = filter['ended'] === 'true' ? {} : { running: 'true' };
  const query = { ...running, ...givenIn(visit.query, ['cursor']), limit: 50 };
  const { items, nextCursor } = (await visit.ask(legalHolds.list, { query })) as {
    items: readonly ShownHold[];
    nextCursor: string | null;
  };
  const names = await namesInHolds(db, items);
  return {
    id: 'holds',
    heading: t.holds,
    paragraphs: [t.holdsIntro],
    links: [
      { href: `${PATH}/holds/new`, text: t.place },
      ...(filter['ended'] === 'true' ? [] : [{ href: `${PATH}?ended=true`, text: t.runningOnly }]),
    ],
    table: {
      caption: t.holds,
      none: t.noHolds,
      columns: [t.about, t.reason, t.until, t.state, words.when, words.who, t.act],
      rows: items.map((hold) => [
        aboutOf(hold, names),
        oneLine(hold.reason),
        hold.until === null ? t.unlimited : momentInWords(hold.until, visit.language),
        isRunning(hold, visit.now) ? t.running : t.ended,
        momentInWords(hold.placedAt, visit.language),
        authorInWords(hold.placedBy, visit.language),
        isRunning(hold, visit.now) ? { text: t.release, href: `${PATH}/holds/${hold.id}/release` } : '',
      ]),
    },
    next: nextCursor && withQuery(PATH, { ...filter, cursor: nextCursor }),
  };
}

const isRunning = ({ until, releasedAt }: ShownHold, now: Temporal.Instant) =>
  releasedAt === null && (until === null || Temporal.Instant.compare(Temporal.Instant.from(until), now) > 0);

const namesInHolds = (db: Queryable, holds: readonly ShownHold[]) =>
  namesOf(
    db,
    holds.flatMap(({ change }) => change ?? []),
    holds.flatMap(({ controller }) => controller ?? []),
  );

const aboutOf = ({ change, controller }: ShownHold, names: Names) =>
  change === null
    ? { text: names.customer(controller ?? ''), href: customerPath(controller ?? '') }
    : { text: names.change(change), href: changeAddress(change) };

/** `GET /console/settings/retention/holds/new`. */
export const showNewHold = consolePage('retention:manage', async (visit) => holdForm(visit, NO_FAULTS));

/** `POST /console/settings/retention/holds/new`: keeps what a change or a customer has of persons. */
export const placeHold = consolePage('retention:manage', async (visit) => {
  const { expected } = settingsWords(visit.language).retention;
  const { form } = visit;
  try {
    await visit.perform(legalHolds.place, {
      body: {
        change: textOf(form, 'change') || null,
        controller: (await customerMeant(visit, { field: 'controller', typed: textOf(form, 'controller') })) || null,
        reason: textOf(form, 'reason'),
        // A hold has the whole of its last day.
        until: textOf(form, 'until') === '' ? null : beginningOfDay(textOf(form, 'until'), { days: 1 }),
      },
    });
    return { to: PATH };
  } catch (error) {
    const fieldOfRefusal = { 'change-unknown': 'change', 'controller-unknown': 'controller' };
    return holdForm(visit, faultsOf(error, { language: visit.language, fieldOfRefusal, expected }));
  }
});

async function holdForm(visit: Visit, faults: FormFaults): Promise<Shown> {
  const { retention: t } = settingsWords(visit.language);
  const customer = customerFieldIn(visit.language);
  const choices = [{ value: '', name: t.noChange }, ...(await changesToChoose(visit, 'retention:manage'))];
  const typed = (field: string) => textOf(visit.form, field) || (visit.query[field] ?? '');
  return settingsPage({
    heading: t.placeHeading,
    back: { href: PATH, text: t.heading },
    intro: [t.holdsIntro, t.either],
    faults,
    form: {
      action: `${PATH}/holds/new`,
      submit: t.place,
      fields: [
        {
          part: 'field',
          id: 'controller',
          label: customer.label,
          hint: customer.hint,
          value: typed('controller'),
        },
        { part: 'select', id: 'change', label: t.change, value: typed('change'), options: choices },
        { part: 'textarea', id: 'reason', label: t.reason, hint: t.reasonHint, value: typed('reason') },
        {
          part: 'field',
          id: 'until',
          type: 'date',
          label: t.until,
          hint: t.untilHint,
          value: typed('until'),
          optional: true,
        },
      ],
    },
  });
}

/** `GET /console/settings/retention/holds/:id/release`. */
export const askWhetherToRelease = consolePage('retention:manage', (visit, { api }) =>
  releaseForm(visit, NO_FAULTS, api.pool),
);

/** `POST /console/settings/retention/holds/:id/release`: releases a legal hold, for good. */
export const releaseHold = consolePage(
  'retention:manage',
  async (visit, { api }) => {
    const { expected } = settingsWords(visit.language).retention;
    try {
      const { id = '' } = visit.params;
      await visit.perform(legalHolds.release, { params: { id }, body: { reason: textOf(visit.form, 'reason') } });
      return { to: PATH };
    } catch (error) {
      const faults = faultsOf(error, { language: visit.language, expected: { reason: expected.reason } });
      return releaseForm(visit, faults, api.pool);
    }
  },
  { takesFreshFactors: true },
);

async function releaseForm(visit: Visit, faults: FormFaults, db: Queryable): Promise<Shown> {
  const { retention: t } = settingsWords(visit.language);
  const hold = await holdOf(visit, visit.params['id'] ?? '');
  const { text: about } = aboutOf(hold, await namesInHolds(db, [hold]));
  return settingsPage({
    heading: t.releaseHeading,
    back: { href: PATH, text: t.heading },
    intro: [`${about}: ${oneLine(hold.reason)}`, t.releaseBody],
    faults,
    form: {
      action: `${PATH}/holds/${hold.id}/release`,
      submit: t.release,
      isGrave: true,
      fields: [{ part: 'textarea', id: 'reason', label: t.reason, value: textOf(visit.form, 'reason') }],
    },
  });
}

/** A hold by its id: the list is short, and the API has no address for one. */
async function holdOf(visit: Visit, id: string): Promise<ShownHold> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = { limit: 200, ...(cursor !== '' && { cursor }) };
    const page = (await visit.ask(legalHolds.list, { query })) as {
      items: readonly ShownHold[];
      nextCursor: string | null;
    };
    const found = page.items.find((hold) => hold.id === id);
    if (found !== undefined) return found;
    cursor = page.nextCursor;
  }
  throw notFound(`legal hold ${id}`);
}
