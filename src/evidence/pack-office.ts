import { Readable } from 'node:stream';
import type pg from 'pg';
import { semaphore } from '../concurrency/semaphore.ts';
import { inLongSnapshot, inSnapshot } from '../db/postgres.ts';
import { evidencePack, type Pack, type PackTools } from './pack.ts';
import type { PackOf } from './pack-of.ts';

/** A pack that can be sent while it is made. */
export interface OpenPack {
  /** In ASCII, which a header takes. */
  readonly fileName: string;
  readonly controllers: number;
  /** Whoever destroys it ends the making. */
  readonly content: Readable;
}

/** Makes packs (D54). What is committed is sealed before each. */
export interface PackOffice {
  /** The pack of a change, made as it is read. How far it has come is logged every ten seconds. */
  readonly open: (of: PackOf) => Promise<OpenPack>;
  /** A whole share of one controller: small, and made before the first byte is sent. */
  readonly share: (of: PackOf) => Promise<Pick<OpenPack, 'fileName'> & { readonly content: Buffer }>;
}

const fileNameOf = ({ name }: Pack) => `${name.replaceAll(/[^\x20-\x7e]/g, '_')}.zip`;

const TOLD_EVERY_MS = 10_000;
/** Customers wait for each other, not for connections that their links need. */
const SHARES_AT_ONCE = 2;

export function packOffice({
  pool,
  seal,
  log,
  toldEveryMs = TOLD_EVERY_MS,
  ...tools
}: PackTools & {
  readonly pool: pg.Pool;
  readonly seal: () => Promise<unknown>;
  readonly log: { info(details: object, message: string): void };
  readonly toldEveryMs?: number;
}): PackOffice {
  const limited = semaphore(SHARES_AT_ONCE);
  return {
    open: async (of) => {
      await seal();
      const opened = Promise.withResolvers<Pack>();
      const closed = Promise.withResolvers<void>();
      inLongSnapshot(pool, async (db) => {
        opened.resolve(await evidencePack(db, of, tools));
        await closed.promise;
      }).catch((error: unknown) => opened.reject(error));
      const pack = await opened.promise;
      const { controllers, progress, bytes } = pack;
      const telling = setInterval(() => {
        log.info({ change: of.change.id, ...progress, ofControllers: controllers }, 'an evidence pack is being made');
      }, toldEveryMs);
      const content = Readable.from(bytes, { objectMode: false });
      // Comes once nothing reads from the snapshot any more, also where nobody began to.
      content.once('close', () => {
        clearInterval(telling);
        closed.resolve();
      });
      return { fileName: fileNameOf(pack), controllers, content };
    },
    share: (of) =>
      limited(async () => {
        await seal();
        return inSnapshot(pool, async (db) => {
          const pack = await evidencePack(db, of, tools);
          return { fileName: fileNameOf(pack), content: Buffer.concat(await Array.fromAsync(pack.bytes)) };
        });
      }),
  };
}
