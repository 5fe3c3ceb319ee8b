import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUIDv7 } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RedactAddress } from './errors.ts';
import { problemBody, type ProblemCode } from './problems.ts';
import { REQUEST_ID } from './request-id.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the body may take as long as it keeps coming. */
    isStreamed?: boolean;
  }
}

/** An error of a connection, as Node.js reports it. Its message and its packet can quote what was sent. */
interface ConnectionError extends Error {
  readonly code?: string;
  /** The parser's own words. */
  readonly reason?: string;
}

/** Responds to requests that never come whole. */
export interface BrokenRequests {
  /** For Node.js' `clientError`: what cannot be read as HTTP, or took longer than `receiveWithinMs`. */
  readonly onConnectionError: (error: ConnectionError, socket: Socket) => void;
  /** Watches the requests of a server. */
  watch(server: FastifyInstance): void;
}

/**
 * Makes what responds to requests that never come whole, with a problem, and closes their connections: those that are not
 * HTTP, whose headers are too large, or that are not there after `receiveWithinMs`. A streamed body has that time for each
 * next byte. What is not read here yet is not the client's delay.
 */
export function brokenRequests(receiveWithinMs: number, redactAddress: RedactAddress): BrokenRequests {
  /** The last request of each connection whose headers have come. */
  const last = new WeakMap<Socket, { request: FastifyRequest; reply: FastifyReply }>();
  const seconds = receiveWithinMs / 1000;
  let log: FastifyInstance['log'] | undefined;

  const respond = (socket: Socket, code: ProblemCode, detail: string) => {
    const { request, reply } = last.get(socket) ?? {};
    const isUnderWay = request !== undefined && !request.raw.complete;
    const requestId = isUnderWay ? request.id : randomUUIDv7();
    log?.info({ requestId, code }, `a request did not come whole: ${detail}`);
    // A second response would be taken for the rest of the first.
    const hasBegun = isUnderWay && reply?.raw.headersSent === true;
    if (socket.writable && !hasBegun) {
      const instance = isUnderWay ? redactAddress(request.url) : '/[address]';
      socket.write(rawResponse(requestId, problemBody(code, detail, instance)));
    }
    socket.destroySoon();
  };

  const limitIdle = ({ raw }: FastifyRequest) => {
    const { socket } = raw;
    raw.setTimeout(receiveWithinMs, () => {
      const { bytesRead } = socket;
      // What came while this process stood still is read first.
      setImmediate(() => {
        if (raw.readableLength > 0 || socket.bytesRead > bytesRead) socket.setTimeout(receiveWithinMs);
        else respond(socket, 'request-timeout', `Nothing of the body came for ${seconds} seconds.`);
      });
    });
    raw.once('end', () => socket.setTimeout(0));
  };

  return {
    onConnectionError(error, socket) {
      const { code, reason = 'it breaks off' } = error;
      if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
        const { request, reply } = last.get(socket) ?? {};
        const isStreaming = request?.routeOptions.config.isStreamed === true && reply?.raw.writableEnded === false;
        const detail = `The request did not come whole within ${seconds} seconds.`;
        if (!isStreaming) respond(socket, 'request-timeout', detail);
      } else if (code === 'HPE_HEADER_OVERFLOW') {
        respond(socket, 'headers-too-large', 'The address and the headers have more than the 16 KiB that are taken.');
      } else if (code === 'ECONNRESET') {
        socket.destroy();
      } else {
        respond(socket, 'invalid-request', `This cannot be read as HTTP/1.1: ${reason}.`);
      }
    },
    watch(server) {
      log = server.log;
      server.addHook('onRequest', async (request, reply) => {
        last.set(request.raw.socket, { request, reply });
        if (request.routeOptions.config.isStreamed === true) limitIdle(request);
      });
    },
  };
}

function rawResponse(requestId: string, problem: ReturnType<typeof problemBody>): string {
  const body = JSON.stringify({ ...problem, requestId });
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    `${REQUEST_ID}: ${requestId}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
