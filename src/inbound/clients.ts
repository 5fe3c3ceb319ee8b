import ipaddr from 'ipaddr.js';

/** Who is at the other end of a connection. */
export interface Client {
  /** What limits are counted for: the IPv4 address, or the /64 of an IPv6 address, which one machine has as a whole. */
  readonly key: string;
  /** Configured as trusted, like the company's relay: exempt from what is limited for each client. */
  readonly isTrusted: boolean;
}

/**
 * Makes the function that says who has an address. `trusted` holds IP addresses and ranges in CIDR notation. An IPv4 address
 * that IPv6 maps (`::ffff:192.0.2.1`) is that IPv4 address.
 */
export function clientsBy(trusted: readonly string[]): (remoteAddress: string) => Client {
  const ranges = trusted.map(rangeOf);
  return (remoteAddress) => {
    if (!ipaddr.isValid(remoteAddress)) return { key: remoteAddress, isTrusted: false };
    const address = ipaddr.process(remoteAddress);
    return { key: keyOf(address), isTrusted: ranges.some((range) => isWithin(address, range)) };
  };
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function rangeOf(text: string): [Address, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function isWithin(address: Address, [network, bits]: [Address, number]): boolean {
  // `match` throws for two kinds.
  return address.kind() === network.kind() && address.match(network, bits);
}

function keyOf(address: Address): string {
  if (address.kind() === 'ipv4') return address.toString();
  const network = (address as ipaddr.IPv6).parts.map((part, place) => (place < 4 ? part : 0));
  return `${new ipaddr.IPv6(network).toString()}/64`;
}
