-- Format 1. Written once, when a store is founded.

-- Everything that happened, one row each, in order. Rows are only ever added.
CREATE TABLE change (
    seq    INTEGER PRIMARY KEY CHECK (seq > 0),  -- 1, 2, 3, … without gaps
    at     TEXT NOT NULL,  -- when it was taken in: RFC 3339, UTC, microseconds
    author TEXT NOT NULL,  -- who answers for it; behind char(31) the address they asked from, where it is known
    kind   TEXT NOT NULL,  -- which sort of change
    key    TEXT NOT NULL,  -- identity, within the kind, of what it concerns
    body   TEXT NOT NULL,  -- its content, JSON
    hash   BLOB NOT NULL   -- SHA-256 over the hash before and all columns above
) STRICT;

CREATE TRIGGER change_is_never_updated BEFORE UPDATE ON change
BEGIN SELECT RAISE(ABORT, 'a change is never updated: what is wrong is corrected by a further change'); END;

CREATE TRIGGER change_is_never_deleted BEFORE DELETE ON change
BEGIN SELECT RAISE(ABORT, 'a change is never deleted: what is wrong is corrected by a further change'); END;

-- For people: what was last said of each thing. (SQLite takes the other columns from the row that has the maximum.)
CREATE VIEW latest AS
SELECT max(seq) AS seq, at, author, kind, key, body FROM change GROUP BY kind, key;

CREATE VIEW household AS
SELECT key AS code, body ->> 'lon' AS lon, body ->> 'lat' AS lat, body ->> 'address' AS address,
       coalesce(body ->> 'status', 'occupied') AS status, body ->> 'persons' AS persons, seq
FROM latest WHERE kind = 'household';

CREATE VIEW visit AS
SELECT key AS id, body ->> 'household' AS household, body ->> 'campaign' AS campaign, body ->> 'at' AS at,
       body ->> 'outcome' AS outcome,
       substr(author, 1, instr(author || char(31), char(31)) - 1) AS author, body ->> 'note' AS note, seq
FROM latest WHERE kind = 'visit';
