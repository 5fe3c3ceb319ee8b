import createClient from 'openapi-fetch';
import type { paths } from 'varsel-api';

/** What the program cannot know by itself. */
interface Surroundings {
  readonly url: string;
  readonly apiKey: string;
  readonly plannedActivationOn: string;
  /** Waits until the notice to this address has come. Returns the token of the link in it. */
  readonly receiveNotice: (email: string) => Promise<string>;
  /** Returns once every window has closed and the planned day has come. */
  readonly waitForTheDay: () => Promise<void>;
}

/**
 * A program of the company, and of a customer: announces a change, follows its notices, objects through the link in one,
 * resolves the objection and activates. It is compiled against the types that are generated from the OpenAPI document.
 */
export async function story({ url, apiKey, plannedActivationOn, receiveNotice, waitForTheDay }: Surroundings) {
  const company = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${apiKey}` } });
  const customer = createClient<paths>({ baseUrl: url });

  const me = await company.GET('/v1/me');
  const announced = await company.POST('/v1/changes', {
    // What the README announces.
    // prettier-ignore
    body: {
      "product": "truetalk",
      "kind": "addition",
      "subProcessor": {
        "name": "Nordlys Hosting ApS",
        "registrationNumber": "40000001",
        "address": "Havnegade 1, 8000 Aarhus C",
        "country": "DK",
        "contactPerson": {"name": "Signe Lund", "email": "privacy@nordlys.example"},
        "processing": {"da": "Drift af servere til opkaldshistorik", "en": "Hosting of servers for call history"},
        "personalData": {"da": "Navn, telefonnummer og opkaldshistorik", "en": "Name, telephone number and call history"},
        "locations": [{"country": "DK", "transferBasis": null}]
      },
      "reason": {"da": "Driften samles hos én leverandør", "en": "Operations are gathered at one supplier"},
      "plannedActivationOn": plannedActivationOn
    },
    params: { header: { 'idempotency-key': crypto.randomUUID() } },
  });
  if (announced.error) throw new Error(announced.error.detail);
  const { id } = announced.data;

  const controllers = await company.GET('/v1/changes/{id}/controllers', {
    params: { path: { id }, query: { limit: 10 } },
  });
  const [notice] = controllers.data?.items.flatMap(({ notices }) => notices) ?? [];
  if (notice === undefined) throw new Error('nobody is told');
  const token = await receiveNotice(notice.email);
  const sent = await company.GET('/v1/notices/{id}', { params: { path: { id: notice.id } } });

  const objected = await customer.POST('/objections/{token}', {
    params: { path: { token } },
    body: { reasons: 'Vi kender ikke leverandøren' },
  });
  if (objected.error || !('id' in objected.data)) throw new Error('the objection was not taken');
  const objection = objected.data;

  const activate = () => company.POST('/v1/changes/{id}/activate', { params: { path: { id } } });
  const blocked = await activate();
  const resolved = await company.POST('/v1/objections/{id}/resolve', {
    params: { path: { id: objection.id } },
    body: { outcome: 'accommodated', explanation: 'Bekræftet skriftligt' },
  });
  await waitForTheDay();
  const activated = await activate();
  const register = await customer.GET('/register/{product}.json', { params: { path: { product: 'truetalk' } } });
  return {
    role: me.data?.key?.role,
    attempts: sent.data?.attempts.map(({ outcome }) => outcome),
    objection: objection.status,
    blockers: (blocked.error && 'blockers' in blocked.error ? blocked.error.blockers : [])?.map(({ code }) => code),
    outcome: resolved.data?.resolution?.outcome,
    status: activated.data?.status,
    entries: register.data?.entries.map(({ name }) => name),
  };
}
