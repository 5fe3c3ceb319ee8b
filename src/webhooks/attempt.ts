import { Pool } from 'undici';
import type { SignedEvent } from './signature.ts';
import { checkTarget, type TargetPolicy } from './target.ts';
import { retryAfter } from './retry-schedule.ts';

/** Connections for one URL at most: what goes to one endpoint at a time. */
export const CONNECTIONS = 4;
/** Over the look-up, the connection, the headers and the body together. */
const DEADLINE_MS = 15_000;
const BODY_CAP_BYTES = 16 * 1024;
const KEPT_BYTES = 1024;
/** Connections for so many URLs are kept alive; the one not used for longest goes first. */
const POOLS_KEPT = 200;

/** What one attempt came to. */
export interface AttemptResult {
  readonly delivered: boolean;
  readonly durationMs: number;
  /** The address that was connected to; `null` where none was. */
  readonly address: string | null;
  /** The HTTP status; `null` where no answer came. */
  readonly status: number | null;
  /** What went wrong, in words; `null` when it was delivered. */
  readonly error: string | null;
  /** The first 1 KiB of the answer. */
  readonly response: string | null;
  /** When the receiver wants the next request at the earliest. */
  readonly notBefore: Temporal.Instant | null;
}

/** Statuses that mean: too much, too fast. */
export const SLOW_DOWN: readonly (number | null)[] = [429, 502, 503, 504];

export interface WebhookPoster {
  /** Posts once. Never rejects: every fault is a result. */
  post(url: string, event: SignedEvent, now: Temporal.Instant): Promise<AttemptResult>;
  close(): Promise<void>;
}

/**
 * Posts events. Each attempt checks anew where its URL leads and connects to the address that was checked; a redirect is an
 * answer like any other and followed nowhere. 2xx is success, once the answer has come whole or to 16 KiB of it; the rest
 * is cut off.
 */
export function webhookPoster(policy: TargetPolicy, { deadlineMs = DEADLINE_MS } = {}): WebhookPoster {
  const pools = new Map<string, Pool>();
  // Of each URL its own: an endpoint that hangs holds no connection of another one at the same host.
  const poolOf = ({ origin, href }: URL, address: string): Pool => {
    const key = `${href} ${address}`;
    const pool = pools.get(key) ?? connectTo(origin, address);
    // The last one used stands last.
    pools.delete(key);
    pools.set(key, pool);
    for (const [oldest, unused] of pools) {
      if (pools.size <= POOLS_KEPT) break;
      pools.delete(oldest);
      void unused.close();
    }
    return pool;
  };

  return {
    async post(url, event, now) {
      const started = performance.now();
      // Not AbortSignal.timeout, which lives on to its end: thousands of posts a second would stand in memory for 15.
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), deadlineMs);
      const { signal } = late;
      const seen: { address: string | null; status: number | null; notBefore: Temporal.Instant | null } = {
        address: null,
        status: null,
        notBefore: null,
      };
      let error: string | null = null;
      let response: string | null = null;
      try {
        const target = await withinDeadline(checkTarget(url, policy), signal);
        if (!target.allowed) {
          error = target.detail;
        } else {
          seen.address = target.address;
          const { url: checked } = target;
          const answer = await poolOf(checked, target.address).request({
            method: 'POST',
            path: checked.pathname + checked.search,
            headers: { ...event.headers, 'user-agent': 'Varsel', 'accept-encoding': 'identity' },
            body: event.body,
            signal,
          });
          seen.status = answer.statusCode;
          const header = answer.headers['retry-after'];
          seen.notBefore = retryAfter(Array.isArray(header) ? header[0] : header, now);
          response = await readBody(answer.body);
          if (seen.status >= 300 && seen.status < 400) error = `${seen.status}: redirects are not followed.`;
          else if (seen.status >= 400) error = `The receiver answered ${seen.status}.`;
        }
      } catch (fault) {
        error = inWords(fault, signal.aborted ? deadlineMs : null);
      } finally {
        clearTimeout(timer);
      }
      return {
        ...seen,
        delivered: error === null,
        durationMs: Math.round(performance.now() - started),
        error,
        response,
      };
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

function connectTo(origin: string, address: string): Pool {
  return new Pool(origin, {
    connections: CONNECTIONS,
    // The one deadline stands over all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: 0,
      // Looks nothing up again: a second answer may differ from the one that was checked.
      lookup: (_hostname, options, done) => {
        const family = address.includes(':') ? 6 : 4;
        if (options.all) done(null, [{ address, family }]);
        else done(null, address, family);
      },
    },
  });
}

/** Reads an answer to its end or to the cap, and gives back the first of it. */
async function readBody(
  body: AsyncIterable<Buffer> & { destroy(): void; on(event: 'error', listener: () => void): void },
) {
  // What is cut off fails once more, after it has been read.
  body.on('error', () => undefined);
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (length < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - length));
    length += chunk.length;
    if (length >= BODY_CAP_BYTES) break;
  }
  body.destroy();
  // PostgreSQL stores no U+0000; whatever is no UTF-8 shows as a replacement character.
  return Buffer.concat(kept).toString('utf8').replaceAll('\u0000', '\uFFFD');
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
