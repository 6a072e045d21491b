-- What the database has seen of the keyring, so that an old copy of the keyring, which would bring erased people back, is refused.
ALTER TABLE tree_head ADD COLUMN keyring_revision INTEGER NOT NULL DEFAULT 0;
