import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { noSuchPage, type PageDependencies } from './customer-link.ts';
import { failurePages, setPageHeaders } from './failures.ts';
import { receiveObjection, showObjectionPage } from './objecting.ts';
import { limitRates } from './rate-limits.ts';
import { showReceipt } from './receipt-page.ts';
import { sendStylesheet, STYLESHEET_PATH } from '../web/views.ts';
import { askWhetherToWithdraw, withdrawObjection } from './withdrawing.ts';

export type { PageDependencies } from './customer-link.ts';

/** Kept out of the API's documentation, where there is any. */
const PAGE = { schema: { hide: true } };

/**
 * Registers what customers open. The context it is given parses forms and asks for no API key. GET and HEAD change nothing
 * (D26); a POST acts. Hooks and the error handler hold for this context only.
 */
export async function customerPages(app: FastifyInstance, dependencies: PageDependencies): Promise<void> {
  // Nobody means it: without this, an objection sent as plain text would be read as one without reasons.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    setPageHeaders(reply);
    refuseOtherCharsets(request);
  });
  app.setErrorHandler(failurePages(dependencies));
  await limitRates(app, dependencies);

  app.get(STYLESHEET_PATH, PAGE, (_request, reply) => sendStylesheet(reply));
  app.get('/objections/:token', PAGE, showObjectionPage(dependencies));
  app.post('/objections/:token', PAGE, receiveObjection(dependencies));
  app.get('/objections/:token/:objectionId', PAGE, showReceipt(dependencies));
  app.get('/objections/:token/:objectionId/withdraw', PAGE, askWhetherToWithdraw(dependencies));
  app.post('/objections/:token/:objectionId/withdraw', PAGE, withdrawObjection(dependencies));

  // Whatever else a broken link has become, or a program tries.
  app.all('/objections/*', PAGE, leadNowhere);
}

async function leadNowhere(): Promise<never> {
  throw noSuchPage();
}

/** Bodies are read as UTF-8: letters in another charset would be kept as something nobody wrote. */
function refuseOtherCharsets({ headers }: FastifyRequest): void {
  const contentType = headers['content-type'] ?? '';
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(contentType);
}
