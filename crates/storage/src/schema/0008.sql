-- Inspections at the counter and at posts. What was found and decided stands sealed in the entries; nothing of it stands here.
CREATE TABLE inspection (
    id          BLOB    NOT NULL PRIMARY KEY,
    person      BLOB    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('arrival', 'visit', 'departure')),
    stage       TEXT    NOT NULL,                            -- domain::inspection::state::Stage
    holder      BLOB,                                        -- officer who has taken the person
    presented   INTEGER,                                     -- since when the person is here: their place in every queue
    first_entry INTEGER NOT NULL UNIQUE,
    last_entry  INTEGER NOT NULL UNIQUE                      -- what an officer must have seen to act
);
CREATE INDEX inspection_by_stage ON inspection (stage, presented, id);
CREATE INDEX inspection_by_person ON inspection (person, first_entry);

-- The entries of an inspection, in order.
CREATE TABLE inspection_entry (
    inspection BLOB    NOT NULL,
    entry      INTEGER NOT NULL,
    PRIMARY KEY (inspection, entry)
);

-- Stays of persons, each by the inspection that began it.
CREATE TABLE presence (
    stay       BLOB    NOT NULL PRIMARY KEY,
    person     BLOB    NOT NULL,
    first_day  TEXT    NOT NULL,                             -- YYYY-MM-DD
    last_day   TEXT,                                         -- NULL: without end
    goes_on    INTEGER NOT NULL CHECK (goes_on IN (0, 1)),
    last_entry INTEGER NOT NULL UNIQUE,
    CHECK (last_day IS NULL OR last_day >= first_day)
);
CREATE INDEX presence_by_person ON presence (person, stay);

-- Numbers of receipts. A row stays after an erasure: it names nobody, and no number is given twice.
CREATE TABLE receipt (
    year       INTEGER NOT NULL,
    running    INTEGER NOT NULL CHECK (running >= 1),
    inspection BLOB    NOT NULL,
    entry      INTEGER NOT NULL UNIQUE,                      -- entry that gave the number
    PRIMARY KEY (year, running)
) WITHOUT ROWID;
CREATE INDEX receipt_by_inspection ON receipt (inspection, entry);
