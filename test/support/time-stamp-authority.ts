import { createHash, type webcrypto } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

interface Holder {
  readonly certificate: pkijs.Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** What a hostile or broken service does differently from an honest one. */
export interface Stamping {
  readonly at?: string;
  readonly status?: number;
  readonly nonce?: bigint | null;
  readonly imprint?: Buffer;
  /** The key of somebody else signs, whose certificate does not come along. */
  readonly forged?: boolean;
  /** What the certificate that signs may be used for. */
  readonly purpose?: string;
  readonly withoutSigningCertificate?: boolean;
}

/** A time-stamp service (RFC 3161) of our own, with a root and a certificate of its own. */
export interface TimeStampAuthority {
  /** The root, as PEM. */
  readonly root: string;
  /** The response to a request, DER both. */
  stamp(request: Buffer, how?: Stamping): Promise<Buffer>;
  /** Answers requests over HTTP until it is closed, honestly unless told otherwise. */
  listen(): Promise<ListeningAuthority>;
}

export interface ListeningAuthority {
  readonly url: string;
  readonly requests: readonly Buffer[];
  respond(how: Stamping | ((response: ServerResponse) => void)): void;
  close(): Promise<void>;
}

const bytes = (buffer: Buffer) => Uint8Array.from(buffer).buffer;
const extension = (extnID: string, value: { toBER(): ArrayBuffer }, critical = true) =>
  new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });

async function issue(subject: string, issuer: Holder | null, extensions: readonly pkijs.Extension[]): Promise<Holder> {
  const keys = await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1js.Integer({ value: issuer === null ? 1 : 2 });
  const name = (holder: pkijs.RelativeDistinguishedNames, value: string) =>
    holder.typesAndValues.push(
      new pkijs.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1js.Utf8String({ value }) }),
    );
  name(certificate.subject, subject);
  if (issuer === null) name(certificate.issuer, subject);
  else certificate.issuer = issuer.certificate.subject;
  certificate.notBefore.value = new Date('2026-01-01T00:00:00Z');
  certificate.notAfter.value = new Date('2036-01-01T00:00:00Z');
  certificate.extensions = [...extensions];
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign((issuer?.keys ?? keys).privateKey, 'SHA-256');
  return { certificate: pkijs.Certificate.fromBER(certificate.toSchema(true).toBER()), keys };
}

const issueFor = (purpose: string, root: Holder) =>
  issue('Prøvestempel', root, [extension('2.5.29.37', new pkijs.ExtKeyUsage({ keyPurposes: [purpose] }).toSchema())]);

/** Makes the service with keys of its own. */
export async function timeStampAuthority(): Promise<TimeStampAuthority> {
  const root = await issue('Prøverod', null, [
    extension('2.5.29.19', new pkijs.BasicConstraints({ cA: true }).toSchema()),
  ]);
  const honest = await issueFor('1.3.6.1.5.5.7.3.8', root);

  async function stamp(request: Buffer, how: Stamping = {}): Promise<Buffer> {
    const asked = pkijs.TimeStampReq.fromBER(bytes(request));
    const status = new pkijs.PKIStatusInfo({ status: how.status ?? 0 });
    if (how.status !== undefined && how.status > 1) {
      status.statusStrings = [new asn1js.Utf8String({ value: 'ikke i dag' })];
      return Buffer.from(new pkijs.TimeStampResp({ status }).toSchema().toBER());
    }
    const info = infoOf(asked, how);
    const signer = how.purpose === undefined ? honest : await issueFor(how.purpose, root);
    const signed = await sign(Buffer.from(info.toSchema().toBER()), signer, root, how);
    const timeStampToken = new pkijs.ContentInfo({
      contentType: pkijs.id_ContentType_SignedData,
      content: signed.toSchema(true),
    });
    return Buffer.from(new pkijs.TimeStampResp({ status, timeStampToken }).toSchema().toBER());
  }

  return {
    root: `-----BEGIN CERTIFICATE-----\n${Buffer.from(root.certificate.toSchema().toBER()).toString('base64')}\n-----END CERTIFICATE-----\n`,
    stamp,
    listen: () => listen(stamp),
  };
}

function infoOf(asked: pkijs.TimeStampReq, { at = '2026-03-02T09:00:00Z', nonce, imprint }: Stamping): pkijs.TSTInfo {
  const info = new pkijs.TSTInfo({
    version: 1,
    policy: '1.2.3.4.1',
    messageImprint: asked.messageImprint,
    serialNumber: new asn1js.Integer({ value: 7 }),
    genTime: new Date(at),
  });
  if (imprint !== undefined) info.messageImprint.hashedMessage = new asn1js.OctetString({ valueHex: bytes(imprint) });
  const repeated = nonce === undefined ? asked.nonce?.toBigInt() : nonce;
  if (repeated !== undefined && repeated !== null) info.nonce = asn1js.Integer.fromBigInt(repeated);
  return info;
}

async function sign(content: Buffer, signer: Holder, root: Holder, how: Stamping): Promise<pkijs.SignedData> {
  const certificateHash = createHash('sha256').update(Buffer.from(signer.certificate.toSchema().toBER())).digest();
  const octets = (value: Buffer) => new asn1js.OctetString({ valueHex: bytes(value) });
  const sequence = (...value: asn1js.BaseBlock[]) => new asn1js.Sequence({ value });
  const attribute = (type: string, value: asn1js.BaseBlock) => new pkijs.Attribute({ type, values: [value] });
  const attributes = [
    attribute('1.2.840.113549.1.9.3', new asn1js.ObjectIdentifier({ value: '1.2.840.113549.1.9.16.1.4' })),
    attribute('1.2.840.113549.1.9.4', octets(createHash('sha256').update(content).digest())),
    attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(sequence(octets(certificateHash))))),
  ];
  const signed = new pkijs.SignedData({
    version: 3,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({
      eContentType: '1.2.840.113549.1.9.16.1.4',
      eContent: octets(content),
    }),
    certificates: [signer.certificate, root.certificate],
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({
          issuer: signer.certificate.issuer,
          serialNumber: signer.certificate.serialNumber,
        }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({
          type: 0,
          attributes: how.withoutSigningCertificate ? attributes.slice(0, 2) : attributes,
        }),
      }),
    ],
  });
  const { privateKey } = how.forged ? await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']) : signer.keys;
  await signed.sign(privateKey, 0, 'SHA-256');
  return signed;
}

async function listen(stamp: TimeStampAuthority['stamp']): Promise<ListeningAuthority> {
  const requests: Buffer[] = [];
  let how: Stamping | ((response: ServerResponse) => void) = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      requests.push(body);
      if (typeof how === 'function') return how(response);
      void stamp(body, how).then((answer) =>
        response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(answer),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    requests,
    respond: (next) => (how = next),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
