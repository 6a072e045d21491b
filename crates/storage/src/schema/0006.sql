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
