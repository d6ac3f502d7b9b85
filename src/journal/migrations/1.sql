-- What happened, in order. Each row's hash covers the row and the hash before it (chain.rs).
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    tenant TEXT NOT NULL,
    body TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN
    SELECT raise(ABORT, 'events are never changed');
END;
CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events BEGIN
    SELECT raise(ABORT, 'events are never removed');
END;

-- The end of the chain, so that a lost tail shows.
CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- From here on: projections, a function of the events alone but for the content of snapshots, of which events hold
-- the digest. Times are RFC 3339 in UTC with nine decimals, so that text order is time order. Decimals are text.
CREATE TABLE tenants (
    name TEXT PRIMARY KEY,
    site TEXT,
    company TEXT,
    last_applied_commit TEXT,
    planned_at TEXT,
    planned_commit TEXT,
    planned_digest TEXT,
    planned_summary TEXT,
    UNIQUE (site, company)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL REFERENCES tenants (name),
    "commit" TEXT NOT NULL,
    plan TEXT NOT NULL,
    began_at TEXT NOT NULL,
    ended_at TEXT,
    result TEXT
) STRICT;
CREATE INDEX runs_by_tenant ON runs (tenant, id);

CREATE TABLE intents (
    id INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL REFERENCES tenants (name),
    run INTEGER NOT NULL REFERENCES runs (id),
    agreement INTEGER NOT NULL,
    product INTEGER NOT NULL,
    company TEXT NOT NULL,
    product_identifier TEXT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL,
    settles_at TEXT NOT NULL,
    doubt TEXT,
    outcome TEXT,
    settled_at TEXT
) STRICT;
-- At most one write in flight on a line.
CREATE UNIQUE INDEX one_open_intent_a_line ON intents (tenant, agreement, product) WHERE outcome IS NULL;
CREATE INDEX intents_by_time ON intents (tenant, at);
CREATE INDEX intents_by_run ON intents (run);

CREATE TABLE lines (
    tenant TEXT NOT NULL REFERENCES tenants (name),
    agreement INTEGER NOT NULL,
    product INTEGER NOT NULL,
    addition INTEGER,
    created INTEGER,
    last_written TEXT,
    written_at TEXT NOT NULL,
    "commit" TEXT NOT NULL,
    terms TEXT NOT NULL,
    recent_writes TEXT,
    foreign_changes TEXT,
    foreign_seen TEXT,
    diverged INTEGER NOT NULL CHECK (diverged IN (0, 1)),
    adopted_quantity TEXT,
    adopted_against TEXT,
    PRIMARY KEY (tenant, agreement, product)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    tenant TEXT NOT NULL REFERENCES tenants (name),
    source TEXT NOT NULL,
    as_of TEXT NOT NULL,
    verdict TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (tenant, source, as_of)
) STRICT, WITHOUT ROWID;

-- The accounts of the kept snapshots, by digest; two snapshots that say the same share it.
CREATE TABLE contents (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    accounts BLOB NOT NULL
) STRICT, WITHOUT ROWID;
