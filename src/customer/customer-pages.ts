import formbody from '@fastify/formbody';
import {
  errorCodes,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from 'fastify';
import { noSuchPage, type PageDependencies } from './customer-link.ts';
import { failureHandler } from './failure-handler.ts';
import { limitRates } from './rate-limits.ts';
import { HIDDEN } from '../web/hidden-route.ts';

export type { PageDependencies } from './customer-link.ts';

/** A page's address, and how its handler is made. */
export type CustomerRoute = readonly [
  method: 'GET' | 'POST',
  url: string,
  handlerOf: (dependencies: PageDependencies) => (request: never, reply: FastifyReply) => Promise<unknown>,
];

/**
 * Serves customers' pages. This fastify context parses forms and needs no API key. GET and HEAD change nothing (D26). Its
 * hooks and error handler apply to this context only.
 */
export async function serveCustomerPages(
  app: FastifyInstance,
  dependencies: PageDependencies,
  routes: readonly CustomerRoute[],
): Promise<void> {
  await app.register(formbody);
  // Otherwise an objection sent as plain text would be read as an objection without reasons.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request) => refuseOtherCharsets(request));
  app.setErrorHandler(failureHandler(dependencies));
  await limitRates(app, dependencies);
  for (const [method, url, handlerOf] of routes)
    app.route({ method, url, ...HIDDEN, handler: handlerOf(dependencies) as RouteHandlerMethod });
}

/** Any other address below `/objections/`: a broken link, or an attempt by a program. */
export function showNoSuchPage() {
  return async (): Promise<never> => {
    throw noSuchPage();
  };
}

/** Refuses charsets other than UTF-8. Bodies are read as UTF-8, so text in another charset would be stored garbled. */
function refuseOtherCharsets({ headers }: FastifyRequest): void {
  const contentType = headers['content-type'] ?? '';
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(contentType);
}
