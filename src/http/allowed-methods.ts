import type { FastifyInstance } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';

/**
 * Makes the function that returns the methods of an address, none where nothing is there. It knows each route that the server
 * gets from now on, and reads addresses as fastify does, with the same router.
 */
export function allowedMethods(server: FastifyInstance, maxParamLength: number): (address: string) => string[] {
  const router = findMyWay({ maxParamLength });
  const methods = new Set<HTTPMethod>();
  server.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat() as HTTPMethod[]) {
      router.on(each, url, () => undefined);
      methods.add(each);
    }
  });
  return (address) => {
    const found = [...methods].filter((method) => router.find(method, address) !== null);
    return found.length === 0 ? [] : [...found, 'OPTIONS'].sort();
  };
}
