import type { Response } from 'supertest';
import { Agent, type Dispatcher } from 'undici';
import type { TestVarsel } from './varsel.ts';

/** A response as it came: over real HTTP, with no redirect followed. */
export interface Page {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly body: string;
  json(): Response['body'];
}

export interface PageRequest {
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}

/** What anybody can do who has an address of Varsel, as a browser and as a program does it. */
export interface Pages {
  /** Sends a request. The address goes out as it stands here, however malformed. */
  send(url: string, request?: PageRequest): Promise<Page>;
  get(url: string, headers?: Record<string, string>): Promise<Page>;
  /** Sends a form, as a browser does. */
  form(url: string, fields: Record<string, string> | string): Promise<Page>;
  json(url: string, body: unknown): Promise<Page>;
}

/** Opens the pages of a Varsel from this address, which is one of this machine. */
export function pagesOf(varsel: TestVarsel, from = '127.0.0.1'): Pages {
  // The connections are Varsel's to close, which it does when it stops.
  const agent = new Agent({ localAddress: from });
  const send = async (url: string, { method = 'GET', headers = {}, payload }: PageRequest = {}): Promise<Page> => {
    const response = await agent.request({
      origin: `http://127.0.0.1:${new URL(varsel.url).port}`,
      path: url,
      method,
      headers: { ...headers },
      body: payload ?? null,
    });
    const bytes = Buffer.from(await response.body.arrayBuffer());
    const body = bytes.toString();
    return {
      statusCode: response.statusCode,
      headers: response.headers,
      bytes,
      body,
      json: () => JSON.parse(body),
    };
  };
  const post = (url: string, type: string, payload: string) =>
    send(url, { method: 'POST', headers: { 'content-type': type }, payload });
  return {
    send,
    get: (url, headers = {}) => send(url, { headers }),
    form: (url, fields) => post(url, 'application/x-www-form-urlencoded', new URLSearchParams(fields).toString()),
    json: (url, body) => post(url, 'application/json', JSON.stringify(body)),
  };
}
