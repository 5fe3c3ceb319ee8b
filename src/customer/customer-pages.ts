import formbody from '@fastify/formbody';
import { errorCodes, type FastifyInstance, type FastifyRequest, type RouteHandlerMethod } from 'fastify';
import { noSuchPage, type PageDependencies } from './customer-link.ts';
import { failureHandler, setPageHeaders } from './failure-handler.ts';
import { limitRates } from './rate-limits.ts';

export type { PageDependencies } from './customer-link.ts';

/** Kept out of the API's documentation, where there is any. */
const HIDDEN = { schema: { hide: true } };

/** A page of customers: method, address, and its handler once the dependencies are known. */
export type CustomerRoute = readonly ['GET' | 'POST', string, (dependencies: PageDependencies) => RouteHandlerMethod];

/**
 * Serves customers' pages. This context parses forms and asks for no API key. GET and HEAD change nothing (D26); a POST acts.
 * Hooks and the error handler hold for this context only. Every other address below `/objections/` is a page not found.
 */
export async function serveCustomerPages(
  app: FastifyInstance,
  dependencies: PageDependencies,
  routes: readonly CustomerRoute[],
): Promise<void> {
  await app.register(formbody);
  // Without this, an objection sent as plain text would be read as one without reasons.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    setPageHeaders(reply);
    refuseOtherCharsets(request);
  });
  app.setErrorHandler(failureHandler(dependencies));
  await limitRates(app, dependencies);
  for (const [method, url, handlerOf] of routes)
    app.route({ method, url, ...HIDDEN, handler: handlerOf(dependencies) });
  app.all('/objections/*', HIDDEN, async () => {
    throw noSuchPage();
  });
}

/** Bodies are read as UTF-8: letters in another charset would be stored as something nobody wrote. */
function refuseOtherCharsets({ headers }: FastifyRequest): void {
  const contentType = headers['content-type'] ?? '';
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(contentType);
}
