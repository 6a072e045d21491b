-- Requests may also ask that an officer be let in again. A CHECK cannot be changed in place on both engines: the table is made anew.
CREATE TABLE request_anew (
    id          BLOB    NOT NULL PRIMARY KEY,
    matter      TEXT    NOT NULL CHECK (matter IN ('roles', 'recover', 'erase')),
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
INSERT INTO request_anew (id, matter, target, state, opened, opened_by, expires, answered, answered_by)
    SELECT id, matter, target, state, opened, opened_by, expires, answered, answered_by FROM request ORDER BY opened;
DROP TABLE request;
ALTER TABLE request_anew RENAME TO request;
CREATE INDEX request_by_state ON request (state, opened);
CREATE INDEX request_by_opener ON request (opened_by, opened);
-- Rises with each change of a sign-in, so that what a process remembers of it never replaces something newer.
ALTER TABLE session ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- Ceremonies of passkeys that were finished: an answer is accepted once. A row stays for a day, far longer than a ceremony may take, so that
-- a clock that is set back opens none again.
CREATE TABLE ceremony_over (
    hash    BLOB    NOT NULL PRIMARY KEY,                    -- SHA-256 of what was sealed between the two requests, the challenge in it
    over_at INTEGER NOT NULL
);
CREATE INDEX ceremony_over_by_time ON ceremony_over (over_at);

-- Guesses at an account: one row for each officer, and 256 rows that all names nobody has share, so that time and size tell nothing of names.
CREATE TABLE guess (
    account BLOB    NOT NULL PRIMARY KEY,
    owed    INTEGER NOT NULL,                                -- until when the bucket of unknown browsers is not empty
    tries   INTEGER NOT NULL                                 -- since the newest complete sign-in
);

-- When the journal was last told of the same danger to the same officer or credential: it is told once a day, so that guessing fills nothing.
CREATE TABLE alarm (
    what  TEXT    NOT NULL,
    whom  BLOB    NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (what, whom)
) WITHOUT ROWID;
-- The column mark of credential_use holds the time step of a code; of a passkey it says nothing any more, its counter is in its record.
