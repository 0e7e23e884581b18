/** Keeps secrets out of logs, messages and exports: values that are known to be secret, and texts that look like one. */

const HIDDEN = '[redacted]';
/** A shorter secret would hide ordinary words. */
const SHORTEST = 6;

const PASSWORD = '(?:pass(?:word|wd|phrase)|pwd|secret)';
const TOKEN = '(?:token|credential|(?:api|account|access|shared)[_-]?key)';
const NAME_END = String.raw`s?\\{0,3}["']?\s{0,3}`;
const QUOTE = String.raw`\\{0,3}["']`;
/** A value without quotes. */
const BARE = String.raw`[^\s"',;&}]+`;
/** A value in quotes that may be escaped, as in JSON within JSON, or not closed; or without quotes. */
const VALUE = String.raw`(?:\\{1,3}"[^"]*"?|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|${BARE})`;

/** Where a parameter of an address begins: also in HTML, in JSON, after a `#`, and within another address. */
const PARAMETER = String.raw`(?:[?&#](?:amp;)?|\\u0026|%3F|%26|%23)`;
const EQUALS = '(?:=|%3D)';
/**
 * What makes an address let in whoever has it: shared access signatures (`sig`: learn.microsoft.com, Create a service SAS), presigned requests
 * (`X-Amz-…`, `X-Goog-…`, and `Signature`, `AWSAccessKeyId`, `GoogleAccessId`, `Policy` and `Key-Pair-Id` before them), and the tokens of others.
 */
const SIGNED =
  'sig|signature|hmac|code|key|policy|key-pair-id|awsaccesskeyid|googleaccessid|x-(?:amz|goog|oss|cos)-[a-z-]{1,30}|auth|authorization|jwt|sas|session(?:[_-]?id)?|[a-z]{0,12}[_-]?(?:token|signature)';

/**
 * Texts that are secret by their look. Each pattern reads a text in linear time: no two repetitions in one of them can
 * match the same characters, and where a match may still fail after a long run, it can start only once in that run.
 */
const PATTERNS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  // Private keys; one that is cut off hides the rest of the text.
  [
    /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    HIDDEN,
  ],
  // Slack: xoxb-, xoxp-, xoxe-, xoxe.xoxb-, xapp-; and addresses that anybody may post to.
  [/(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w.%-]{6,}/gi, HIDDEN],
  [/(hooks\.slack\.com\/[a-z]{1,20}\/)[\w/-]+/gi, `$1${HIDDEN}`],
  // GitHub: ghp_, gho_, ghu_, ghs_, ghr_ and fine-grained tokens.
  [/gh[a-z]_[A-Za-z0-9]{16,}|github_pat_\w{16,}/g, HIDDEN],
  // JSON Web Tokens; before the first one may stand an escape such as %20.
  [/(?:(?<![\w-])|(?<=%[0-9A-F]{2}))eyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?/gi, HIDDEN],
  // AWS access key ids.
  [/(?:AKIA|ASIA)[A-Z0-9]{16}/g, HIDDEN],
  // Authorization headers. `basic` and `token` are also words, so there the next one has to look like no word.
  [/\b(bearer[ \t]{1,4})[\w.~+/=-]{6,}/gi, `$1${HIDDEN}`],
  [
    /\b((?:[Bb]asic|[Tt]oken)[ \t]{1,4})(?=[\w+/][a-z]{0,30}[A-Z0-9+/=_~])[\w.~+/=-]{8,}/g,
    `$1${HIDDEN}`,
  ],
  // user:password@ and token@ in addresses and connection strings.
  [/(:\/\/[^\s:/?#@]*:)[^\s/"'<>]+@/g, `$1${HIDDEN}@`],
  [/(:\/\/)[^\s:/?#@"'<>]{16,}@/g, `$1${HIDDEN}@`],
  // password=…, "clientSecret": "…", AccountKey=…;
  [
    new RegExp(
      `((?:${PASSWORD}|${TOKEN})${NAME_END}(?:=|:(?=\\S|\\s{1,3}${QUOTE}))\\s{0,3})${VALUE}`,
      'gi',
    ),
    `$1${HIDDEN}`,
  ],
  // password: …; "token: " also begins sentences, so there the next word has to have a digit in it.
  [new RegExp(`(${PASSWORD}${NAME_END}:\\s{1,3})${BARE}`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(`(${TOKEN}${NAME_END}:\\s{1,3})(?=\\S{0,100}\\d)${BARE}`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(`(${PARAMETER}(?:${SIGNED})${EQUALS})[^&\\s"'<>|),\\\\]+`, 'gi'), `$1${HIDDEN}`],
  // Azure's addresses of an operation carry `c`, `s` and `h`: a certificate, a signature and a hash, each long.
  [new RegExp(`(${PARAMETER}[csh]${EQUALS})[\\w%.~+/=-]{40,}`, 'gi'), `$1${HIDDEN}`],
];

/**
 * A function that puts `[redacted]` in place of the given secrets, also where they are URL-encoded, escaped as JSON or in
 * base64, and of what looks like a token, a key or a password. Secrets shorter than six characters are left to the patterns.
 * Takes time linear in the text.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const known = anyOf(secrets.filter((secret) => secret.length >= SHORTEST).flatMap(formsOf));
  return (text) => {
    const clean = known ? text.replace(known, HIDDEN) : text;
    return PATTERNS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), clean);
  };
}

function anyOf(forms: readonly string[]): RegExp | undefined {
  if (forms.length === 0) return undefined;
  // Longest first, so that a secret within another leaves no rest of it.
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(escaped).join('|'), 'g');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const url = encodeURIComponent(bytes.toString());
  const form = url.replaceAll('%20', '+');
  const lowerCase = (text: string) => text.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());
  const base64 = [0, 1, 2].map((before) => base64Within(bytes, before));
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...[url, form].flatMap((each) => [each, lowerCase(each)]),
    ...base64.flatMap((each) => [each, each.replaceAll('+', '-').replaceAll('/', '_')]),
  ];
}

/** The base64 digits that depend on nothing but `bytes`, when `before` (0 to 2) other bytes stand ahead in their group. */
function base64Within(bytes: Buffer, before: number): string {
  const digits = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  const first = Math.ceil((before * 8) / 6);
  const end = Math.floor(((before + bytes.length) * 8) / 6);
  return digits.slice(first, end);
}
