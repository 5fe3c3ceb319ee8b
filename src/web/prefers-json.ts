import type { FastifyRequest } from 'fastify';

/** Whether the caller is a program: it sends JSON, or asks for JSON and not for a page. */
export function prefersJson(request: FastifyRequest): boolean {
  const { accept = '', 'content-type': contentType = '' } = request.headers;
  return /\bjson\b/i.test(contentType) || (/\bjson\b/i.test(accept) && !/\bhtml\b/i.test(accept));
}
