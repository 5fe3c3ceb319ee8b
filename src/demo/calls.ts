import type { Service } from '../service.ts';
import { until, type Narrator } from './narrator.ts';

export interface Response {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- the demo reads responses as a caller without types would
  readonly body: any;
}

export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** What the people of the story do with a running service. */
export interface Calls {
  /** Calls the API with the first key, and tells the call and its status. A stream is sent as NDJSON. */
  api(method: string, address: string, body?: unknown): Promise<Response>;
  /** Reads from the API without telling it. */
  read(address: string): Promise<Response>;
  /** Objects through a customer's link, and tells it. */
  object(link: string, objection: { readonly reasons: string; readonly name: string }): Promise<Response>;
  /** Reads what a customer's link asks to be approved. */
  readLink(link: string): Promise<Response>;
  /** Answers through a customer's link, or types the code that was mailed, and tells it. */
  answer(link: string, answer: Readonly<Record<string, string>>): Promise<Response>;
  /** Waits for a mail to an address that contains this text and has such a subject, and returns it. */
  mailTo(address: string, saying: string, subject?: RegExp): Promise<Mail>;
}

export function callsOf(service: Service, narrator: Narrator): Calls {
  const authorization = `Bearer ${service.generatedApiKey}`;
  const request = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    return { status: response.status, body: await response.json() };
  };
  const post = (url: string, body: object) =>
    request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const tell = (what: string, { status, body }: Response) => {
    narrator.told(`${what} → ${status}${body.code ? ` ${body.code}` : ''}`);
  };
  return {
    async api(method, address, body) {
      const isStream = body instanceof ReadableStream;
      const type = isStream ? 'application/x-ndjson' : 'application/json';
      const response = await request(`${service.url}${address}`, {
        method,
        headers: { authorization, ...(body !== undefined && { 'content-type': type }) },
        ...(body !== undefined && { body: isStream ? body : JSON.stringify(body), duplex: 'half' }),
      });
      tell(`${method} ${address}`, response);
      return response;
    },
    read: (address) => request(`${service.url}${address}`, { headers: { authorization } }),
    async object(link, objection) {
      const response = await post(link, objection);
      tell(`POST the link, reasons "${objection.reasons}"`, response);
      return response;
    },
    readLink: (link) => request(`${link}/answer`, { headers: { accept: 'application/json' } }),
    async answer(link, answer) {
      const response = await post(`${link}/answer`, answer);
      tell(`POST the link, ${answer['decision'] ?? 'code'}`, response);
      return response;
    },
    mailTo: (address, saying, about = /./) =>
      until(`a mail to ${address} that says "${saying}"`, async () => {
        // The mailbox filters by the address, because it may hold a thousand other mails.
        const query = `to.address=${encodeURIComponent(address)}`;
        const mails = (await (await fetch(`${service.mailboxUrl}/api/email?${query}`)).json()) as Mail[];
        // The text part is wrapped, so the words may stand on two lines, the second of which is marked where it quotes.
        return (
          mails.find(({ subject, text }) => about.test(subject) && text.replace(/\s+(?:> )?/g, ' ').includes(saying)) ??
          null
        );
      }),
  };
}
