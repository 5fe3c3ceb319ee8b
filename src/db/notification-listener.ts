import pg from 'pg';
import type { Log } from '../domain/log.ts';
import { connectionOptions } from './connection-options.ts';

const RECONNECT_MS = 2_000;

/** Listens for `NOTIFY` until it is stopped. */
export interface NotificationListener {
  /** Closes the connection. No handler is called afterwards. */
  stop(): Promise<void>;
}

/**
 * Listens for `NOTIFY` on a connection of its own, which is made again two seconds after it is lost. Calls a channel's
 * handler for every notification, and once whenever listening begins: notifications sent before are lost.
 */
export function listenForNotifications(
  databaseUrl: string,
  handlers: Readonly<Record<string, () => void>>,
  log: Log,
): NotificationListener {
  let isStopped = false;
  let current: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const client = new pg.Client({ ...connectionOptions(databaseUrl), pipeline: false });
    current = client;
    client.on('notification', ({ channel }) => handlers[channel]?.());
    client.on('error', (error) => reconnectLater(client, error));
    try {
      await client.connect();
      for (const [channel, handle] of Object.entries(handlers)) {
        await client.query(`listen ${channel}`);
        handle();
      }
    } catch (error) {
      reconnectLater(client, error as Error);
    }
  }

  function reconnectLater(client: pg.Client, error: Error): void {
    // One loss can be reported twice: by the statement that fails and by the client's event.
    if (isStopped || client !== current) return;
    current = null;
    log.warn({ err: error }, 'the connection that listens for new messages was lost');
    client.end().catch(() => undefined);
    timer = setTimeout(() => void connect(), RECONNECT_MS);
  }

  void connect();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await current?.end();
    },
  };
}
