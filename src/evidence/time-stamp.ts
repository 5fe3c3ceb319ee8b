import { createHash, X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

const SHA_256 = '2.16.840.1.101.3.4.2.1';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const HASHES: Readonly<Record<string, string>> = {
  [SHA_256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const STATUSES = ['granted', 'granted with modifications', 'rejected', 'waiting', 'revocation warning', 'revoked'];

/** A time stamp (RFC 3161) whose signature, imprint and certificates have been checked. */
export interface TimeStamp {
  /** When the service signed it. */
  readonly at: Temporal.Instant;
  /** The nonce that it repeats; `null` where it has none. */
  readonly nonce: bigint | null;
  /** Who signed it: the subject of the certificate, in one line. */
  readonly authority: string;
  /** The last certificate of the chain that came with it. Whoever relies on the time stamp compares it with a list of trust. */
  readonly root: { readonly subject: string; readonly sha256: string };
}

/** Why a response is no time stamp of what was asked for, in words for an operator. */
export class TimeStampError extends Error {}

/** The request for a time stamp of data by its SHA-256, with the service's certificates: a DER `TimeStampReq`. */
export function timeStampRequest(sha256: Buffer, nonce: bigint): Buffer {
  const request = new pkijs.TimeStampReq({
    version: 1,
    messageImprint: imprintOf(sha256),
    nonce: asn1js.Integer.fromBigInt(nonce),
    certReq: true,
  });
  return Buffer.from(request.toSchema().toBER());
}

function imprintOf(sha256: Buffer): pkijs.MessageImprint {
  return new pkijs.MessageImprint({
    hashAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: SHA_256 }),
    hashedMessage: new asn1js.OctetString({ valueHex: Uint8Array.from(sha256).buffer }),
  });
}

/**
 * Reads a service's whole response, a DER `TimeStampResp`, and checks that it stamps `data`: status, imprint, signature, that the
 * certificate is one for time stamps, valid at that time and named by what is signed, and the chain as far as it came along. It
 * checks no root against a list of trust, which the reader has. Throws `TimeStampError`.
 */
export async function readTimeStamp(response: Buffer, data: Buffer): Promise<TimeStamp> {
  const signed = tokenOf(response);
  const info = infoOf(signed);
  if (info.messageImprint.hashAlgorithm.algorithmId !== SHA_256) {
    throw new TimeStampError('The time stamp is of another hash than SHA-256');
  }
  const found = Buffer.from(info.messageImprint.hashedMessage.valueBlock.valueHexView);
  const expected = createHash('sha256').update(data).digest();
  if (!found.equals(expected)) {
    throw new TimeStampError(`The time stamp is of ${found.toString('hex')}, not of ${expected.toString('hex')}`);
  }
  const signer = await checkSignature(signed, data);
  const at = Temporal.Instant.fromEpochMilliseconds(info.genTime.getTime());
  checkPurpose(signer);
  const given = (signed.certificates ?? []).filter((each) => each instanceof pkijs.Certificate).map(x509Of);
  const chain = chainOf(x509Of(signer), given);
  for (const certificate of chain) checkValidity(certificate, at);
  const root = chain.at(-1) ?? x509Of(signer);
  return {
    at,
    nonce: info.nonce?.toBigInt() ?? null,
    authority: inOneLine(x509Of(signer)),
    root: { subject: inOneLine(root), sha256: createHash('sha256').update(root.raw).digest('hex') },
  };
}

/** Rejects what is more than the structure: bytes behind it are signed by nobody. */
function tokenOf(response: Buffer): pkijs.SignedData {
  const parsed = inWords('no TimeStampResp', () => {
    const { result, offset } = asn1js.fromBER(Uint8Array.from(response).buffer);
    if (offset !== response.length) throw new Error(`it ends after ${offset} of ${response.length} bytes`);
    return new pkijs.TimeStampResp({ schema: result });
  });
  const { status, statusStrings } = parsed.status;
  if (![pkijs.PKIStatus.granted, pkijs.PKIStatus.grantedWithMods].includes(status)) {
    const said = statusStrings?.map((each) => each.valueBlock.value).join('; ') ?? '';
    const words = STATUSES[status] ?? `status ${status}`;
    throw new TimeStampError(
      `The service gave no time stamp: ${words}${said === '' ? '' : `, “${said.slice(0, 200)}”`}`,
    );
  }
  const token = parsed.timeStampToken;
  if (token === undefined || token.contentType !== pkijs.id_ContentType_SignedData) {
    throw new TimeStampError('The response holds no signed time stamp');
  }
  return inWords('no signed data', () => new pkijs.SignedData({ schema: token.content }));
}

function infoOf(signed: pkijs.SignedData): pkijs.TSTInfo {
  const { eContentType, eContent } = signed.encapContentInfo;
  if (eContentType !== TST_INFO || eContent === undefined) {
    throw new TimeStampError(`What is signed is no time stamp, but of type ${eContentType}`);
  }
  return inWords('no TSTInfo', () => pkijs.TSTInfo.fromBER(eContent.getValue()));
}

/** Returns the certificate whose key signed. */
async function checkSignature(signed: pkijs.SignedData, data: Buffer): Promise<pkijs.Certificate> {
  const [info, ...others] = signed.signerInfos;
  if (info === undefined || others.length > 0) {
    throw new TimeStampError(`The time stamp has ${signed.signerInfos.length} signatures, expected one`);
  }
  const result = await signed
    .verify({ signer: 0, data: Uint8Array.from(data).buffer, extendedMode: true })
    .catch((error: unknown) => {
      throw new TimeStampError(`The signature of the time stamp cannot be checked: ${(error as Error).message}`);
    });
  const certificate = result.signerCertificate;
  if (!result.signatureVerified || !certificate) throw new TimeStampError('The signature of the time stamp is wrong');
  checkSignedAttributes(info, certificate);
  return certificate;
}

/** What is signed names its type and its certificate (RFC 5816), so that neither can be exchanged. */
function checkSignedAttributes(info: pkijs.SignerInfo, certificate: pkijs.Certificate): void {
  const attributes = new Map(info.signedAttrs?.attributes.map(({ type, values }) => [type, values as unknown[]]));
  const type: unknown = attributes.get(CONTENT_TYPE)?.[0];
  if (!(type instanceof asn1js.ObjectIdentifier) || type.valueBlock.toString() !== TST_INFO) {
    throw new TimeStampError('The signature does not say that it is of a time stamp');
  }
  const [first, version] = [
    [attributes.get(SIGNING_CERTIFICATE_V2)?.[0], 2] as const,
    [attributes.get(SIGNING_CERTIFICATE)?.[0], 1] as const,
  ].find(([value]) => value !== undefined) ?? [undefined, 0];
  const id = inWords('no signing certificate', () => sequenceIn(sequenceIn(first)[0]))[0];
  const named = inWords('no signing certificate', () => certificateNamed(sequenceIn(id), version));
  const actual = createHash(named.algorithm).update(x509Of(certificate).raw).digest();
  if (!named.hash.equals(actual))
    throw new TimeStampError('The signature names another certificate than the one that came with it');
}

function certificateNamed(id: readonly unknown[], version: number): { algorithm: string; hash: Buffer } {
  const hash = id.find((each) => each instanceof asn1js.OctetString);
  if (hash === undefined) throw new Error('no hash');
  const [first] = id;
  const oid = first instanceof asn1js.Sequence ? first.valueBlock.value[0] : undefined;
  const named = oid instanceof asn1js.ObjectIdentifier ? HASHES[oid.valueBlock.toString()] : 'sha256';
  if (named === undefined) throw new Error('an unknown hash');
  return { algorithm: version === 1 ? 'sha1' : named, hash: Buffer.from(hash.valueBlock.valueHexView) };
}

function sequenceIn(value: unknown): readonly unknown[] {
  if (!(value instanceof asn1js.Sequence)) throw new Error('no sequence');
  return value.valueBlock.value;
}

/** For time stamps alone, and said to be critical (RFC 3161, 2.3): else a key of another use could stamp. */
function checkPurpose(certificate: pkijs.Certificate): void {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === EXTENDED_KEY_USAGE);
  const purposes = (usage?.parsedValue as pkijs.ExtKeyUsage | undefined)?.keyPurposes ?? [];
  if (!usage?.critical || purposes.length !== 1 || purposes[0] !== TIME_STAMPING) {
    throw new TimeStampError('The certificate is not one for time stamps alone');
  }
}

/** From the signer's certificate up, as far as those that were given go. Each is checked with the key of the next. */
function chainOf(signer: X509Certificate, given: readonly X509Certificate[]): X509Certificate[] {
  const chain = [signer];
  for (let last = signer; chain.length <= given.length;) {
    const above = given.find((each) => each.ca && !chain.includes(each) && last.checkIssued(each));
    if (above === undefined || above.raw.equals(last.raw)) break;
    if (!last.verify(above.publicKey)) {
      throw new TimeStampError(`The certificate of ${inOneLine(last)} is not signed by ${inOneLine(above)}`);
    }
    chain.push(above);
    last = above;
  }
  return chain;
}

function checkValidity(certificate: X509Certificate, at: Temporal.Instant): void {
  const { validFromDate, validToDate } = certificate;
  if (at.epochMilliseconds < validFromDate.getTime() || at.epochMilliseconds > validToDate.getTime()) {
    const [from, to] = [validFromDate, validToDate].map((date) => date.toISOString());
    throw new TimeStampError(
      `The certificate of ${inOneLine(certificate)} is valid from ${from} to ${to}, not at ${at.toString()}`,
    );
  }
}

const x509Of = (certificate: pkijs.Certificate) => new X509Certificate(Buffer.from(certificate.toSchema().toBER()));
const inOneLine = ({ subject }: X509Certificate) => (subject ?? '').split('\n').join(', ');

function inWords<Result>(fault: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new TimeStampError(`The response is ${fault}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
