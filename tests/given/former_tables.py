"""The tables and indexes of the given database of version 0.2.0, as SQLite made them."""

VERSION_0_2_0 = """
CREATE TABLE mail_subscriptions ( id VARCHAR(32) NOT NULL, sealed TEXT NOT NULL, sealed_by VARCHAR(8) NOT NULL, mailbox VARCHAR(64) NOT NULL, subject VARCHAR(64) NOT NULL, stop VARCHAR(64) NOT NULL, token VARCHAR(64), token_until DATE, every VARCHAR(6) NOT NULL, dated BOOLEAN NOT NULL, linked_on DATE NOT NULL, links INTEGER NOT NULL, began_on DATE, confirmed_on DATE, next_on DATE, turn INTEGER NOT NULL, PRIMARY KEY (id), UNIQUE (subject), UNIQUE (stop), UNIQUE (token) );
CREATE INDEX ix_mail_subscriptions_mailbox ON mail_subscriptions (mailbox);
CREATE INDEX ix_mail_subscriptions_next_on ON mail_subscriptions (next_on);
CREATE TABLE mail_seen ( subscription VARCHAR(32) NOT NULL, item VARCHAR(24) NOT NULL, seen_on DATE NOT NULL, PRIMARY KEY (subscription, item), FOREIGN KEY(subscription) REFERENCES mail_subscriptions (id) ON DELETE CASCADE );
CREATE TABLE mail_outbox ( id VARCHAR(32) NOT NULL, kind VARCHAR(12) NOT NULL, "of" VARCHAR(32), sealed TEXT NOT NULL, sealed_by VARCHAR(8) NOT NULL, made_at FLOAT NOT NULL, state VARCHAR(8) NOT NULL, claim VARCHAR(32), claimed_at FLOAT, tries INTEGER NOT NULL, "after" FLOAT NOT NULL, code INTEGER, PRIMARY KEY (id) );
CREATE INDEX ix_mail_outbox_of ON mail_outbox ("of");
CREATE INDEX ix_mail_outbox_state ON mail_outbox (state);
CREATE TABLE mail_writings ( id VARCHAR(32) NOT NULL, sealed TEXT NOT NULL, sealed_by VARCHAR(8) NOT NULL, sender VARCHAR(64) NOT NULL, token VARCHAR(64), token_until DATE, page VARCHAR(64) NOT NULL, round VARCHAR(64), asked_on DATE NOT NULL, confirmed_on DATE, remind_on DATE, kept_until DATE NOT NULL, held VARCHAR(64), PRIMARY KEY (id), UNIQUE (token), UNIQUE (page) );
CREATE INDEX ix_mail_writings_sender ON mail_writings (sender);
CREATE INDEX ix_mail_writings_remind_on ON mail_writings (remind_on);
CREATE INDEX ix_mail_writings_kept_until ON mail_writings (kept_until);
CREATE TABLE mail_recipients ( writing VARCHAR(32) NOT NULL, structure VARCHAR(80) NOT NULL, stop VARCHAR(64) NOT NULL, letter VARCHAR(32), state VARCHAR(8) NOT NULL, code INTEGER, PRIMARY KEY (writing, structure), UNIQUE (stop), FOREIGN KEY(writing) REFERENCES mail_writings (id) ON DELETE CASCADE );
CREATE INDEX ix_mail_recipients_letter ON mail_recipients (letter);
CREATE TABLE mail_stopped ( mailbox VARCHAR(64) NOT NULL, stopped_on DATE NOT NULL, why VARCHAR(8) NOT NULL, PRIMARY KEY (mailbox) );
CREATE TABLE mail_reporters ( request INTEGER NOT NULL, sealed TEXT NOT NULL, sealed_by VARCHAR(8) NOT NULL, until DATE NOT NULL, PRIMARY KEY (request) );
CREATE INDEX ix_mail_reporters_until ON mail_reporters (until);
CREATE INDEX ix_mail_writings_held ON mail_writings (held);
CREATE TABLE rounds ( "key" VARCHAR(64) NOT NULL, opened_on DATE NOT NULL, closes_on DATE NOT NULL, kept_until DATE NOT NULL, question TEXT NOT NULL, line INTEGER NOT NULL, organisation TEXT NOT NULL, tells_amount BOOLEAN NOT NULL, seed TEXT NOT NULL, withdrawn INTEGER NOT NULL, gone BOOLEAN NOT NULL, PRIMARY KEY ("key") );
CREATE INDEX ix_rounds_kept_until ON rounds (kept_until);
CREATE TABLE invited ( round VARCHAR(64) NOT NULL, structure VARCHAR(80) NOT NULL, rank INTEGER NOT NULL, name TEXT NOT NULL, kinds TEXT NOT NULL, commune TEXT, website TEXT, sirets TEXT NOT NULL, token VARCHAR(64) NOT NULL, PRIMARY KEY (round, structure), UNIQUE (token), FOREIGN KEY(round) REFERENCES rounds ("key") );
CREATE TABLE answers ( round VARCHAR(64) NOT NULL, structure VARCHAR(80) NOT NULL, can VARCHAR(4) NOT NULL, given_on DATE NOT NULL, "by" VARCHAR(12) NOT NULL, volume FLOAT, start DATE, together VARCHAR(12), article VARCHAR(20), why VARCHAR(8), PRIMARY KEY (round, structure), FOREIGN KEY(round) REFERENCES rounds ("key") );
CREATE TABLE requests ( number INTEGER NOT NULL, "key" VARCHAR(64) NOT NULL, kind VARCHAR(12) NOT NULL, state VARCHAR(12) NOT NULL, supplier VARCHAR(80) NOT NULL, siret VARCHAR(14) NOT NULL, finess VARCHAR(9), name TEXT NOT NULL, content TEXT NOT NULL, "by" VARCHAR(12) NOT NULL, received_on DATE NOT NULL, decided_on DATE, ends_on DATE, reason TEXT NOT NULL, PRIMARY KEY (number), UNIQUE ("key") );
CREATE INDEX ix_requests_state ON requests (state);
CREATE INDEX ix_requests_siret ON requests (siret);
CREATE TABLE invitations ( "key" VARCHAR(64) NOT NULL, siret VARCHAR(14) NOT NULL, network TEXT NOT NULL, issued_on DATE NOT NULL, expires_on DATE NOT NULL, used_on DATE, PRIMARY KEY ("key") );
CREATE TABLE shelf ( what VARCHAR(8) NOT NULL, "key" VARCHAR(64) NOT NULL, kept_until DATE NOT NULL, sha256 VARCHAR(64), content BLOB, PRIMARY KEY (what, "key") );
CREATE INDEX ix_shelf_kept_until ON shelf (kept_until);
CREATE TABLE members ( request INTEGER NOT NULL, line INTEGER NOT NULL, siret VARCHAR(14) NOT NULL, finess VARCHAR(9), supplier VARCHAR(80) NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (request, line), FOREIGN KEY(request) REFERENCES requests (number) );
CREATE INDEX ix_members_siret ON members (siret);
CREATE TABLE quotas ( who VARCHAR(64) NOT NULL, what VARCHAR(12) NOT NULL, day DATE NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (who, what, day) );
CREATE INDEX ix_quotas_day ON quotas (day);
"""
