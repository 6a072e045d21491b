#!/usr/bin/env python3
"""Checks a Siger transparency log that was copied to a folder. Needs Python 3.8 or later and nothing else.

    verify.py DIR VKEY

DIR   the log as it is served: `checkpoint`, `tile/...`; beside it, if there are any,
      `receipts/*.tlog-proof`        receipts to check, and `receipts/*.opening` (salt and entry) that belong to them,
      `checkpoints/*`                earlier signed checkpoints that somebody kept,
      `consistency/*`                consistency proofs, as sent to a witness.
VKEY  the log's public key, name+id+key; several, separated by spaces, while a key is being replaced.

Every entry, node and root is computed anew. Prints what was checked and exits with 0, or says what is wrong and exits with 1.

Written from the specifications alone (RFC 6962, RFC 9162, RFC 8032; c2sp.org/signed-note, tlog-checkpoint, tlog-tiles, tlog-proof,
tlog-witness), sharing no code with the program whose log it checks.
"""

import base64
import functools
import hashlib
import pathlib
import re
import sys

MAX_TEXT_BYTES = 1 << 20  # a receipt with its checkpoint is below half of this
TAG = b"siger/journal-entry/v1\0"


class Failed(Exception):
    """What is wrong with the log."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(data):
    return sha256(b"\0", data)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def unbase64(text, what, length=None):
    """Standard base64 in its one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Failed(f"{what}: not base64: {text!r}")
    if base64.b64encode(data).decode() != text or (length is not None and len(data) != length):
        raise Failed(f"{what}: not {length or 'canonical'} bytes in base64: {text!r}")
    return data


def to_base64(data):
    return base64.b64encode(data).decode()


def number(text, what):
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII) or int(text) >= 1 << 63:
        raise Failed(f"{what}: not a decimal number: {text!r}")
    return int(text)


# --- Ed25519, verification only: RFC 8032, section 5.1. Slow (some milliseconds) and not secret, which is all that is needed.

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * SQRT_MINUS_1 % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_mul(s, p):
    q = (0, 1, 1, 0)
    while s > 0:
        if s & 1:
            q = point_add(q, p)
        p = point_add(p, p)
        s >>= 1
    return q


def point_equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def ed25519_verify(public, message, signature):
    if len(signature) != 64:
        return False
    a, r, s = decompress(public), decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    return point_equal(point_mul(s, BASE), point_add(r, point_mul(h, a)))


# --- Signed notes and checkpoints


def parse_vkey(vkey):
    """(name, id) and the Ed25519 public key."""
    parts = vkey.split("+", 2)
    if len(parts) != 3 or not parts[0]:
        raise Failed(f"not a verifier key (name+id+key): {vkey!r}")
    name, key_id, key = parts[0], parts[1], unbase64(parts[2], "verifier key", 33)
    if key[0] != 1:
        raise Failed(f"verifier key of type {key[0]}, expected 1 (Ed25519): {vkey!r}")
    if sha256(name.encode(), b"\n", key)[:4].hex() != key_id:
        raise Failed(f"id of the verifier key does not fit name and key: {vkey!r}")
    return (name, bytes.fromhex(key_id)), key[1:]


def open_note(note, keys, what):
    """The text of a note that a known key signed, and the names of those keys."""
    if len(note) > MAX_TEXT_BYTES:
        raise Failed(f"{what}: too large")
    try:
        note = note.decode("utf-8")
    except UnicodeDecodeError:
        raise Failed(f"{what}: not UTF-8")
    if any(c < " " and c != "\n" for c in note):
        raise Failed(f"{what}: control characters")
    end = note.rfind("\n\n")
    if end < 0 or not note.endswith("\n") or end + 2 == len(note):
        raise Failed(f"{what}: no signatures")
    text, signers = note[: end + 1], set()
    for line in note[end + 2 : -1].split("\n"):
        match = re.fullmatch("\u2014 ([^\\s+]+) ([A-Za-z0-9+/=]+)", line)
        if not match:
            raise Failed(f"{what}: not a signature: {line!r}")
        name, signature = match[1], unbase64(match[2], what)
        key = keys.get((name, signature[:4]))
        if key is None:
            continue  # of somebody whom we do not know
        if not ed25519_verify(key, text.encode(), signature[4:]):
            raise Failed(f"{what}: wrong signature of {name}+{signature[:4].hex()}")
        signers.add(name)
    if not signers:
        raise Failed(f"{what}: not signed by a key of the log")
    return text, signers


def open_checkpoint(note, keys, what):
    """Origin, size and root of a checkpoint signed by its log."""
    text, signers = open_note(note, keys, what)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or "" in lines:
        raise Failed(f"{what}: not a checkpoint")
    origin, size, root = lines[0], number(lines[1], f"{what}: size"), unbase64(lines[2], f"{what}: root", 32)
    if origin not in signers:
        raise Failed(f"{what}: of {origin!r}, but not signed by a key of this name")
    return origin, size, root


# --- Proofs, as a receiver checks them: RFC 9162, sections 2.1.3.2 and 2.1.4.2


def root_from_inclusion(leaf, index, size, proof, what):
    if index >= size:
        raise Failed(f"{what}: entry {index} in a log of {size}")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise Failed(f"{what}: proof too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise Failed(f"{what}: proof too short")
    return r


def roots_from_consistency(old, new, proof, old_root, what):
    """The roots of both trees that the proof leads to; 0 < old < new."""
    if old & (old - 1) == 0:
        proof = [old_root] + proof
    if not proof:
        raise Failed(f"{what}: empty proof")
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            raise Failed(f"{what}: proof too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise Failed(f"{what}: proof too short")
    return fr, sr


# --- The log in its tiles


def tile_path(kind, index, width):
    digits = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        digits = f"x{index % 1000:03}/{digits}"
    return f"tile/{kind}/{digits}" + (f".p/{width}" if width < 256 else "")


class Log:
    def __init__(self, folder, keys):
        self.folder, self.keys = folder, keys
        self.origin, self.size, self.root = open_checkpoint(self.read("checkpoint"), keys, "checkpoint")

    def read(self, path):
        try:
            return (self.folder / path).read_bytes()
        except OSError as error:
            raise Failed(f"{path}: {error.strerror}")

    def width(self, level, index):
        return min(256, (self.size >> 8 * level) - 256 * index)

    @functools.lru_cache(maxsize=1024)
    def tile(self, level, index):
        width = self.width(level, index)
        path = tile_path(level, index, width)
        data = self.read(path)
        if len(data) != 32 * width:
            raise Failed(f"{path}: {len(data)} bytes, expected {32 * width}")
        return [data[at : at + 32] for at in range(0, len(data), 32)]

    @functools.lru_cache(maxsize=16)
    def bundle(self, index):
        width = self.width(0, index)
        path = tile_path("entries", index, width)
        data, entries, at = self.read(path), [], 0
        while at < len(data):
            length = int.from_bytes(data[at : at + 2], "big")
            if at + 2 + length > len(data):
                raise Failed(f"{path}: ends within an entry")
            entries.append(data[at + 2 : at + 2 + length])
            at += 2 + length
        if len(entries) != width:
            raise Failed(f"{path}: {len(entries)} entries, expected {width}")
        return entries

    def check_tiles(self):
        """Computes every node of every level from the entries. Afterwards tiles may be relied on."""
        nodes, level, count = None, 0, 0
        while self.size >> 8 * level:
            above = []
            for index in range(((self.size >> 8 * level) + 255) // 256):
                width = self.width(level, index)
                if level == 0:
                    expected, count = [leaf_hash(entry) for entry in self.bundle(index)], count + 1
                else:
                    expected = nodes[256 * index : 256 * index + width]
                if self.tile(level, index) != expected:
                    raise Failed(f"{tile_path(level, index, width)}: not the hashes of what lies below it")
                if width == 256:
                    above.append(self.fold(expected))
                count += 1
            nodes, level = above, level + 1
        if self.mth(0, self.size) != self.root:
            raise Failed(f"checkpoint: its root is not that of the {self.size} entries")
        return count

    @staticmethod
    def fold(hashes):
        while len(hashes) > 1:
            hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    @staticmethod
    def split(count):
        return 1 << (count - 1).bit_length() - 1

    def mth(self, start, end):
        """Merkle Tree Hash of entries start to end: RFC 6962, section 2.1."""
        count = end - start
        if count == 0:
            return sha256()
        if count & (count - 1) == 0:
            level, within = divmod(count.bit_length() - 1, 8)
            first = start >> 8 * level
            return self.fold(self.tile(level, first // 256)[first % 256 : first % 256 + (1 << within)])
        middle = start + self.split(count)
        return node_hash(self.mth(start, middle), self.mth(middle, end))

    def path(self, index, start, end):
        """Audit path: RFC 6962, section 2.1.1."""
        if end - start == 1:
            return []
        middle = start + self.split(end - start)
        if index < middle:
            return self.path(index, start, middle) + [self.mth(middle, end)]
        return self.path(index, middle, end) + [self.mth(start, middle)]

    def subproof(self, old, start, end, known):
        """Consistency proof: RFC 6962, section 2.1.2."""
        if old == end:
            return [] if known else [self.mth(start, end)]
        middle = start + self.split(end - start)
        if old <= middle:
            return self.subproof(old, start, middle, known) + [self.mth(middle, end)]
        return self.subproof(old, middle, end, False) + [self.mth(start, middle)]

    def check_checkpoint(self, note, what):
        """A checkpoint of this log, signed and a beginning of (or equal to) what is published."""
        origin, size, root = open_checkpoint(note, self.keys, what)
        if origin != self.origin:
            raise Failed(f"{what}: of {origin!r}, expected {self.origin!r}")
        if size > self.size:
            raise Failed(f"{what}: of {size} entries, but the log published has only {self.size}: it was rolled back")
        if root != self.mth(0, size):
            raise Failed(f"{what}: signed another root for {size} entries than the log published has: entries were changed")
        if 0 < size < self.size:
            proof = self.subproof(size, 0, self.size, True)
            if roots_from_consistency(size, self.size, proof, root, what) != (root, self.root):
                raise Failed(f"{what}: not consistent with the log published")
        return size, root

    def check_receipt(self, path):
        """Returns whether the entry was opened."""
        what, data = f"receipts/{path.name}", path.read_bytes()
        if len(data) > MAX_TEXT_BYTES:
            raise Failed(f"{what}: too large")
        head, _, note = data.partition(b"\n\n")
        lines = head.decode("utf-8", "replace").split("\n")
        if lines[0] != "c2sp.org/tlog-proof@v1":
            raise Failed(f"{what}: not a receipt")
        if lines[1:] and lines[1].startswith("extra "):
            unbase64(lines[1][len("extra ") :], f"{what}: extra")
            del lines[1]
        if not lines[1:] or not lines[1].startswith("index "):
            raise Failed(f"{what}: no index")
        index = number(lines[1][len("index ") :], f"{what}: index")
        proof = [unbase64(line, f"{what}: proof", 32) for line in lines[2:]]
        size, root = self.check_checkpoint(note, what)
        if index >= size:
            raise Failed(f"{what}: entry {index} in a log of {size}")
        entry = self.bundle(index // 256)[index % 256]
        if root_from_inclusion(leaf_hash(entry), index, size, proof, what) != root:
            raise Failed(f"{what}: the proof does not lead from entry {index} to the root of {size} entries")
        if proof != self.path(index, 0, size):
            raise Failed(f"{what}: the proof is not that of the log published")
        opening = path.with_suffix(".opening")
        if not opening.exists():
            return False
        if sha256(TAG, opening.read_bytes()) != entry:
            raise Failed(f"{what}: the opening is not of entry {index}")
        return True

    def check_consistency(self, path):
        what, data = f"consistency/{path.name}", path.read_bytes()
        if len(data) > MAX_TEXT_BYTES:
            raise Failed(f"{what}: too large")
        head, _, note = data.partition(b"\n\n")
        lines = head.decode("utf-8", "replace").split("\n")
        if not lines[0].startswith("old "):
            raise Failed(f"{what}: no old size")
        old = number(lines[0][len("old ") :], f"{what}: old size")
        proof = [unbase64(line, f"{what}: proof", 32) for line in lines[1:]]
        new, root = self.check_checkpoint(note, what)
        if old > new:
            raise Failed(f"{what}: old size {old} exceeds {new}")
        old_root = self.mth(0, old)
        if old in (0, new):
            if proof:
                raise Failed(f"{what}: proof too long")
        elif roots_from_consistency(old, new, proof, old_root, what) != (old_root, root):
            raise Failed(f"{what}: the proof does not lead from {old} to {new} entries")


def files(folder, pattern):
    return sorted(path for path in folder.glob(pattern) if path.is_file())


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0])
    try:
        keys = dict(parse_vkey(vkey) for vkey in arguments[1].split())
        log = Log(folder, keys)
        print(f"log {log.origin}: {log.size} entries, root {to_base64(log.root)}")
        print(f"tiles and bundles: {log.check_tiles()} agree with every entry and with the root")
        receipts = files(folder, "receipts/*.tlog-proof")
        opened = sum(log.check_receipt(path) for path in receipts)
        print(f"receipts: {len(receipts)} verified, {opened} of them opened")
        kept = files(folder, "checkpoints/*")
        for path in kept:
            log.check_checkpoint(path.read_bytes(), f"checkpoints/{path.name}")
        print(f"earlier checkpoints: {len(kept)} consistent with the log")
        proofs = files(folder, "consistency/*")
        for path in proofs:
            log.check_consistency(path)
        print(f"consistency proofs: {len(proofs)} verified")
    except Failed as failed:
        print(f"FAILED: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
