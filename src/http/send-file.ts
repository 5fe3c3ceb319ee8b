import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FileResponse } from './operation.ts';

/** Sends a file to be saved. A HEAD gets its headers, and nothing of it is read. */
export function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  mediaType: string,
  { content, name, headers = {} }: FileResponse,
): FastifyReply {
  // Fastify would read a whole stream to answer a HEAD.
  const isUnread = request.method === 'HEAD' && !Buffer.isBuffer(content);
  if (isUnread) content.destroy();
  return reply
    .headers({ ...headers, 'content-disposition': `attachment; filename="${name}"` })
    .type(mediaType)
    .send(isUnread ? '' : content);
}
