import { LRUCache } from 'lru-cache';
import { Pool } from 'undici';

/** The most connections for one URL, and so the most posts to one endpoint at a time. */
export const CONNECTIONS = 4;
/** Connections are kept alive for this number of URLs, those that were used last. */
const POOLS_KEPT = 200;

/** One pool of connections for each URL: an endpoint that hangs holds no connection of another one at the same host. */
export interface ConnectionPools {
  /** The pool for a URL at an address that has been checked. */
  poolOf(url: URL, address: string): Pool;
  /** Closes all connections, also those with requests under way. */
  close(): Promise<void>;
}

export function connectionPools(): ConnectionPools {
  const pools = new LRUCache<string, Pool>({
    max: POOLS_KEPT,
    dispose: (pool, _key, reason) => {
      if (reason === 'evict') void pool.close();
    },
  });
  return {
    poolOf({ origin, href }, address) {
      const key = `${href} ${address}`;
      const kept = pools.get(key);
      if (kept !== undefined) return kept;
      const pool = connectTo(origin, address);
      pools.set(key, pool);
      return pool;
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
    // The deadline of the attempt covers all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: 0,
      // Looks nothing up again: the second address may differ from the one that was checked (DNS rebinding).
      lookup: (_hostname, options, done) => {
        const family = address.includes(':') ? 6 : 4;
        if (options.all) done(null, [{ address, family }]);
        else done(null, address, family);
      },
    },
  });
}
