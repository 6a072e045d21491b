-- The entry by which what was known of an officer was erased. The row stays, so that the journal's actors have one.
ALTER TABLE officer ADD COLUMN erased INTEGER;
