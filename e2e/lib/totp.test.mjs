import assert from 'node:assert/strict';
import { test } from 'node:test';
import { code, readOtpauth } from './totp.mjs';

// RFC 6238, appendix B: the secret is the ASCII text 12345678901234567890, the codes have eight digits.
const address = 'otpauth://totp/Siger:test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8';

test('codes of RFC 6238', () => {
  for (const [seconds, expected] of [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ]) {
    assert.equal(code(readOtpauth(address), seconds), expected);
  }
});

test('an address that leaves everything out means SHA-1, six digits, thirty seconds', () => {
  const settings = readOtpauth('otpauth://totp/a?secret=GEZDGNBV');
  assert.deepEqual([settings.algorithm, settings.digits, settings.periodSeconds], ['sha1', 6, 30]);
  assert.throws(() => readOtpauth('https://example.org/?secret=GEZDGNBV'));
  assert.throws(() => readOtpauth('otpauth://totp/a?secret=0189'));
});
