import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { KEPT } from './config.ts';
import type { Expected, Row } from './rows.ts';
import type { Call } from './varsel.ts';

/** What Varsel says of the notice of a row. */
export interface Outcome {
  readonly row: Row;
  readonly notice: string;
  readonly window: string;
  readonly reports: readonly { readonly action: string; readonly reason: string }[];
  readonly answers: readonly string[];
  readonly automatic: readonly string[];
  readonly isRight: boolean;
}

interface Page<Item> {
  readonly items: readonly Item[];
}

interface Part {
  readonly externalId: string;
  readonly state: string;
  readonly notices: readonly { readonly id: string; readonly lastError: string | null }[];
}

interface Notice {
  readonly status: string;
  readonly reports: readonly { readonly action: string; readonly diagnostic: string | null }[];
}

interface Mail {
  readonly id: string;
  readonly controller: string | null;
  readonly takenAs: string | null;
  readonly subject: string;
  readonly text: string;
}

/** The external id of the controller that is the contact of a row. */
export const controllerOf = ({ address }: Row): string => address.replaceAll(/[^a-z0-9]+/g, '-');

/** How things stand with every row. */
export async function outcomesOf(call: Call, changeId: string, rows: readonly Row[]): Promise<Outcome[]> {
  const { items: parts } = await call<Page<Part>>('GET', `/v1/changes/${changeId}/controllers?limit=200`);
  const { items: mails } = await call<Page<Mail>>('GET', `/v1/changes/${changeId}/mails?limit=200`);
  return Promise.all(
    rows.map(async (row) => {
      const part = parts.find(({ externalId }) => externalId === controllerOf(row));
      const [sent] = part?.notices ?? [];
      if (part === undefined || sent === undefined) throw new Error(`nothing was sent to ${row.address}`);
      const { status, reports } = await call<Notice>('GET', `/v1/notices/${sent.id}`);
      const taken = (as: string) =>
        mails
          .filter(({ controller, takenAs }) => controller === part.externalId && takenAs === as)
          .map(({ text }) => text);
      const outcome = {
        row,
        notice: status === 'failed' && reports.length === 0 ? `failed: ${sent.lastError}` : status,
        window: part.state,
        reports: reports.map(({ action, diagnostic }) => ({ action, reason: diagnostic ?? '' })),
        answers: taken('answer'),
        automatic: taken('automatic'),
      };
      return { ...outcome, isRight: isAsExpected(row.expected, outcome) };
    }),
  );
}

function isAsExpected(expected: Expected, is: Omit<Outcome, 'isRight' | 'row'>): boolean {
  const { reports = [], answer, automatic } = expected;
  const isOnly = (wanted: RegExp | undefined, texts: readonly string[]) =>
    wanted === undefined ? texts.length === 0 : texts.length === 1 && wanted.test(texts[0] ?? '');
  return (
    is.notice.startsWith(expected.notice) &&
    is.window === expected.window &&
    is.reports.length === reports.length &&
    reports.every(([action, reason], at) => {
      const found = is.reports[at];
      return found?.action === action && reason.test(found.reason);
    }) &&
    isOnly(answer, is.answers) &&
    isOnly(automatic, is.automatic)
  );
}

/** Writes every mail that came back into `KEPT`, named after its controller and what it was taken as. */
export async function keepMails(call: Call): Promise<void> {
  await rm(KEPT, { recursive: true, force: true });
  await mkdir(KEPT, { recursive: true });
  const { items } = await call<Page<Mail>>('GET', '/v1/mails?limit=200');
  for (const [index, { id, controller, takenAs }] of items.entries()) {
    const { base64 } = await call<{ base64: string }>('GET', `/v1/mails/${id}/raw`);
    const name = `${controller ?? 'nobody'}.${index}.${takenAs ?? 'unread'}.eml`;
    await writeFile(path.join(KEPT, name), Buffer.from(base64, 'base64'));
  }
}
