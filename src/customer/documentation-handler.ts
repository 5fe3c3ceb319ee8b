import type { FastifyReply } from 'fastify';
import { noSuchPage, openLink, findChangeAndWindow, type LinkRequest, type PageDependencies } from './customer-link.ts';

/**
 * `POST /objections/:token/documentation`: the share of the link's controller in the evidence pack of the link's change (D54). Not by
 * GET, because programs that open links would have us make one each time. The link of a former contact gets none (D25).
 */
export function sendDocumentation(dependencies: PageDependencies) {
  return async (request: LinkRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const link = await openLink(dependencies, request.params.token);
    if (!link.isOfContact) throw noSuchPage();
    const { change } = await findChangeAndWindow(dependencies, link);
    const { controllerId: id, controller: externalId } = link.message;
    const pack = await dependencies.packs.share({ change, controller: { id, externalId }, isRedacted: false });
    return reply
      .type('application/zip')
      .header('content-disposition', `attachment; filename="${pack.fileName}"`)
      .send(pack.content);
  };
}
