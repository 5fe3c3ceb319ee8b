import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { TRUETALK_REGISTER, trueTalk } from '../../src/examples/truetalk.ts';
import { startService } from '../../src/service.ts';
import { MAIL_FROM, PORTS, REPLY_TO } from './config.ts';
import { SEAL_KEY_FILE } from '../support/seal-key.ts';

const API_KEY = 'the-admin-key-of-the-laboratory-alone';

/** Calls the API of Varsel, and returns the body of the response. Throws where it is no success. */
export type Call = <Answer>(method: 'GET' | 'PUT' | 'POST', address: string, body?: unknown) => Promise<Answer>;

/** Starts Varsel as production runs it, with TrueTalk and its register, between the relay and the listener's port. */
export async function startVarsel(parts: AsyncDisposableStack): Promise<Call> {
  const directory = await mkdtemp(path.join(tmpdir(), 'varsel-laboratory-'));
  parts.defer(() => rm(directory, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ directory: path.join(directory, 'postgres'), durable: false });
  parts.defer(() => postgres.stop());
  const config = readConfig({
    NODE_ENV: 'production',
    PORT: '0',
    PUBLIC_URL: 'https://varsel.telenor.example',
    DATABASE_URL: postgres.url,
    DATABASE_OWNER_URL: postgres.ownerUrl,
    SMTP_URL: `smtp://127.0.0.1:${PORTS.relay}`,
    MAIL_FROM: `Telenor A/S <${MAIL_FROM}>`,
    MAIL_REPLY_TO: REPLY_TO,
    INBOUND_DOMAIN: 'svar.telenor.example',
    INBOUND_SMTP_PORT: String(PORTS.listener),
    INBOUND_ADDRESSES: `${MAIL_FROM},${REPLY_TO}`,
    INBOUND_TRUSTED: '127.0.0.1',
    APP_SECRET: 'a secret of the laboratory, of more than 32 bytes',
    ADMIN_API_KEY: API_KEY,
    SEAL_KEY_FILE,
    LOG_LEVEL: 'error',
  });
  const service = await startService(config, systemClock);
  parts.defer(() => service.stop());

  const call: Call = async <Answer>(method: string, address: string, body?: unknown) => {
    const response = await fetch(service.url + address, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${address} → ${response.status}: ${JSON.stringify(answer)}`);
    return answer as Answer;
  };
  const { id, ...terms } = trueTalk(REPLY_TO);
  await call('PUT', `/v1/products/${id}`, terms);
  await call('PUT', `/v1/products/${id}/register`, { entries: TRUETALK_REGISTER });
  return call;
}
