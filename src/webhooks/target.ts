import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** Where webhooks may go. */
export interface TargetPolicy {
  /** Besides `https:`. */
  readonly allowHttp: boolean;
  /** Loopback and private addresses besides public ones. */
  readonly allowPrivate: boolean;
  /** Finds every address of a host name. Rejects where there is none. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>;
}

export type TargetRefusal = 'webhook-url-invalid' | 'webhook-target-unresolvable' | 'webhook-target-forbidden';

/** The checked address to connect to, or why there is none. */
export type Target =
  | { readonly allowed: true; readonly url: URL; readonly address: string }
  | { readonly allowed: false; readonly because: TargetRefusal; readonly detail: string };

/** Looks up by the operating system: `/etc/hosts` and DNS. */
export const resolveHost = sharedLookup(async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address),
);

/**
 * Makes a look-up that callers share while it is under way. Node.js looks up few names at a time: otherwise the posts of one
 * endpoint with silent name servers would hold up all others.
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
 * Checks where a URL leads, now: https (http where the policy says so), no credentials in it, a port for the web (443, or
 * above 1023), and global unicast addresses only, the literal one or every one that its name resolves to. One bad address
 * refuses the whole URL, because a connection could take any of them. Connect to `address` and look nothing up again: the name
 * may resolve to another one by then.
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
  // The default port of a protocol is left out of `port`.
  if (url.port !== '' && url.port !== '443' && Number(url.port) < FIRST_UNPRIVILEGED_PORT) {
    return refuse('webhook-url-invalid', `Expected port 443, or one above 1023, found ${url.port}.`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let addresses: readonly string[] = [host];
  if (!ipaddr.isValid(host)) {
    // A failed look-up counts as one that finds nothing.
    addresses = await policy.resolve(host).catch(() => []);
  }
  // Prefers IPv4: many machines resolve names to IPv6 and have no route there.
  const address = addresses.find((each) => ipaddr.IPv4.isValid(each)) ?? addresses[0];
  if (address === undefined) return refuse('webhook-target-unresolvable', `No address is known for ${host}.`);
  const forbidden = addresses.find((each) => !isAllowed(each, policy.allowPrivate));
  if (forbidden !== undefined) {
    const found = forbidden === host ? host : `${host} leads to ${forbidden}`;
    return refuse('webhook-target-forbidden', `Expected a public address: ${found}, which is not global unicast.`);
  }
  return { allowed: true, url, address };
}

/** Below it are the mail servers, name servers and the like of this world, which a webhook is not for. */
const FIRST_UNPRIVILEGED_PORT = 1_024;

/**
 * Where clouds tell a machine its secrets, at addresses that are not of a range that is refused anyway: Azure; Amazon and
 * Google, whose private ones are refused even where private addresses are allowed.
 */
const METADATA_ADDRESSES = ['168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'].map((text) =>
  ipaddr.parse(text).toString(),
);

/** Allowed besides global unicast where the policy allows private addresses. */
const PRIVATE_RANGES = ['loopback', 'private', 'uniqueLocal'];
/** The part of IPv6 that IANA assigns as global unicast (RFC 4291). */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

function isAllowed(text: string, allowPrivate: boolean): boolean {
  if (!ipaddr.isValid(text)) return false;
  // Turns IPv4-mapped IPv6 into IPv4: ::ffff:127.0.0.1 is 127.0.0.1.
  const address = ipaddr.process(text);
  if (METADATA_ADDRESSES.includes(address.toString())) return false;
  const range = address.range();
  if (allowPrivate && PRIVATE_RANGES.includes(range)) return true;
  return range === 'unicast' && (address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_IPV6));
}
