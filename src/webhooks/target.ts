import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** Where webhooks may go. */
export interface TargetPolicy {
  /** `http:` too, and not only `https:`. */
  readonly allowHttp: boolean;
  /** Loopback and private addresses too. */
  readonly allowPrivate: boolean;
  /** Every address of a host name; rejects where there is none. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>;
}

export type TargetRefusal = 'webhook-url-invalid' | 'webhook-target-unresolvable' | 'webhook-target-forbidden';

/** An address that was checked, to connect to, or why there is none. */
export type Target =
  | { readonly allowed: true; readonly url: URL; readonly address: string }
  | { readonly allowed: false; readonly because: TargetRefusal; readonly detail: string };

/** The system's own look-up: `/etc/hosts` and DNS. */
export const resolveHost = sharedLookup(async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address),
);

/**
 * Looks a name up once for all who ask while that is under way. Node looks two names up at a time: an endpoint whose name
 * servers are silent would hold up all others by its few posts.
 */
export function sharedLookup(resolve: TargetPolicy['resolve']): TargetPolicy['resolve'] {
  const underWay = new Map<string, Promise<readonly string[]>>();
  return (hostname) => {
    const shared = underWay.get(hostname) ?? resolve(hostname).finally(() => underWay.delete(hostname));
    underWay.set(hostname, shared);
    return shared;
  };
}

/**
 * Checks where a URL leads, now: https (http where the policy says so), no credentials in it, and global unicast addresses
 * only, the literal one and every one that its name resolves to. One bad address refuses the whole: which of them a
 * connection would take is chance. Whoever connects takes `address` and looks nothing up again: the answer may have changed.
 */
export async function checkTarget(text: string, policy: TargetPolicy): Promise<Target> {
  const refuse = (because: TargetRefusal, detail: string): Target => ({ allowed: false, because, detail });
  const url = URL.parse(text);
  const protocols = policy.allowHttp ? ['https:', 'http:'] : ['https:'];
  if (url === null || !protocols.includes(url.protocol)) {
    return refuse('webhook-url-invalid', `Expected a URL that begins with ${protocols.join('// or ')}//.`);
  }
  if (url.username !== '' || url.password !== '') {
    return refuse(
      'webhook-url-invalid',
      'Expected a URL without user name and password: it stands in logs and answers.',
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let addresses: readonly string[] = [host];
  if (!ipaddr.isValid(host)) {
    // A look-up that fails and one that finds nothing are the same to who asked.
    addresses = await policy.resolve(host).catch(() => []);
  }
  // IPv4 where there is any: many machines have names that lead to IPv6 and no way there.
  const address = addresses.find((each) => ipaddr.IPv4.isValid(each)) ?? addresses[0];
  if (address === undefined) return refuse('webhook-target-unresolvable', `No address is known for ${host}.`);
  const forbidden = addresses.find((each) => !isAllowed(each, policy.allowPrivate));
  if (forbidden !== undefined) {
    const found = forbidden === host ? host : `${host} leads to ${forbidden}`;
    return refuse('webhook-target-forbidden', `Expected a public address: ${found}, which is not global unicast.`);
  }
  return { allowed: true, url, address };
}

/** Beside global unicast where private addresses are let through. */
const PRIVATE_RANGES = ['loopback', 'private', 'uniqueLocal'];
/** Of IPv6, only this much is given out as global unicast (RFC 4291, IANA). */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

function isAllowed(text: string, allowPrivate: boolean): boolean {
  if (!ipaddr.isValid(text)) return false;
  // ::ffff:127.0.0.1 is 127.0.0.1.
  const address = ipaddr.process(text);
  const range = address.range();
  if (allowPrivate && PRIVATE_RANGES.includes(range)) return true;
  return range === 'unicast' && (address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_IPV6));
}
