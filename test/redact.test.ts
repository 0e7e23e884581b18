import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../src/redact.ts';

// Put together here, so that no scanner of this repository takes them for real ones.
const made = (...parts: readonly string[]) => parts.join('');
const BOT = made('xo', 'xb-1234567890-0987654321-AbCdEfGhIjKl');
const GITHUB = made('gh', 'p_', 'aB3'.repeat(12));
const FINE_GRAINED = made('github', '_pat_', '11ABCDEFG0_', 'x9Y'.repeat(10));
const JWT = made('ey', 'JhbGciOiJIUzI1NiJ9.', 'ey', 'JzdWIiOiIxIn0.', 'c2lnbmF0dXJl-_x');
const AWS = made('AK', 'IA', 'IOSFODNN7EXAMPLE');
const KEY = made(
  '-----BEGIN RSA PRIV',
  'ATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIV',
  'ATE KEY-----',
);

describe('a known secret', () => {
  const secret = 'p@ss/w+rd "ü" =?&';
  const redact = createRedactor([secret]);

  it.each([
    ['as it is', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    [
      'URL-encoded in lower case',
      encodeURIComponent(secret).replace(/%../g, (x) => x.toLowerCase()),
    ],
    ['in a form', new URLSearchParams({ q: secret }).toString().slice(2).replaceAll('%21', '!')],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
  ])('is hidden %s', (_, form) => {
    expect(redact(`before ${form} after`)).toBe('before [redacted] after');
  });

  it.each(['', 'u', 'us', 'user:'])('is hidden in base64 and base64url behind %j', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const text = Buffer.from(`${before}${secret}`).toString(encoding);

      const clean = redact(`before ${text} after`);

      const rest = clean.replace('before ', '').replace(' after', '').replace('[redacted]', '');
      expect(clean).toContain('[redacted]');
      expect(Buffer.from(rest, encoding).length).toBeLessThanOrEqual(before.length + 2);
    }
  });

  it('is hidden wherever it occurs, and whole when another secret is a part of it', () => {
    const both = createRedactor(['abcdef', 'abcdef-ghijkl']);

    expect(both('abcdef-ghijkl, abcdef, abcdef')).toBe('[redacted], [redacted], [redacted]');
  });

  it('is left to the patterns when it is so short that words would vanish', () => {
    expect(createRedactor(['', 'a', 'check'])('a check of checkout')).toBe('a check of checkout');
  });

  it('is never in what comes out', () => {
    // Characters that '[redacted]' does not have.
    const secrets = fc.array(
      fc.string({
        minLength: 6,
        maxLength: 30,
        unit: fc.constantFrom(...'XYZ09.*+?^$()|\\/%-'.split('')),
      }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(
        secrets,
        fc.array(fc.string(), { minLength: 2, maxLength: 6 }),
        (known, words) => {
          const text = words
            .flatMap((word, index) => [word, known[index % known.length] ?? ''])
            .join('');

          const clean = createRedactor(known)(text);

          for (const secret of known) expect(clean).not.toContain(secret);
        },
      ),
    );
  });
});

/** Addresses that let in whoever has them, as their makers document them; what is secret in them is `S3CR3T` and longer. */
const SIGNED: Readonly<Record<string, string>> = {
  'an Azure SAS':
    'https://acme.blob.core.windows.net/dumps/a.dump?sp=r&st=2026-11-20T14:00:00Z&se=2026-11-21T14:00:00Z&spr=https&sv=2022-11-02&sr=b&sig=S3CR3T%2Bx%3D',
  'an Amazon S3 presigned address':
    'https://acme.s3.eu-central-1.amazonaws.com/a.dump?X-Amz-Algorithm=S3CR3T&X-Amz-Credential=S3CR3T%2F20261120&X-Amz-Date=S3CR3T&X-Amz-Expires=S3CR3T&X-Amz-SignedHeaders=S3CR3T&X-Amz-Signature=S3CR3T&X-Amz-Security-Token=S3CR3T',
  'an older one of Amazon':
    'https://acme.s3.amazonaws.com/a.dump?AWSAccessKeyId=S3CR3T&Expires=1795183327&Signature=S3CR3T%3D',
  'one of CloudFront':
    'https://d111.cloudfront.net/a.dump?Expires=1&Policy=S3CR3T_&Signature=S3CR3T~&Key-Pair-Id=S3CR3T',
  'one of Google Cloud Storage':
    'https://storage.googleapis.com/acme/a.dump?X-Goog-Algorithm=S3CR3T&X-Goog-Credential=S3CR3T&X-Goog-Signature=S3CR3T',
  'a token in a query': 'https://acme.test/a?id=7&token=S3CR3T&access_token=S3CR3T&lang=de',
  'a token after a hash': 'https://acme.test/a#access_token=S3CR3T&id_token=S3CR3T',
  'a key of a function': 'https://acme.azurewebsites.net/api/warm?code=S3CR3T==',
  'a session': 'https://acme.test/a;v=1?sessionid=S3CR3T&jwt=S3CR3T&hmac=S3CR3T',
  'the state of an Azure operation': `https://management.azure.com/subscriptions/1/operationresults/2?api-version=2024-11-01&t=638&c=${'S3CR3T'.repeat(8)}&s=${'S3CR3T'.repeat(8)}&h=${'S3CR3T'.repeat(8)}`,
};

describe('a signed address', () => {
  const redact = createRedactor([]);

  it.each(Object.entries(SIGNED))(
    'loses what makes it valid, and stays an address: %s',
    (_, url) => {
      for (const form of [
        url,
        url.replaceAll('&', '&amp;'),
        url.replaceAll('&', '\\u0026'),
        `see <${url}|this> and (${url}), please`,
        `https://acme.test/go?to=${encodeURIComponent(url)}`,
      ]) {
        const clean = redact(form);
        expect(clean).not.toContain('S3CR3T');
        expect(clean).toContain(new URL(url).host);
        expect(clean).toContain('[redacted]');
      }
      expect(redact(`see <${url}|this>, please`)).toMatch(/^see <https:.*, please$/);
    },
  );

  it.each([
    'https://github.com/acme/checkout/compare/3302fcffd00846168ded4901859d680760749a2e...aff78387054b79903c4a3a9303d056cc73a3e3ef',
    'https://grafana.acme.test/d/abc?orgId=1&from=now-1h&to=now&var-service=checkout',
    'https://acme.slack.com/archives/C0INC1/p1795183327000100?thread_ts=1795183327.000100&cid=C0INC1',
    'the policy is SEV1, the token ran out, and the signature of the function changed',
  ])('leaves what is none as it is: %s', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('what looks like a secret', () => {
  const redact = createRedactor([]);

  it.each([
    [`token ${BOT} refused`, 'token [redacted] refused'],
    [`?token%20${BOT}`, '?token%20[redacted]'],
    [made('xa', 'pp-1-A012-34567-abcdef'), '[redacted]'],
    [made('xo', 'xe.xoxp-1-Mi0yLTEyMzQ1'), '[redacted]'],
    [
      'https://hooks.slack.com/services/T0/B0/abcDEF',
      'https://hooks.slack.com/services/[redacted]',
    ],
    [`git clone with ${GITHUB}.`, 'git clone with [redacted].'],
    [FINE_GRAINED, '[redacted]'],
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer [redacted]'],
    ['authorization: basic dXNlcjpwYXNzd29yZA==', 'authorization: basic [redacted]'],
    ['Authorization: token 0123456789abcdef', 'Authorization: token [redacted]'],
    [`got ${JWT}, expired`, 'got [redacted], expired'],
    [`id_token%3D${JWT}`, 'id_token%3D[redacted]'],
    [`key ${AWS}`, 'key [redacted]'],
    [`AWS_SECRET_ACCESS_KEY=${'aB/'.repeat(13)}c`, 'AWS_SECRET_ACCESS_KEY=[redacted]'],
    ['PASSWORD=hunter2 next', 'PASSWORD=[redacted] next'],
    ['password: hunter', 'password: [redacted]'],
    ['{"clientSecret": "a \\"b\\" c", "x": 1}', '{"clientSecret": [redacted], "x": 1}'],
    ['{\\"password\\":\\"hunter2\\",\\"x\\":1}', '{\\"password\\":[redacted],\\"x\\":1}'],
    ["api_key='a b c' x", 'api_key=[redacted] x'],
    ['access_token: abc123', 'access_token: [redacted]'],
    [
      'Server=db;User Id=sa;Password=pa$$;Encrypt=true',
      'Server=db;User Id=sa;Password=[redacted];Encrypt=true',
    ],
    ['AccountName=shop;AccountKey=aGVsbG8=;x', 'AccountName=shop;AccountKey=[redacted];x'],
    ['postgres://app:p@ss:word@db:5432/shop', 'postgres://app:[redacted]@db:5432/shop'],
    ['https://0123456789abcdef0123@git.example.com/', 'https://[redacted]@git.example.com/'],
    [
      'https://x.example.com/a?sv=1&sig=aGVsbG8%3D&b=2',
      'https://x.example.com/a?sv=1&sig=[redacted]&b=2',
    ],
    [`${KEY}\nafter`, '[redacted]\nafter'],
    [`${KEY.slice(0, 50)} cut off`, '[redacted]'],
  ])('is hidden: %j', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it.each([
    'the token expired; use another token authentication',
    'InvalidAuthenticationToken: The access token is invalid.',
    'Bot User OAuth Token, which starts with xoxb- (app settings, "Basic Information")',
    'INC-0001-R1 swap-slot at https://checkout.example.com:8443/health?x=1',
    'slack.botToken should be a text; found nothing',
    'commit 3f1a6c2e8b474d539a1e5c70de92b8f40011aabb by ana@example.com',
  ])('is not what people read: %j', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('a long text', () => {
  it.each([
    'eyJ-'.repeat(50_000),
    'eyJaaaaaaaa'.repeat(20_000),
    '%20eyJaaaaaa'.repeat(20_000),
    'a'.repeat(200_000),
    '://'.repeat(60_000),
    '://a:b'.repeat(40_000),
    `://a:${'b'.repeat(200_000)}`,
    'password'.repeat(25_000),
    'password="'.repeat(20_000),
    "token: '\\".repeat(20_000),
    'secret\\\\"'.repeat(20_000),
    'token '.repeat(40_000),
    `basic ${'a'.repeat(200_000)}`,
    '-----BEGIN PRIVATE '.repeat(10_000),
    made('-----BEGIN PRIV', 'ATE KEY-----').repeat(8_000),
    'xoxb-'.repeat(40_000),
    '?x-amz-'.repeat(30_000),
    '\n \t'.repeat(60_000),
  ])('ends, however long a text it is: %#', (text) => {
    const redact = createRedactor(['secret-one', 'secret-two']);

    // A pattern with quadratic time would still be at work when the test's time is over.
    expect(redact(text).length).toBeGreaterThan(0);
  });
});
