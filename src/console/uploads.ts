import '@fastify/multipart';
import type { FastifyRequest } from 'fastify';

/** The largest file that a form takes, in bytes. */
export const UPLOAD_BYTES = 10 * 1024 ** 2;
/** What a file comes to that waits in a field between two steps: as base64, and a little for its compression. */
const FIELD_BYTES = Math.ceil((UPLOAD_BYTES * 4) / 3) + 64 * 1024;

/** A file that came with a form. `content` is `null` where it is larger than `UPLOAD_BYTES`. */
export interface Upload {
  readonly name: string;
  readonly content: Buffer | null;
}

/** Files by the fields that they came in. A field that was left empty has none. */
export type Uploads = Readonly<Record<string, Upload>>;

const UPLOADS = new WeakMap<FastifyRequest, Uploads>();

/** The files that came with a request. */
export const uploadsOf = (request: FastifyRequest): Uploads => UPLOADS.get(request) ?? {};

/** Reads a form with files: its texts become the body of the request, like those of any form, and its files are `uploadsOf`. */
export async function readUploads(request: FastifyRequest): Promise<void> {
  const form: Record<string, string | string[]> = Object.create(null) as typeof form;
  const uploads: Record<string, Upload> = Object.create(null) as typeof uploads;
  const limits = { fileSize: UPLOAD_BYTES, fieldSize: FIELD_BYTES, files: 5, fields: 500, fieldNameSize: 200 };
  for await (const part of request.parts({ limits, throwFileSizeLimit: false } as Parameters<
    typeof request.parts
  >[0])) {
    if (part.type === 'field') {
      const [before, value] = [form[part.fieldname], String(part.value)];
      form[part.fieldname] = before === undefined ? value : [before, value].flat();
      continue;
    }
    const pieces: Buffer[] = [];
    for await (const piece of part.file as AsyncIterable<Buffer>) pieces.push(piece);
    const content = part.file.truncated ? null : Buffer.concat(pieces);
    if (part.filename !== '' && part.filename !== undefined) uploads[part.fieldname] = { name: part.filename, content };
  }
  request.body = form;
  UPLOADS.set(request, uploads);
}

/** What the files are called that came with a request, by their fields. */
export const fileNamesOf = (request: FastifyRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(uploadsOf(request)).map(([field, { name }]) => [field, name]));
