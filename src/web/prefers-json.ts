import type { FastifyRequest } from 'fastify';

/** Whether the client is a program: it sends JSON, or accepts JSON and not HTML. */
export function prefersJson(request: FastifyRequest): boolean {
  const { accept = '', 'content-type': contentType = '' } = request.headers;
  return /\bjson\b/i.test(contentType) || (/\bjson\b/i.test(accept) && !/\bhtml\b/i.test(accept));
}
