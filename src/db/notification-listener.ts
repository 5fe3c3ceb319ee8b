import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../domain/log.ts';
import { connectionOptions } from './connection-options.ts';

const RECONNECT_MS = 2_000;
/** So often the connection is asked whether it hears, and so long it may take to say so. */
const CHECKED_EVERY_MS = 10_000;
const ANSWERS_WITHIN_MS = 5_000;

/** The channel on which a listener hears itself. */
const ITSELF = 'varsel_listener';

/** Listens for `NOTIFY` until it is stopped. */
export interface NotificationListener {
  /** Closes the connection. No handler is called afterwards. */
  stop(): Promise<void>;
}

/**
 * Listens for `NOTIFY` on a connection of its own, which is made again two seconds after it is lost. One that hears nothing is
 * lost, too: every ten seconds it has to hear itself. Calls a channel's handler for every notification, and once whenever
 * listening begins: notifications sent before are lost.
 */
export function listenForNotifications(
  databaseUrl: string,
  handlers: Readonly<Record<string, () => void>>,
  log: Log,
): NotificationListener {
  const stopping = new AbortController();
  const { signal } = stopping;
  const hear = (channel: string) => signal.aborted || handlers[channel]?.();

  async function listenAgainAndAgain(): Promise<void> {
    for (let isFirstFault = true; !signal.aborted;) {
      try {
        const hears = () => (isFirstFault = true);
        await listenOn(databaseUrl, { channels: Object.keys(handlers), hear, hears, signal });
      } catch (error) {
        if (signal.aborted) return;
        // Once for each time that it is away, however long that is.
        if (isFirstFault) log.warn({ err: error }, 'the connection that listens for new messages was lost');
        isFirstFault = false;
      }
      await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  const listening = listenAgainAndAgain();
  return {
    async stop() {
      stopping.abort();
      await listening;
    },
  };
}

interface Listening {
  readonly channels: readonly string[];
  readonly hear: (channel: string) => void;
  /** Is called whenever it has been found to hear. */
  readonly hears: () => void;
  readonly signal: AbortSignal;
}

/** Listens on one connection. Rejects when it is lost or does not hear; resolves when `signal` aborts. Leaves no connection. */
async function listenOn(databaseUrl: string, { channels, hear, hears, signal }: Listening): Promise<void> {
  // Ended without a word: a connection that has gone silent would not answer to one.
  const socket = new Socket();
  const client = new pg.Client({
    ...connectionOptions(databaseUrl),
    pipeline: false,
    stream: () => socket,
    connectionTimeoutMillis: ANSWERS_WITHIN_MS,
    query_timeout: ANSWERS_WITHIN_MS,
  });
  const hangUp = () => socket.destroy();
  signal.addEventListener('abort', hangUp, { once: true });
  const lost = Promise.withResolvers<never>();
  // It is raced against at every step, and may come between two.
  lost.promise.catch(() => undefined);
  client.on('error', (error) => lost.reject(error));
  let heard = 0;
  client.on('notification', ({ channel }) => {
    if (channel === ITSELF) heard += 1;
    else hear(channel);
  });
  try {
    await client.connect();
    for (const channel of [ITSELF, ...channels]) await client.query(`listen ${channel}`);
    for (const channel of channels) hear(channel);
    while (!signal.aborted) {
      const before = heard;
      // PostgreSQL delivers what a connection tells itself before it says that the statement has ended.
      await Promise.race([client.query(`notify ${ITSELF}`), lost.promise]);
      if (heard === before) throw new Error('the connection does not hear its own notifications');
      hears();
      await Promise.race([sleep(CHECKED_EVERY_MS, undefined, { signal }).catch(() => undefined), lost.promise]);
    }
  } finally {
    signal.removeEventListener('abort', hangUp);
    hangUp();
  }
}
