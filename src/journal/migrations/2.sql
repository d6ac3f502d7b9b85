-- Tenants whose writes an operator suspended. Not an event: it is written while another process holds the journal, and
-- says nothing about what was billed.
CREATE TABLE suspensions (
    tenant TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How the last pass of the daemon ended, one row a tenant. Not an event: it is replaced by the next one.
CREATE TABLE passes (
    tenant TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
