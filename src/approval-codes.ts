/**
 * Approval codes: how a person agrees by telephone while Slack is down. The configuration keeps only a salted hash; the
 * person keeps the code.
 */

import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Actor } from './events.ts';

export interface ApprovalCode {
  /** Whose approval it is. */
  readonly name: string;
  /** Who that is in Slack, so that nobody counts twice, in Slack and by a code. */
  readonly slack?: string | undefined;
  /** `salt:hash`, hexadecimal; made by `newApprovalCode`. */
  readonly hash: string;
}

const HASH_BYTES = 32;
/** Letters and digits that nobody confuses on the telephone. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const CODE_LENGTH = 12;

/** A fresh code of twelve letters and digits, and what belongs into the configuration. @param slack whose it is there. */
export function newApprovalCode(
  name: string,
  slack?: string,
): {
  readonly code: string;
  readonly entry: ApprovalCode;
} {
  const code = Array.from({ length: CODE_LENGTH }, () => {
    // 248 is the largest multiple of 31 below 256; other bytes would prefer some letters.
    let byte = 255;
    while (byte >= 248) [byte = 255] = randomBytes(1);
    return ALPHABET[byte % ALPHABET.length];
  }).join('');
  const salt = randomBytes(16);
  return {
    code,
    entry: {
      name,
      ...(slack === undefined ? {} : { slack }),
      hash: `${salt.toString('hex')}:${hashOf(code, salt).toString('hex')}`,
    },
  };
}

/** Whoever agrees by the code; undefined when it is nobody's. Small and capital letters, spaces and hyphens do not matter. */
export function ownerOf(
  code: string,
  codes: readonly ApprovalCode[],
): Extract<Actor, { kind: 'operator' }> | undefined {
  const given = code.toUpperCase().replaceAll(/[\s-]/g, '');
  const owner = codes.find(({ hash }) => {
    const [salt = '', expected = ''] = hash.split(':');
    const wanted = Buffer.from(expected, 'hex');
    return (
      wanted.length === HASH_BYTES &&
      timingSafeEqual(hashOf(given, Buffer.from(salt, 'hex')), wanted)
    );
  });
  if (!owner) return undefined;
  const { name, slack } = owner;
  return { kind: 'operator', name, ...(slack === undefined ? {} : { slack }) };
}

function hashOf(code: string, salt: Buffer): Buffer {
  return scryptSync(code, salt, HASH_BYTES);
}
