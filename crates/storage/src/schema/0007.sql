-- Somebody whose access was stopped and given back before they ever came counted as active. They are invited; `officer.restored` says so from now on.
UPDATE officer SET state = 'invited' WHERE state = 'active' AND erased IS NULL
    AND NOT EXISTS (SELECT 1 FROM credential WHERE credential.officer = officer.id)
    AND EXISTS (SELECT 1 FROM entry WHERE entry.subject_kind = 'officer' AND entry.subject = officer.id AND entry.kind = 'officer.restored');
