-- The requests of one officer, newest first.
CREATE INDEX request_by_opener ON request (opened_by, opened);
