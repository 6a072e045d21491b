// The six digits of a code generator (RFC 6238), from the address that the QR code of the sign-up page holds.
import { createHmac } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(text) {
  const bits = [...text.toUpperCase().replace(/[=\s]/g, '')]
    .map((letter) => {
      const value = BASE32.indexOf(letter);
      if (value < 0) throw new Error('not base32');
      return value.toString(2).padStart(5, '0');
    })
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** Reads `otpauth://totp/...?secret=...`; what the address leaves out has the value that all generators assume. */
export function readOtpauth(address) {
  const url = new URL(address);
  if (url.protocol !== 'otpauth:') throw new Error(`not an otpauth address: ${url.protocol}`);
  const parameter = (name, otherwise) => url.searchParams.get(name) ?? otherwise;
  return {
    key: base32(parameter('secret', '')),
    algorithm: parameter('algorithm', 'SHA1').toLowerCase(),
    digits: Number(parameter('digits', '6')),
    periodSeconds: Number(parameter('period', '30')),
  };
}

/** The code of one moment. */
export function code({ key, algorithm, digits, periodSeconds }, unixSeconds) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(unixSeconds / periodSeconds)));
  const mac = createHmac(algorithm, key).update(counter).digest();
  const at = mac[mac.length - 1] & 15;
  const number = mac.readUInt32BE(at) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * A generator that, like a careful person, never hands out the same code twice: the program accepts each only once. It runs up
 * to one step ahead, as the clocks of phones do and the program allows, so that whoever signs in twice seldom waits.
 */
export function generator(address) {
  const settings = readOtpauth(address);
  let lastStep = -1;
  return async () => {
    const step = () => Math.floor(Date.now() / 1000 / settings.periodSeconds);
    while (step() + 1 <= lastStep) await new Promise((resolve) => setTimeout(resolve, 200));
    lastStep = Math.max(step(), lastStep + 1);
    return code(settings, lastStep * settings.periodSeconds);
  };
}
