import { storable } from '../domain/text.ts';
import { connectionPools } from './connection-pools.ts';
import type { SignedEvent } from './signature.ts';
import { checkTarget, type TargetPolicy } from './target.ts';
import { retryAfter } from './retry-schedule.ts';

/** For the look-up, the connection, the headers and the body together. */
const DEADLINE_MS = 15_000;
const BODY_CAP_BYTES = 16 * 1024;
const KEPT_BYTES = 1024;

/** The result of one attempt. */
export interface AttemptResult {
  readonly delivered: boolean;
  readonly durationMs: number;
  /** The address that was connected to; `null` where none was. */
  readonly address: string | null;
  /** The HTTP status; `null` where no response came. */
  readonly status: number | null;
  /** What went wrong, in words; `null` when it was delivered. */
  readonly error: string | null;
  /** The first 1 KiB of the response. */
  readonly response: string | null;
  /** When the receiver wants the next request at the earliest. */
  readonly notBefore: Temporal.Instant | null;
}

/** Statuses by which a receiver asks for fewer requests. */
export const SLOW_DOWN: readonly (number | null)[] = [429, 502, 503, 504];

export interface WebhookPoster {
  /** Posts once. Never rejects: every fault is a result. */
  post(url: string, event: SignedEvent, now: Temporal.Instant): Promise<AttemptResult>;
  close(): Promise<void>;
}

/** What is known of an attempt so far. It is filled step by step, because a fault may come after any step. */
interface Progress {
  address: string | null;
  status: number | null;
  notBefore: Temporal.Instant | null;
  response: string | null;
}

/**
 * Posts events. Each attempt checks anew where its URL leads and connects to the address that was checked. No redirect is
 * followed. A 2xx is a success when the response has come whole, or its first 16 KiB; the rest is cut off.
 */
export function webhookPoster(policy: TargetPolicy, { deadlineMs = DEADLINE_MS } = {}): WebhookPoster {
  const pools = connectionPools();

  /** Checks the target, posts, and reads the response. Returns what is wrong with it, in words; `null` for a success. */
  async function exchange(
    url: string,
    event: SignedEvent,
    { now, signal, progress }: { now: Temporal.Instant; signal: AbortSignal; progress: Progress },
  ): Promise<string | null> {
    const target = await withinDeadline(checkTarget(url, policy), signal);
    if (!target.allowed) return target.detail;
    progress.address = target.address;
    const received = await pools.poolOf(target.url, target.address).request({
      method: 'POST',
      path: target.url.pathname + target.url.search,
      headers: { ...event.headers, 'user-agent': 'Varsel', 'accept-encoding': 'identity' },
      body: event.body,
      signal,
    });
    progress.status = received.statusCode;
    const header = received.headers['retry-after'];
    progress.notBefore = retryAfter(Array.isArray(header) ? header[0] : header, now);
    progress.response = await readBody(received.body);
    return faultOf(received.statusCode);
  }

  return {
    async post(url, event, now) {
      const started = performance.now();
      // Not AbortSignal.timeout, which stays in memory for its whole time: with thousands of posts a second, for 15 seconds.
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), deadlineMs);
      const progress: Progress = { address: null, status: null, notBefore: null, response: null };
      let error: string | null;
      try {
        error = await exchange(url, event, { now, signal: late.signal, progress });
      } catch (fault) {
        error = inWords(fault, late.signal.aborted ? deadlineMs : null);
      } finally {
        clearTimeout(timer);
      }
      return { ...progress, delivered: error === null, durationMs: Math.round(performance.now() - started), error };
    },
    close: () => pools.close(),
  };
}

function faultOf(status: number): string | null {
  if (status >= 400) return `The receiver answered ${status}.`;
  if (status >= 300) return `${status}: redirects are not followed.`;
  return null;
}

/** Reads a response to its end or to the cap. Returns its first 1 KiB. */
async function readBody(
  body: AsyncIterable<Buffer> & { destroy(): void; on(event: 'error', listener: () => void): void },
) {
  // Avoids an uncaught error event: destroying the body below makes it fail.
  body.on('error', () => undefined);
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (length < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - length));
    length += chunk.length;
    if (length >= BODY_CAP_BYTES) break;
  }
  body.destroy();
  // Bytes that are no UTF-8 become replacement characters.
  return storable(Buffer.concat(kept).toString('utf8'));
}

function withinDeadline<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    }),
  ]);
}

function inWords(fault: unknown, deadlineMs: number | null): string {
  if (deadlineMs !== null) return `No whole answer within ${deadlineMs / 1000} seconds.`;
  if (fault instanceof AggregateError && fault.errors.length > 0) return inWords(fault.errors[0], null);
  const { code, message } = fault as NodeJS.ErrnoException;
  return [code, message].filter((part) => part !== undefined && part !== '').join(': ') || 'Unknown fault';
}
