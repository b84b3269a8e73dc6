-- Times are milliseconds since 1970. Bodies are gzipped JSON.
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE requests (
    certname    TEXT PRIMARY KEY,
    pem         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE certificates (
    serial      BIGINT PRIMARY KEY,
    certname    TEXT NOT NULL,
    pem         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    not_before  BIGINT NOT NULL,
    not_after   BIGINT NOT NULL,
    signed_at   BIGINT NOT NULL,
    revoked_at  BIGINT,
    cleaned_at  BIGINT
);
CREATE INDEX certificates_by_certname ON certificates (certname, serial);

CREATE TABLE audit (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
);

-- Facts and catalogs are kept by content: what did not change is not written again.
CREATE TABLE contents (
    digest TEXT PRIMARY KEY,
    body   BYTEA NOT NULL
);

CREATE TABLE nodes (
    certname       TEXT PRIMARY KEY,
    environment    TEXT,
    facts_digest   TEXT,
    facts_at       BIGINT,
    catalog_digest TEXT,
    catalog_at     BIGINT,
    report_id      TEXT,
    report_at      BIGINT,
    report_status  TEXT,
    deactivated_at BIGINT
);

CREATE TABLE exported (
    certname  TEXT NOT NULL,
    position  BIGINT NOT NULL,
    type_name TEXT NOT NULL,
    title     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (certname, position)
);
CREATE INDEX exported_by_type ON exported (type_name, certname, position);

CREATE TABLE reports (
    id          TEXT PRIMARY KEY,
    certname    TEXT NOT NULL,
    environment TEXT NOT NULL,
    status      TEXT NOT NULL,
    noop        BIGINT NOT NULL,
    version     TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    changed     BIGINT NOT NULL,
    failed      BIGINT NOT NULL,
    total       BIGINT NOT NULL,
    body        BYTEA NOT NULL
);
CREATE INDEX reports_by_certname ON reports (certname, received_at);
CREATE INDEX reports_by_time ON reports (received_at);
