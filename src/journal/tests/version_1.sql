-- A journal as schema version 1 leaves it. Never edited: see golden.rs.
BEGIN;
PRAGMA application_id = 1953658213;
PRAGMA user_version = 1;
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    tenant TEXT NOT NULL,
    body TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
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
CREATE TABLE contents (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    accounts BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES (1, '2026-11-22T03:00:00.000000000Z', 'example-msp', '{"event":"met","site":"https://api-na.myconnectwise.net","company":"examplemsp"}', X'b277c9d19f2b48c7c767a0e573029af05112f989ef5a559138145f50b0671cfd');
INSERT INTO events VALUES (2, '2026-11-22T03:00:00.000000000Z', 'example-msp', '{"event":"run_began","commit":"c1","plan":"sha256:p1"}', X'75f213002fba9150ba644adb3f7901cf00b5d483a5fd48f0d60b3d09e2c15696');
INSERT INTO events VALUES (3, '2026-11-22T03:00:00.000000000Z', 'example-msp', '{"event":"planned","commit":"c1","digest":"sha256:p1","summary":{"create":0,"held_monthly_delta":null,"hold":0,"keep":0,"monthly_delta":"43.5","notes":0,"problems":0,"update":9}}', X'58860e2ce701fc27d0499c9af38536fdf80c5e7534839bbafa1326ddb40ccb2d');
INSERT INTO events VALUES (4, '2026-11-22T03:00:10.000000000Z', 'example-msp', '{"event":"intended","run":2,"intent":{"agreement":418,"product":1,"company":"Northwind","product_identifier":"P-1","action":{"set":{"addition":9001,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}}', X'f287a154a07e27eea2f026f5b1f8a4a09d5bc469598614d5eb2b1d483db73994');
INSERT INTO events VALUES (5, '2026-11-22T03:00:11.000000000Z', 'example-msp', '{"event":"settled","intent":4,"outcome":"applied"}', X'7e9871071508be07be2dd63ff8190b4737c8432f9fb8c8644297850be3d9d8a1');
INSERT INTO events VALUES (6, '2026-11-22T03:00:10.000000000Z', 'example-msp', '{"event":"intended","run":2,"intent":{"agreement":418,"product":2,"company":"Northwind","product_identifier":"P-2","action":{"set":{"addition":9002,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}}', X'71ef8a05c517083560acdb28a9f38a060eb41a50209706410754e6fde53dbf66');
INSERT INTO events VALUES (7, '2026-11-22T03:00:11.000000000Z', 'example-msp', '{"event":"settled","intent":6,"outcome":"not_applied"}', X'8559b83bf34819312e88b4409cbdfd02c0e21b322e5a7d50a94672e2beb8a09b');
INSERT INTO events VALUES (8, '2026-11-22T03:00:10.000000000Z', 'example-msp', '{"event":"intended","run":2,"intent":{"agreement":418,"product":3,"company":"Northwind","product_identifier":"P-3","action":{"set":{"addition":9003,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}}', X'3077444205ee4481b2d4d0da40a59251e70aeb3723ab9813009f3a498096358b');
INSERT INTO events VALUES (9, '2026-11-22T03:00:11.000000000Z', 'example-msp', '{"event":"settled","intent":8,"outcome":{"not_sent":"send_by_passed"}}', X'd1c226cf96c9b1ede440dbbb33495d4170d8733d0c27986ccb3aaf1d9725d204');
INSERT INTO events VALUES (10, '2026-11-22T03:00:10.000000000Z', 'example-msp', '{"event":"intended","run":2,"intent":{"agreement":418,"product":4,"company":"Northwind","product_identifier":"P-4","action":{"set":{"addition":9004,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}}', X'86d90362e139fc75992b6a742b2be1a23eb77ba0df6798a5598203c526a802b7');
INSERT INTO events VALUES (11, '2026-11-22T03:00:11.000000000Z', 'example-msp', '{"event":"settled","intent":10,"outcome":{"refused":{"status":400,"message":"addition object is invalid"}}}', X'683e4257410e81b781ecb26db65cf0f9fe64dfbb5fdd703fc65515b0df3a864e');
INSERT INTO events VALUES (12, '2026-11-22T03:00:10.000000000Z', 'example-msp', '{"event":"intended","run":2,"intent":{"agreement":418,"product":5,"company":"Northwind","product_identifier":"P-5","action":{"set":{"addition":9005,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}}', X'8d1673439a634faf428b2af692bdba169db110595351a270adc83607abbfb7b7');
INSERT INTO events VALUES (13, '2026-11-22T03:00:11.000000000Z', 'example-msp', '{"event":"settled","intent":12,"outcome":{"drift":{"seen":null}}}', X'91fef48152597347d3b71c2256502434acc9fa6f4e88c0590f18efaadfaee65e');
INSERT INTO events VALUES (14, '2026-11-22T03:00:10.000000000Z', 'example-msp', '{"event":"intended","run":2,"intent":{"agreement":418,"product":6,"company":"Northwind","product_identifier":"P-6","action":{"set":{"addition":9006,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}}', X'11e3ffd47636b30e8d01ab2aeda4420c14eac81e4deab9b378ca728bff3e252b');
INSERT INTO events VALUES (15, '2026-11-22T03:00:11.000000000Z', 'example-msp', '{"event":"settled","intent":14,"outcome":"gone"}', X'7f45fa6addce3c523c99c6c66eefca97c43ccbe17d7055502b539bed15732a07');
INSERT INTO events VALUES (16, '2026-11-22T03:00:10.000000000Z', 'example-msp', '{"event":"intended","run":2,"intent":{"agreement":418,"product":7,"company":"Northwind","product_identifier":"P-7","action":{"set":{"addition":9007,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}}', X'7d9c9dd3de10f3f0343f5073680444a67289e1be47695f5105e37eb42cacc734');
INSERT INTO events VALUES (17, '2026-11-22T03:00:11.000000000Z', 'example-msp', '{"event":"settled","intent":16,"outcome":{"diverged":{"addition":9007,"seen":"7","fields":["quantity","unit_price"]}}}', X'70f080204513606f1a2592da7faf1a5f74ad54a1764f3ade721e9a4deb3b0c50');
INSERT INTO events VALUES (18, '2026-11-22T03:00:10.000000000Z', 'example-msp', '{"event":"intended","run":2,"intent":{"agreement":418,"product":8,"company":"Northwind","product_identifier":"P-8","action":{"create":{"quantity":"5","effective":"2026-12-01","known":[1,2]}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}}', X'0af757724911d23fa4f51853bbbc4641f79ef822f914e3fd26d8c5e0428c9b30');
INSERT INTO events VALUES (19, '2026-11-22T03:00:11.000000000Z', 'example-msp', '{"event":"settled","intent":18,"outcome":{"created":{"addition":70}}}', X'7663c37b3b911859cd5aca71b879042052b7215cfe204e65827b13b7e79db3a0');
INSERT INTO events VALUES (20, '2026-11-22T03:00:10.000000000Z', 'example-msp', '{"event":"intended","run":2,"intent":{"agreement":418,"product":9,"company":"Northwind","product_identifier":"P-9","action":{"create":{"quantity":"5","effective":"2026-12-01","known":[1,2]}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}}', X'7b0f6485626a0fd9eea89042ff75c500b2c6ba7b243429db21ea604d2c900555');
INSERT INTO events VALUES (21, '2026-11-22T03:00:11.000000000Z', 'example-msp', '{"event":"settled","intent":20,"outcome":{"ambiguous":{"additions":[71,72]}}}', X'93fc9f61984e35604d2517b27deb3a523310ac7f425d04edcc3ff0a615da8d72');
INSERT INTO events VALUES (22, '2026-11-22T03:00:20.000000000Z', 'example-msp', '{"event":"observed","agreement":418,"product":1,"addition":9001,"quantity":"9","as":"foreign"}', X'7db7d5fa60f031f9372382de6252aad1955416b6f56828e1bbb4fdf8f5f9024e');
INSERT INTO events VALUES (23, '2026-11-22T03:00:20.000000000Z', 'example-msp', '{"event":"observed","agreement":418,"product":20,"addition":9020,"quantity":"3","as":"in_step","commit":"c1","terms":"terms-1"}', X'3415c7ce00fab95fefa2b7ffa5778d4367356a0259e71998c1945d17d6c0711a');
INSERT INTO events VALUES (24, '2026-11-22T03:00:20.000000000Z', 'example-msp', '{"event":"observed","agreement":418,"product":21,"addition":9021,"quantity":"4","as":"adopted","against":"2","commit":"c1","terms":"terms-1"}', X'c79ec4155cb4f62e90407bbab5af7475873d03cdf1cb750c68194d88e1ac8131');
INSERT INTO events VALUES (25, '2026-11-22T03:00:30.000000000Z', 'example-msp', '{"event":"snapshot","source":"intronis","as_of":"2026-11-22T02:00:00Z","verdict":"good","digest":"6acd052bec165bb811df789c61c2d9e87e65d6b7e6d90f5bd31e685ddbaaf287"}', X'558b82813f92e17102c72d3447019cb0b2c3e20a348bc13e52e20495f77a52d5');
INSERT INTO events VALUES (26, '2026-11-22T03:00:40.000000000Z', 'example-msp', '{"event":"run_ended","run":2,"result":"partial"}', X'521e452aa9dd57cc466996c50e050be7ffce24a80a597422e37b5af006e61894');
INSERT INTO events VALUES (27, '2026-11-22T03:00:50.000000000Z', 'example-msp', '{"event":"run_began","commit":"c2","plan":"sha256:p2"}', X'dd62a60a42bce496eeb6400a8654d6e6345707a914dcf76e8aee7aadef370986');
INSERT INTO events VALUES (28, '2026-11-22T03:01:00.000000000Z', 'example-msp', '{"event":"intended","run":27,"intent":{"agreement":418,"product":40,"company":"Northwind","product_identifier":"P-40","action":{"set":{"addition":9040,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:01:00Z","settles_at":"2026-11-22T03:06:05Z"}}', X'58f740f7e329e9ed50fa70c1b40bd39ad878b5192b356dde666b09c1d63abfdc');
INSERT INTO events VALUES (29, '2026-11-22T03:01:30.000000000Z', 'example-msp', '{"event":"doubted","intent":28,"message":"timed out","settles_at":"2026-11-22T03:06:30Z"}', X'703284c962975b4fc2379b1a26d9c71aabf7571a8c07531ef9ecb93ea0b5e29a');
INSERT INTO head VALUES (1, 29, X'703284c962975b4fc2379b1a26d9c71aabf7571a8c07531ef9ecb93ea0b5e29a');
INSERT INTO tenants VALUES ('example-msp', 'https://api-na.myconnectwise.net', 'examplemsp', 'c2', '2026-11-22T03:00:00.000000000Z', 'c1', 'sha256:p1', '{"create":0,"held_monthly_delta":null,"hold":0,"keep":0,"monthly_delta":"43.5","notes":0,"problems":0,"update":9}');
INSERT INTO runs VALUES (2, 'example-msp', 'c1', 'sha256:p1', '2026-11-22T03:00:00.000000000Z', '2026-11-22T03:00:40.000000000Z', 'partial');
INSERT INTO runs VALUES (27, 'example-msp', 'c2', 'sha256:p2', '2026-11-22T03:00:50.000000000Z', NULL, NULL);
INSERT INTO intents VALUES (4, 'example-msp', 2, 418, 1, 'Northwind', 'P-1', '2026-11-22T03:00:10.000000000Z', '{"agreement":418,"product":1,"company":"Northwind","product_identifier":"P-1","action":{"set":{"addition":9001,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}', '2026-11-22T03:05:15.000000000Z', NULL, '"applied"', '2026-11-22T03:00:11.000000000Z');
INSERT INTO intents VALUES (6, 'example-msp', 2, 418, 2, 'Northwind', 'P-2', '2026-11-22T03:00:10.000000000Z', '{"agreement":418,"product":2,"company":"Northwind","product_identifier":"P-2","action":{"set":{"addition":9002,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}', '2026-11-22T03:05:15.000000000Z', NULL, '"not_applied"', '2026-11-22T03:00:11.000000000Z');
INSERT INTO intents VALUES (8, 'example-msp', 2, 418, 3, 'Northwind', 'P-3', '2026-11-22T03:00:10.000000000Z', '{"agreement":418,"product":3,"company":"Northwind","product_identifier":"P-3","action":{"set":{"addition":9003,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}', '2026-11-22T03:05:15.000000000Z', NULL, '{"not_sent":"send_by_passed"}', '2026-11-22T03:00:11.000000000Z');
INSERT INTO intents VALUES (10, 'example-msp', 2, 418, 4, 'Northwind', 'P-4', '2026-11-22T03:00:10.000000000Z', '{"agreement":418,"product":4,"company":"Northwind","product_identifier":"P-4","action":{"set":{"addition":9004,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}', '2026-11-22T03:05:15.000000000Z', NULL, '{"refused":{"status":400,"message":"addition object is invalid"}}', '2026-11-22T03:00:11.000000000Z');
INSERT INTO intents VALUES (12, 'example-msp', 2, 418, 5, 'Northwind', 'P-5', '2026-11-22T03:00:10.000000000Z', '{"agreement":418,"product":5,"company":"Northwind","product_identifier":"P-5","action":{"set":{"addition":9005,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}', '2026-11-22T03:05:15.000000000Z', NULL, '{"drift":{"seen":null}}', '2026-11-22T03:00:11.000000000Z');
INSERT INTO intents VALUES (14, 'example-msp', 2, 418, 6, 'Northwind', 'P-6', '2026-11-22T03:00:10.000000000Z', '{"agreement":418,"product":6,"company":"Northwind","product_identifier":"P-6","action":{"set":{"addition":9006,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}', '2026-11-22T03:05:15.000000000Z', NULL, '"gone"', '2026-11-22T03:00:11.000000000Z');
INSERT INTO intents VALUES (16, 'example-msp', 2, 418, 7, 'Northwind', 'P-7', '2026-11-22T03:00:10.000000000Z', '{"agreement":418,"product":7,"company":"Northwind","product_identifier":"P-7","action":{"set":{"addition":9007,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}', '2026-11-22T03:05:15.000000000Z', NULL, '{"diverged":{"addition":9007,"seen":"7","fields":["quantity","unit_price"]}}', '2026-11-22T03:00:11.000000000Z');
INSERT INTO intents VALUES (18, 'example-msp', 2, 418, 8, 'Northwind', 'P-8', '2026-11-22T03:00:10.000000000Z', '{"agreement":418,"product":8,"company":"Northwind","product_identifier":"P-8","action":{"create":{"quantity":"5","effective":"2026-12-01","known":[1,2]}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}', '2026-11-22T03:05:15.000000000Z', NULL, '{"created":{"addition":70}}', '2026-11-22T03:00:11.000000000Z');
INSERT INTO intents VALUES (20, 'example-msp', 2, 418, 9, 'Northwind', 'P-9', '2026-11-22T03:00:10.000000000Z', '{"agreement":418,"product":9,"company":"Northwind","product_identifier":"P-9","action":{"create":{"quantity":"5","effective":"2026-12-01","known":[1,2]}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:00:10Z","settles_at":"2026-11-22T03:05:15Z"}', '2026-11-22T03:05:15.000000000Z', NULL, '{"ambiguous":{"additions":[71,72]}}', '2026-11-22T03:00:11.000000000Z');
INSERT INTO intents VALUES (28, 'example-msp', 27, 418, 40, 'Northwind', 'P-40', '2026-11-22T03:01:00.000000000Z', '{"agreement":418,"product":40,"company":"Northwind","product_identifier":"P-40","action":{"set":{"addition":9040,"before":"1","after":"2","last_updated":"2026-11-22T02:59:00Z"}},"terms":"terms-1","attempt":1,"at":"2026-11-22T03:01:00Z","settles_at":"2026-11-22T03:06:05Z"}', '2026-11-22T03:06:30.000000000Z', 'timed out', NULL, NULL);
INSERT INTO lines VALUES ('example-msp', 418, 1, 9001, NULL, '2', '2026-11-22T03:00:11.000000000Z', 'c1', 'terms-1', '[["2026-11-22T03:00:11Z","1","2"]]', '["2026-11-22T03:00:20Z"]', '9', 0, NULL, NULL);
INSERT INTO lines VALUES ('example-msp', 418, 5, 9005, NULL, '1', '2026-11-22T03:00:11.000000000Z', 'c1', 'terms-1', NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO lines VALUES ('example-msp', 418, 6, 9006, NULL, '1', '2026-11-22T03:00:11.000000000Z', 'c1', 'terms-1', NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO lines VALUES ('example-msp', 418, 7, 9007, NULL, NULL, '2026-11-22T03:00:11.000000000Z', 'c1', 'terms-1', NULL, NULL, NULL, 1, NULL, NULL);
INSERT INTO lines VALUES ('example-msp', 418, 8, 70, 70, '0', '2026-11-22T03:00:11.000000000Z', 'c1', 'terms-1', NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO lines VALUES ('example-msp', 418, 9, 71, 71, '0', '2026-11-22T03:00:11.000000000Z', 'c1', 'terms-1', NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO lines VALUES ('example-msp', 418, 20, 9020, NULL, '3', '2026-11-22T03:00:20.000000000Z', 'c1', 'terms-1', NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO lines VALUES ('example-msp', 418, 21, 9021, NULL, '4', '2026-11-22T03:00:20.000000000Z', 'c1', 'terms-1', NULL, NULL, NULL, 0, '4', '2');
INSERT INTO snapshots VALUES ('example-msp', 'intronis', '2026-11-22T02:00:00.000000000Z', 'good', X'6acd052bec165bb811df789c61c2d9e87e65d6b7e6d90f5bd31e685ddbaaf287');
INSERT INTO contents VALUES (X'6acd052bec165bb811df789c61c2d9e87e65d6b7e6d90f5bd31e685ddbaaf287', X'000b61636d655f64656e74616c81808080640703706f7400');
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN
    SELECT raise(ABORT, 'events are never changed');
END;
CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events BEGIN
    SELECT raise(ABORT, 'events are never removed');
END;
CREATE INDEX runs_by_tenant ON runs (tenant, id);
CREATE UNIQUE INDEX one_open_intent_a_line ON intents (tenant, agreement, product) WHERE outcome IS NULL;
CREATE INDEX intents_by_time ON intents (tenant, at);
CREATE INDEX intents_by_run ON intents (run);
COMMIT;
