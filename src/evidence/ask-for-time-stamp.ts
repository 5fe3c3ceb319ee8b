import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import { readTimeStamp, timeStampRequest, TimeStampError, type TimeStamp } from './time-stamp.ts';

/** For the connection, the request and the response together. */
const DEADLINE_MS = 15_000;
/** More than any time stamp has with its certificates. */
const RESPONSE_BYTES = 64 * 1024;
/** So far a service's clock may be from ours. */
const TOLERANCE = { minutes: 5 };

/** What is asked for. */
export interface TimeStampQuestion {
  /** Where the service is; a name and password in it are sent as it expects them (HTTP Basic). */
  readonly url: string;
  readonly data: Buffer;
  readonly now: Temporal.Instant;
  readonly deadlineMs?: number;
}

/**
 * Asks a service for a time stamp of data, by its hash alone (RFC 3161 over HTTP), and judges what it gives. Returns it with the
 * whole response. Throws `TimeStampError`, in words for an operator, for whatever is no time stamp of this data, of now, and an
 * answer to this request.
 */
export async function askForTimeStamp({
  url,
  data,
  now,
  deadlineMs = DEADLINE_MS,
}: TimeStampQuestion): Promise<{ stamp: TimeStamp; response: Buffer }> {
  const nonce = BigInt(`0x${randomBytes(8).toString('hex')}`);
  const asked = timeStampRequest(createHash('sha256').update(data).digest(), nonce);
  const response = await post(new URL(url), asked, deadlineMs);
  const stamp = await readTimeStamp(response, data);
  if (stamp.nonce !== nonce)
    throw new TimeStampError('The time stamp is the answer to another request: its nonce is another');
  const [earliest, latest] = [now.subtract(TOLERANCE), now.add(TOLERANCE)];
  if (Temporal.Instant.compare(stamp.at, earliest) < 0 || Temporal.Instant.compare(stamp.at, latest) > 0) {
    throw new TimeStampError(`The time stamp is of ${stamp.at.toString()}, and it is ${now.toString()}`);
  }
  return { stamp, response };
}

async function post(url: URL, body: Buffer, deadlineMs: number): Promise<Buffer> {
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const authorization =
    credentials === ':' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const agent = new Agent({ maxResponseSize: RESPONSE_BYTES });
  try {
    const answer = await request(new URL(url.pathname + url.search, url.origin), {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', 'user-agent': 'Varsel', ...authorization },
      body,
      signal: AbortSignal.timeout(deadlineMs),
      dispatcher: agent,
    });
    const response = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode !== 200) throw new TimeStampError(`The service answered ${answer.statusCode}, expected 200`);
    return response;
  } catch (error) {
    if (error instanceof TimeStampError) throw error;
    const { name, code, message } = error as NodeJS.ErrnoException;
    if (name === 'TimeoutError') throw new TimeStampError(`No whole answer within ${deadlineMs / 1000} seconds`);
    throw new TimeStampError(`The service gave no answer: ${[code, message].filter(Boolean).join(': ')}`);
  } finally {
    await agent.destroy();
  }
}
