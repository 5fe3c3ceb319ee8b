import fc from 'fast-check';
import { faultsIn, type OpenApiDocument } from '../support/open-api.ts';
import { cursorsOf, requestOf, requestsTo, type Draft, type Existing, type Request } from './requests.ts';

/** What is fuzzed, and how. The same seed and the same beginning send the same requests. */
export interface Fuzzing {
  readonly url: string;
  readonly document: OpenApiDocument;
  readonly keys: Readonly<Record<Draft['key'], string>>;
  readonly seed: number;
  readonly requests: number;
  readonly today: Temporal.PlainDate;
  /** What exists at the beginning, by kind: `externalId`, `product`, `token`. */
  readonly existing: Readonly<Record<string, readonly string[]>>;
  readonly say?: (progress: string) => void;
}

/** An answer that the document does not allow for, and the request that it is to. */
export interface Finding {
  readonly nth: number;
  readonly fault: string;
  readonly request: Request;
  readonly answer: string;
}

export interface Report {
  readonly sent: number;
  /** How many answers of each status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  /** Requests that fit the document and were refused as ill-formed, by what they were told: rules that a schema cannot say. */
  readonly refusedThoughFitting: ReadonlyMap<string, number>;
}

/** Nothing that is answered takes so long. */
const HANGS_AFTER_MS = 30_000;

/** Sends requests that are made from the document, one after the other, and holds every answer against it. */
export async function fuzz(fuzzing: Fuzzing): Promise<Report> {
  const { url, document, keys, seed, requests, today, say } = fuzzing;
  const faultsOf = faultsIn(document);
  const pool = poolOf(document, fuzzing.existing);
  const statuses: Record<string, number> = {};
  const findings: Finding[] = [];
  const refusedThoughFitting = new Map<string, number>();
  const drafts = fc.sample(requestsTo(document, today), { seed, numRuns: requests });
  for (const [nth, draft] of drafts.entries()) {
    const request = requestOf(draft, pool.existing, keys);
    const { status, type, text } = await send(url, request);
    statuses[status] = (statuses[status] ?? 0) + 1;
    const fault = faultOf(draft, { status, type, text }, faultsOf);
    if (fault !== null) findings.push({ nth, fault, request, answer: text.slice(0, 2_000) });
    if (draft.fault === null && status === 400) count(refusedThoughFitting, `${draft.target.name}: ${errorsIn(text)}`);
    if (status < 300) pool.learn(draft.target.path, text);
    if (nth % 1_000 === 999) say?.(`${nth + 1} requests, ${findings.length} findings`);
  }
  return { sent: drafts.length, statuses, findings, refusedThoughFitting };
}

interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function send(url: string, { method, address, headers, body }: Request): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(HANGS_AFTER_MS);
    const response = await fetch(url + address, { method, headers, body, redirect: 'manual', signal });
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    return { status: response.status, type, text: await response.text() };
  } catch (error) {
    return { status: 0, type: '', text: String(error) };
  }
}

/** Why the document does not allow for this answer; `null` where it does. */
function faultOf(
  { target }: Draft,
  { status, type, text }: Answer,
  faultsOf: ReturnType<typeof faultsIn>,
): string | null {
  if (status === 0) return 'no answer';
  if (status >= 500) return `status ${status}`;
  const documented = target.operation.responses[status];
  if (documented === undefined) return `${target.name} does not document the status ${status}`;
  if (documented.content === undefined) return text === '' ? null : `${target.name} documents no body for ${status}`;
  const media = documented.content[type];
  if (media === undefined) return `${target.name} does not document ${type} for ${status}`;
  if (!type.endsWith('json')) return null;
  const body = JSON.parse(text) as { code?: string };
  const faults = faultsOf(media.schema, body);
  if (faults.length > 0)
    return `${target.name} ${status}: ${faults.map((each) => `${each.instancePath} ${each.message}`).join('; ')}`;
  if (type !== 'application/problem+json' || target.operation['x-problem-codes']?.includes(body.code ?? ''))
    return null;
  return `${target.name} does not document the problem ${body.code}`;
}

function errorsIn(problem: string): string {
  const { errors = [], detail } = JSON.parse(problem) as {
    errors?: { path: string; message: string }[];
    detail: string;
  };
  return errors.map(({ path, message }) => `${path.replaceAll(/\d+/g, 'N')}: ${message}`).join('; ') || detail;
}

const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

/** What answers have named, so that later requests are about something. */
function poolOf(document: OpenApiDocument, beginning: Fuzzing['existing']) {
  const collections = new Set(Object.keys(document.paths).map((path) => path.split('/')[2]));
  const kinds = new Map(Object.entries(beginning).map(([kind, values]) => [kind, [...values]]));
  const add = (kind: string, value: unknown) => {
    if (typeof value !== 'string') return;
    const known = kinds.get(kind) ?? [];
    if (known.length < 500 && !known.includes(value)) kinds.set(kind, [...known, value]);
  };
  const existing: Existing = ({ known, nth }) => {
    // A list that has given out no cursor is asked from its beginning.
    const other = known.startsWith('cursor') ? [] : (kinds.get('id') ?? []);
    const values = kinds.get(known) ?? other;
    return values[nth % values.length];
  };
  const learn = (path: string, text: string) => {
    // Without its keys the fuzzer could ask for nothing more.
    if (path.startsWith('/v1/keys') || !text.startsWith('{')) return;
    const [, , segment = ''] = path.split('/');
    const body = JSON.parse(text) as { nextCursor?: unknown; items?: unknown[] };
    add(cursorsOf(path), body.nextCursor);
    for (const item of body.items ?? [body]) {
      const {
        id,
        externalId,
        notices = [],
      } = item as { id?: unknown; externalId?: unknown; notices?: { id: unknown }[] };
      const last = path.split('/').pop();
      add(last !== undefined && collections.has(last) ? last : segment, id);
      add('id', id);
      add('externalId', externalId);
      // The counts of a change have the same name.
      if (Array.isArray(notices)) for (const notice of notices) add('notices', notice.id);
    }
  };
  return { existing, learn };
}
