import * as approvals from '../../api/approvals.ts';
import * as changeControllers from '../../api/change-controllers.ts';
import * as objections from '../../api/objections.ts';
import { RECORDED_CHANNELS } from '../../domain/objection.ts';
import { InvalidRequest, notFound } from '../../domain/refused.ts';
import { oneLine } from '../../domain/text.ts';
import { toProblem } from '../../http/errors.ts';
import type { ApiResponse } from '../../http/operation.ts';
import { faultsOf, NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import { expectScan, keepScan, scanFault, scanField } from '../scans.ts';
import type { Form, Visit } from '../visit.ts';
import { storyAddress } from '../addresses.ts';
import { changeShown, type ChangeShown } from './change-shown.ts';

/** What a letter or a mail can be. */
const WHAT = ['objection', 'approval', 'refusal'] as const;
const FIELDS = ['what', 'channel', 'receivedOn', 'receivedAt', 'name', 'role', 'email', 'words', 'authority'] as const;

/** `GET /console/changes/:id/controllers/:externalId/record`: the form for a letter or a mail that came from a customer. */
export const showRecording = consolePage('objections:file', async (visit) =>
  showForm(visit, await changeShown(visit), NO_FAULTS),
);

/**
 * `POST …/record`: records an objection, an approval or a refusal that came by letter or mail (D17, D41), with its scan (D66). An
 * objection that does not count is on record as an attempt all the same, and so is its scan.
 */
export const record = consolePage('objections:file', async (visit) => {
  const shown = await changeShown(visit);
  const { t, change } = shown;
  const externalId = visit.params.externalId ?? '';
  const story = storyAddress(change.id, externalId);
  const form = typedIn(visit.form);
  try {
    expectScan(visit, 'scan');
    if (!WHAT.some((what) => what === form.what))
      throw new InvalidRequest([{ path: 'what', message: t.record.chooseWhat }]);
    expectWritten(form);
    const { id, said } = await recordAs(visit, shown, form);
    await keepScan(visit, 'scan', change.id, form.what === 'objection' ? { objectionId: id } : { approvalId: id });
    return { to: `${story}?said=${said}` };
  } catch (error) {
    const faults = faultsOf(error, {
      language: visit.language,
      fieldOf: {
        'from.name': 'name',
        'from.role': 'role',
        'from.email': 'email',
        reasons: 'words',
        statement: 'words',
        receivedAt: 'receivedOn',
      },
      expected: {
        what: t.record.chooseWhat,
        channel: t.record.chooseChannel,
        receivedOn: t.record.notAMoment,
        name: t.record.tooLong(t.record.name),
        role: t.record.tooLong(t.record.role),
        email: t.record.notAnAddress,
        words: t.record.tooLong(t.record.words),
        authority: t.record.tooLong(t.record.authority),
        scan: scanFault(visit, 'scan') ?? '',
      },
      refusals: t.refusals,
    });
    return showForm(visit, shown, faults);
  }
});

type Typed = Readonly<Record<(typeof FIELDS)[number], string>>;

const typedIn = (form: Form): Typed =>
  Object.fromEntries(FIELDS.map((field) => [field, textOf(form, field)])) as unknown as Typed;

/** Refuses an approval that does not say who approves, and what. */
function expectWritten({ what, name, words }: Typed): void {
  const missing = Object.entries(what === 'approval' ? { name, words } : {}).filter(([, text]) => text === '');
  if (missing.length === 0) return;
  throw new InvalidRequest(missing.map(([path]) => ({ path, message: 'Expected text, found none' })));
}

/** Records it, and says what it became: its id, and what the next page says. */
async function recordAs(
  visit: Visit,
  { change, timeZone }: ChangeShown,
  form: Typed,
): Promise<{ id: string; said: string }> {
  const orNull = (text: string) => text || null;
  const from = { name: orNull(form.name), email: orNull(form.email) };
  const received = {
    controller: visit.params.externalId,
    channel: orNull(form.channel) ?? undefined,
    receivedAt: momentOf(form, timeZone),
  };
  const params = { id: change.id };
  if (form.what !== 'objection') {
    const said = { decision: form.what, statement: orNull(form.words), authority: orNull(form.authority) };
    const body = { ...received, ...said, from: { ...from, role: orNull(form.role) } };
    return { id: idIn(await visit.perform(approvals.record, { params, body })), said: 'recorded' };
  }
  try {
    const body = { ...received, from, reasons: orNull(form.words) };
    return { id: idIn(await visit.perform(objections.file, { params, body })), said: 'recorded' };
  } catch (error) {
    // A rejected attempt is answered as a refusal, and is on record (D15).
    const attempt = (toProblem(error)?.details as { objection?: { id: string } } | undefined)?.objection;
    if (attempt === undefined) throw error;
    return { id: attempt.id, said: 'attempted' };
  }
}

const idIn = ({ body }: ApiResponse): string => (body as { readonly id: string }).id;

/** A typed day and time where the days of the product begin, as the API takes it; what is none is refused there. */
function momentOf({ receivedOn, receivedAt }: Typed, timeZone: string): string {
  try {
    const typed = Temporal.PlainDate.from(receivedOn).toPlainDateTime(Temporal.PlainTime.from(receivedAt));
    return typed.toZonedDateTime(timeZone).toInstant().toString();
  } catch {
    return '';
  }
}

async function showForm(visit: Visit, shown: ChangeShown, { errors, faults, status }: FormFaults): Promise<Shown> {
  const { change, t, title } = shown;
  const { externalId = '' } = visit.params;
  const { items } = await visit.ask(changeControllers.list, { params: { id: change.id }, query: { externalId } });
  const [part] = items;
  if (part === undefined) throw notFound(`controller ${externalId} that counts for change ${change.id}`);
  const story = storyAddress(change.id, externalId);
  const name = oneLine(part.name);
  return {
    view: 'console/change/views/record',
    title: `${t.record.heading}: ${name}`,
    status,
    isError: errors.length > 0,
    model: {
      t,
      story,
      name,
      subheading: title,
      action: `${story}/record`,
      errors,
      faults,
      form: typedIn(visit.form),
      scan: scanField(visit, 'scan'),
      what: WHAT.filter((what) => change.regime.approval || what === 'objection').map((value) => ({
        value,
        ...t.record.what[value],
      })),
      channels: RECORDED_CHANNELS.map((value) => ({ value, name: t.record.channels[value] })),
      asksForApproval: change.regime.approval,
    },
  };
}
