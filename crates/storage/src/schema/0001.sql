-- The schema of the ground, version 1. One database (SQLite file, or PostgreSQL schema) belongs to one office.
-- Times are UTC microseconds since 1970; identifiers are the 16 bytes of a UUID version 7; money and truth are whole numbers.
-- Written in SQLite's words; engine/mod.rs replaces the few that differ.

-- ---------------------------------------------------------------- the journal and its log

-- The right edge of the log and what is given out under its lock: number, leaf, key sequence. One row.
CREATE TABLE tree_head (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    size        INTEGER NOT NULL CHECK (size >= 0),          -- entries in the journal
    edge        BLOB    NOT NULL,                            -- hashes of the complete subtrees on the right edge (RFC 6962)
    last_at     INTEGER NOT NULL,                            -- moment of the newest entry
    next_key    INTEGER NOT NULL CHECK (next_key >= 1),      -- sequence of the next data key
    checkpoint  TEXT    NOT NULL                             -- signed checkpoint at this size (C2SP tlog-checkpoint)
);

-- The journal. Rows are added, never changed, never removed.
CREATE TABLE entry (
    number       INTEGER NOT NULL PRIMARY KEY CHECK (number >= 0), -- from 0 without a gap; index of the leaf
    at           INTEGER NOT NULL,                           -- never before the entry ahead of it
    actor        BLOB,                                       -- officer who acted; NULL: the program itself
    role         TEXT    NOT NULL,                           -- role in which they acted
    purpose      TEXT    NOT NULL,                           -- why (UU 27/2022: bound to its purpose)
    subject_kind TEXT    NOT NULL CHECK (subject_kind IN ('office', 'person', 'officer', 'request')),
    subject      BLOB,                                       -- whom or what it is about; NULL: the office
    kind         TEXT    NOT NULL,                           -- what happened, domain::event
    version      INTEGER NOT NULL CHECK (version >= 1),      -- form of the body
    key_index    INTEGER NOT NULL CHECK (key_index >= 0),    -- data key of the body; 0: the office's
    body         BLOB    NOT NULL,                           -- sealed; empty when the event has no fields
    salt         BLOB    NOT NULL,                           -- 32 random bytes of the commitment
    leaf         BLOB    NOT NULL,                           -- RFC 6962 leaf hash of the commitment
    CHECK ((subject IS NULL) = (subject_kind = 'office'))
);
CREATE INDEX entry_by_subject ON entry (subject, number) WHERE subject IS NOT NULL;
CREATE INDEX entry_by_kind ON entry (kind, number);

-- Hash of each complete subtree of 256^level leaves; 256 neighbours make a tile (C2SP tlog-tiles).
CREATE TABLE node (
    level    INTEGER NOT NULL CHECK (level >= 1),
    position INTEGER NOT NULL CHECK (position >= 0),
    hash     BLOB    NOT NULL,
    PRIMARY KEY (level, position)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- derived tables: follow from the journal, compared by replay

-- The office itself, as its journal's first entry made it. One row.
CREATE TABLE office (
    id        INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    code      TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    origin    TEXT    NOT NULL,                              -- origin line of its checkpoints
    sample    INTEGER NOT NULL CHECK (sample IN (0, 1)),     -- 1: invented people only
    time_zone TEXT    NOT NULL,                              -- IANA name
    key_epoch INTEGER NOT NULL CHECK (key_epoch >= 0)        -- epoch of new key indexes; grows with each restore
);

-- Persons. What is known of them stands in the journal entry that `identity` points to, sealed under their key.
CREATE TABLE person (
    id         BLOB    NOT NULL PRIMARY KEY,
    key_index  INTEGER NOT NULL UNIQUE,
    registered INTEGER NOT NULL UNIQUE,                      -- entry that made the file; order of lists
    identity   INTEGER,                                      -- entry that holds the present identity; NULL: erased
    changed_at INTEGER NOT NULL,
    erased     INTEGER,                                      -- entry of the erasure
    CHECK ((identity IS NULL) = (erased IS NOT NULL))
);

-- Exact look-up of travel documents: keyed hash of issuer and number (HMAC-SHA-256, 16 bytes).
CREATE TABLE person_document (
    hash     BLOB    NOT NULL,
    person   BLOB    NOT NULL,
    entry    INTEGER NOT NULL,                               -- entry whose body holds the document
    position INTEGER NOT NULL,                               -- place in that body's list
    PRIMARY KEY (hash, person, entry, position)
) WITHOUT ROWID;
CREATE INDEX person_document_by_person ON person_document (person, entry, position);

-- Sealed blobs of a person's file.
CREATE TABLE person_blob (
    id     BLOB    NOT NULL,                                 -- SHA-256 of the sealed content
    person BLOB    NOT NULL,
    entry  INTEGER NOT NULL,
    PRIMARY KEY (id, person)
) WITHOUT ROWID;
CREATE INDEX person_blob_by_person ON person_blob (person, entry);

-- Who works here.
CREATE TABLE officer (
    id          BLOB    NOT NULL PRIMARY KEY,
    key_index   INTEGER NOT NULL UNIQUE,
    profile     INTEGER NOT NULL,                            -- entry that holds name, sign-in name, address
    login_hash  BLOB    NOT NULL UNIQUE,                     -- keyed hash of the sign-in name
    state       TEXT    NOT NULL CHECK (state IN ('invited', 'active', 'suspended')),
    roles       TEXT    NOT NULL,                            -- words separated by one blank
    leave_from  TEXT,                                        -- YYYY-MM-DD, both ends away
    leave_to    TEXT,
    recovery    BLOB,                                        -- SHA-256 of the one-time code in force
    recovery_expires INTEGER,
    changed_at  INTEGER NOT NULL,
    CHECK ((leave_from IS NULL) = (leave_to IS NULL) AND (leave_from IS NULL OR leave_from <= leave_to)),
    CHECK ((recovery IS NULL) = (recovery_expires IS NULL))
);
CREATE UNIQUE INDEX officer_by_recovery ON officer (recovery) WHERE recovery IS NOT NULL;

-- Ways to sign in. The credential itself stands sealed in the entry.
CREATE TABLE credential (
    id      BLOB    NOT NULL PRIMARY KEY,
    officer BLOB    NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('password', 'totp', 'passkey')),
    entry   INTEGER NOT NULL
);
CREATE INDEX credential_by_officer ON credential (officer, entry);

-- Two-person requests. The matter stands in the entry `opened`.
CREATE TABLE request (
    id          BLOB    NOT NULL PRIMARY KEY,
    matter      TEXT    NOT NULL CHECK (matter IN ('roles', 'erase')),
    target      BLOB    NOT NULL,                            -- person or officer it is about
    state       TEXT    NOT NULL CHECK (state IN ('open', 'approved', 'declined', 'withdrawn', 'expired')),
    opened      INTEGER NOT NULL UNIQUE,                     -- entry
    opened_by   BLOB    NOT NULL,
    expires     INTEGER NOT NULL,
    answered    INTEGER,                                     -- entry of the answer
    answered_by BLOB,
    CHECK ((state = 'open') = (answered IS NULL)),
    CHECK (answered_by IS NULL OR state NOT IN ('approved', 'declined') OR answered_by <> opened_by)
);
CREATE INDEX request_by_state ON request (state, opened);

-- ---------------------------------------------------------------- operational tables: not derived, not exported

-- Sign-ins that the server keeps.
CREATE TABLE session (
    id       BLOB    NOT NULL PRIMARY KEY,
    officer  BLOB    NOT NULL,
    state    BLOB    NOT NULL,                               -- app::identity::token::Session as JSON, sealed under the office's key
    begun_at INTEGER NOT NULL,
    seen_at  INTEGER NOT NULL,
    expires  INTEGER NOT NULL,
    method   TEXT    NOT NULL
);
CREATE INDEX session_by_officer ON session (officer, begun_at);
CREATE INDEX session_by_expires ON session (expires);

-- The tokens by which a session is found: the present one, the one offered next, the one before.
CREATE TABLE session_token (
    hash    BLOB NOT NULL PRIMARY KEY,                       -- SHA-256 of the cookie's value
    session BLOB NOT NULL
);
CREATE INDEX session_token_by_session ON session_token (session);

-- Newest use of a credential: refuses a code a second time, and keeps the counter of a passkey.
CREATE TABLE credential_use (
    credential BLOB    NOT NULL PRIMARY KEY,
    mark       INTEGER NOT NULL,                             -- time step of the code, or moment of the passkey's use
    record     BLOB,                                         -- the passkey as its last use left it, sealed under the office's key
    used_at    INTEGER NOT NULL
);

-- Browsers in which an officer signed in completely: they have a guessing allowance of their own.
CREATE TABLE device (
    hash    BLOB    NOT NULL PRIMARY KEY,                    -- SHA-256 of the cookie's value
    officer BLOB    NOT NULL,
    expires INTEGER NOT NULL
);
CREATE INDEX device_by_expires ON device (expires);

-- Answers already given, so that a repeated request has no second effect.
CREATE TABLE idempotency (
    key      BLOB    NOT NULL PRIMARY KEY,                   -- SHA-256 over actor, key and route
    request  BLOB    NOT NULL,                               -- SHA-256 of the body, so that a key is not used for another
    number   INTEGER NOT NULL,                               -- entry that the first request made
    subject  BLOB,                                           -- what it made
    at       INTEGER NOT NULL
);
CREATE INDEX idempotency_by_at ON idempotency (at);

-- Work for later.
CREATE TABLE job (
    id        BLOB    NOT NULL PRIMARY KEY,
    kind      TEXT    NOT NULL,
    once      TEXT    UNIQUE,                                -- at most one job with this word waits
    payload   BLOB    NOT NULL,                              -- sealed under the office's key
    run_at    INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    claimed_until INTEGER,                                   -- another process takes it after this moment
    failed    TEXT                                           -- why the last attempt failed, without personal data
);
CREATE INDEX job_by_run_at ON job (run_at, id);

-- How far each consumer of the tail has come.
CREATE TABLE cursor (
    consumer TEXT    NOT NULL PRIMARY KEY,
    number   INTEGER NOT NULL                                -- first entry not yet seen
);
