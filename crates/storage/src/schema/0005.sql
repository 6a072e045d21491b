-- What one officer did, newest first: their own trail.
CREATE INDEX entry_by_actor ON entry (actor, number) WHERE actor IS NOT NULL;
-- What changed a person's file, without the looks at it: on a file that is opened each day a history would otherwise be looked for among thousands of looks.
CREATE INDEX entry_change_of_person ON entry (subject, number) WHERE subject_kind = 'person' AND kind NOT IN ('person.read', 'person.readers_read');
