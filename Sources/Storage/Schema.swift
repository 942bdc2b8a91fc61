/// The tables of a home's database, and how an older one becomes the current one.
///
/// An entry's position is one integer, its log's number above its sequence, so that the largest
/// table needs no index beside its row ids and a log is one range of it.
enum Schema {
    /// Version of a database that this program writes.
    static let version: Int64 = 2

    /// Bits of a position below the log's number.
    static let sequenceBits: Int64 = 40

    /// Bits of a part's row id below its entry's position.
    static let partBits: Int64 = 4

    /// Makes an empty database current; frozen once released, later versions add steps.
    static let create = """
        CREATE TABLE home (
            name TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- One row for each log of which something is held.
        CREATE TABLE log (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            size INTEGER NOT NULL,
            root BLOB NOT NULL,
            peaks BLOB NOT NULL,
            checkpoint BLOB NOT NULL,
            checked INTEGER NOT NULL
        ) STRICT;

        -- Further histories of a log whose key signed several. Each has a row among the logs under
        -- a key of its own and, from `base` on, entries at positions of its own.
        CREATE TABLE branch (
            number INTEGER PRIMARY KEY,
            log BLOB NOT NULL,
            parent BLOB NOT NULL,
            base INTEGER NOT NULL,
            root BLOB NOT NULL,
            leaf BLOB NOT NULL
        ) STRICT;

        CREATE TABLE entry (
            position INTEGER PRIMARY KEY,
            header BLOB NOT NULL,
            leaf BLOB NOT NULL
        ) STRICT;

        CREATE TABLE part (
            position INTEGER PRIMARY KEY,
            salt BLOB NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT;

        -- Parts that a header names and whose bytes are not in the table above, by the same row ids.
        CREATE TABLE part_absent (
            position INTEGER PRIMARY KEY,
            -- 1 outside of the node's scopes, 2 missing, 3 redacted: never stored again.
            state INTEGER NOT NULL CHECK (state IN (1, 2, 3))
        ) STRICT;
        CREATE INDEX part_missing ON part_absent (position) WHERE state = 2;

        -- Roots of complete subtrees of 256, 65,536 ... leaves, 256 of them a row.
        CREATE TABLE tile (
            log INTEGER NOT NULL,
            level INTEGER NOT NULL,
            number INTEGER NOT NULL,
            hashes BLOB NOT NULL,
            PRIMARY KEY (log, level, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE subject (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE subject_entry (
            subject INTEGER NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (subject, position)
        ) STRICT, WITHOUT ROWID;

        -- Subjects that one entry is about together: what is held of one decides whether an entry
        -- about the other still waits for something.
        CREATE TABLE shared_entry (
            subject INTEGER NOT NULL,
            other INTEGER NOT NULL,
            PRIMARY KEY (subject, other)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE roster_entry (
            position INTEGER PRIMARY KEY,
            -- Whether the author's signature was checked and is good.
            is_signed INTEGER NOT NULL CHECK (is_signed IN (0, 1))
        ) STRICT;

        -- Entries whose author's signature was checked and is bad.
        CREATE TABLE forged (position INTEGER PRIMARY KEY) STRICT;

        -- Pairs of checkpoints that no tree can join.
        CREATE TABLE evidence (
            number INTEGER PRIMARY KEY,
            log BLOB NOT NULL,
            left_note BLOB NOT NULL,
            right_note BLOB NOT NULL,
            -- Frame of a bundle that shows it to others; empty if it takes both trees to see it.
            shown BLOB NOT NULL DEFAULT x'',
            found_at INTEGER NOT NULL,
            UNIQUE (log, left_note, right_note)
        ) STRICT;

        -- What was refused, by whom it was sent and why.
        CREATE TABLE refused (
            number INTEGER PRIMARY KEY,
            peer BLOB NOT NULL,
            reason TEXT NOT NULL,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            UNIQUE (peer, reason)
        ) STRICT;

        -- When each node was last heard of, by this node's clock: a session with it, or new entries.
        CREATE TABLE heard (
            log BLOB PRIMARY KEY,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The newest presence of each node, as it came, and when by this node's clock.
        CREATE TABLE presence (
            log BLOB PRIMARY KEY,
            statement BLOB NOT NULL,
            signature BLOB NOT NULL,
            received_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The newest cosigned checkpoints of each log that has witnesses: the newest that a quorum
        -- cosigned, and a newer one that they are asked for.
        CREATE TABLE cosigned (
            log BLOB NOT NULL,
            size INTEGER NOT NULL,
            claim BLOB NOT NULL,
            PRIMARY KEY (log, size)
        ) STRICT, WITHOUT ROWID;

        -- The largest checkpoint of each log that this node cosigned as a witness.
        CREATE TABLE witnessing (
            log BLOB PRIMARY KEY,
            size INTEGER NOT NULL,
            root BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- HMAC of each external id that this home imported, so that an id can be erased and yet
        -- does not come back.
        CREATE TABLE imported (
            reference BLOB PRIMARY KEY,
            subject BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The view: what folding the entries gives. It can be thrown away and folded again.
        CREATE TABLE case_view (
            subject INTEGER PRIMARY KEY,
            number TEXT NOT NULL,
            stage TEXT NOT NULL,
            scope TEXT NOT NULL,
            holder TEXT NOT NULL,
            category TEXT,
            summary TEXT,
            place TEXT,
            address TEXT,
            code_table TEXT,
            reported_at INTEGER NOT NULL,
            due_at INTEGER,
            closed_at INTEGER,
            updated_at INTEGER NOT NULL,
            was_overdue INTEGER NOT NULL,
            offered_to TEXT,
            answer_by INTEGER,
            disputed_from INTEGER,
            conflicts INTEGER NOT NULL,
            flags TEXT NOT NULL,
            external TEXT,
            grid TEXT,
            alert BLOB,
            asked_at INTEGER,
            assistants TEXT NOT NULL,
            absent_parts INTEGER NOT NULL,
            digest BLOB NOT NULL
        ) STRICT;
        CREATE INDEX case_by_number ON case_view (number);
        CREATE INDEX case_by_scope ON case_view (scope, reported_at);
        CREATE INDEX case_by_stage ON case_view (stage, reported_at);
        CREATE INDEX case_by_time ON case_view (reported_at);
        CREATE INDEX case_by_due ON case_view (due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX case_by_conflict ON case_view (conflicts) WHERE conflicts > 0;
        CREATE INDEX case_by_external ON case_view (external) WHERE external IS NOT NULL;
        CREATE INDEX case_by_offer ON case_view (offered_to) WHERE offered_to IS NOT NULL;
        CREATE INDEX case_by_address ON case_view (address) WHERE address IS NOT NULL;
        CREATE INDEX case_by_alert ON case_view (alert) WHERE alert IS NOT NULL;
        CREATE INDEX case_by_asking ON case_view (asked_at) WHERE asked_at IS NOT NULL;

        -- The view of every subject that is no case: councils, alerts, places, policies ...
        CREATE TABLE record_view (
            subject INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            form TEXT NOT NULL,
            number TEXT NOT NULL,
            stage TEXT NOT NULL,
            scope TEXT NOT NULL,
            title TEXT,
            code TEXT,
            parent TEXT,
            variety TEXT,
            valid_from INTEGER,
            code_table TEXT,
            opened_at INTEGER NOT NULL,
            due_at INTEGER,
            updated_at INTEGER NOT NULL,
            conflicts INTEGER NOT NULL,
            absent_parts INTEGER NOT NULL,
            digest BLOB NOT NULL
        ) STRICT;
        CREATE INDEX record_by_scope ON record_view (kind, scope, opened_at);
        CREATE INDEX record_by_code ON record_view (code, form) WHERE code IS NOT NULL;
        CREATE INDEX record_by_number ON record_view (number);
        CREATE INDEX record_by_form ON record_view (form, scope);

        -- Redactions that count, by the entries that ask for them: 0 parts are hidden, 1 they may be
        -- deleted, 2 they were, 3 nothing of them is left in the files.
        CREATE TABLE redaction (
            subject INTEGER NOT NULL,
            entry BLOB NOT NULL,
            state INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3)),
            PRIMARY KEY (subject, entry)
        ) STRICT, WITHOUT ROWID;

        -- Subjects whose view is older than their entries.
        CREATE TABLE stale (subject INTEGER PRIMARY KEY) STRICT;

        -- Digests over the view, by the first twelve bits of the subject; none where it changed.
        CREATE TABLE view_bucket (bucket INTEGER PRIMARY KEY, digest BLOB NOT NULL) STRICT;
        """
}
