internal import Audit
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import Replication
internal import TransparencyLog

extension HomeVerifier {
    /// The home's identity; nil, with a finding, where it can not be read.
    func readIdentity(_ home: Database) throws -> Store.Identity? {
        var values: [String: Digest] = [:]
        var isWhole = true
        var invitation: String?
        try home.scan("SELECT name, value FROM home ORDER BY name") { row in
            let name = row.text(0)
            if name == Store.invitationName {
                invitation = String(decoding: row.blob(1), as: UTF8.self)
            } else if name == Store.scopesName {
                if Store.scopes(String(decoding: row.blob(1), as: UTF8.self)) == nil {
                    add(.identity, "home: the scopes can not be read")
                }
            } else if let value = Bytes32(row.blob(1)) {
                values[name] = value
            } else {
                isWhole = false
                add(.identity, "home: a value has \(row.blob(1).count) bytes, want 32")
            }
            return true
        }
        let names = ["ledger", "log", "founder", "enrolment"]
        for name in values.keys.sorted() where !names.contains(name) {
            add(.identity, "home: there is a row that this program does not know")
        }
        if values.isEmpty, isWhole, rows.isEmpty {
            try checkAbsence(home)
            return nil
        }
        for name in names where values[name] == nil { add(.identity, "home: \(name) is missing") }
        guard let ledger = values["ledger"], let log = values["log"],
            let founder = values["founder"], let enrolment = values["enrolment"]
        else { return nil }
        let identity = Store.Identity(
            ledger: ledger,
            log: log,
            founder: founder,
            enrolment: enrolment
        )
        if let invitation { checkInvitation(invitation, identity) }
        return identity
    }

    /// Checks that a home without identity and logs never had any.
    ///
    /// - Throws: ``NothingHeld`` if so: there is nothing to verify, which is no good verdict.
    private func checkAbsence(_ home: Database) throws {
        let tables = try home.rows(
            "SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name"
        ) { $0.text(0) }
        for table in tables where Self.filledOnceJoined.contains(table) {
            let count = try home.first("SELECT count(*) FROM main.\(table)") { $0.integer(0) } ?? 0
            guard count > 0 else { continue }
            add(.orphan, "home: it belongs to no ledger, and table \(table) has \(count) rows")
        }
        if let path = job.fencePath, let own = job.ownLog, Self.exists(path) {
            try checkFence(path, own, held: 0) { _ in nil }
        }
        if report.errorCount == 0 { throw NothingHeld() }
    }

    /// Tables that only a home that belongs to a ledger has rows in.
    private static let filledOnceJoined: Set = [
        "log", "entry", "part", "part_absent", "presence", "tile", "subject", "subject_entry",
        "roster_entry", "forged",
        "branch", "evidence", "refused", "heard", "imported", "case_view", "stale", "view_bucket",
    ]

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Checks that the invitation by which the home joined is whole and for this identity; its
    /// founding entry counts while the founder's log is not held.
    private func checkInvitation(_ text: String, _ identity: Store.Identity) {
        guard let invitation = try? Invitation(armored: text), invitation.armored == text,
            Store.Identity(invitation) == identity
        else { return add(.identity, "home: the invitation is not the one it joined by") }
        invited = invitation.founding
    }

    /// Holds the table of logs against the entries.
    func checkClaims(_ identity: Store.Identity, _ roster: Roster) {
        for index in report.logs.indices {
            let log = report.logs[index].log
            guard let row = rows[report.logs[index].row], let auditor = auditors[row.number]
            else { continue }
            report.logs[index].vouchedSize = auditor.check(
                row.claim,
                key: roster.grants(log: log).first?.keys.log,
                isOwn: row.id == identity.log,
                findings: &report.list
            )
            if row.claim.checked < row.claim.size { report.isProvisional = true }
        }
    }

    /// Checks that the identity is that of the entries, as far as they are held.
    func checkIdentity(_ identity: Store.Identity, _ scratch: Store) throws {
        func first(_ log: Digest) throws -> PlacedEntry? {
            guard let entry = try scratch.entries(of: log, 0..<1).first,
                entry.leaf.count == Entry.leafCount,
                let header = try? Header(decoding: entry.header)
            else { return nil }
            let hash = entry.hash(scratch.hasher)
            return PlacedEntry(
                entry,
                header: header,
                hash: hash,
                place: Place(log: log, sequence: 0)
            )
        }
        if let own = job.ownLog, own != identity.log {
            add(.identity, "home: log is \(identity.log.short), the log key's is \(own.short)")
        }
        // A node that has just joined holds its own log before any other.
        for log in report.logs.map(\.log) {
            guard let entry = try first(log) else { continue }
            if log == identity.founder, entry.hash != identity.ledger {
                let text = "home: ledger is \(identity.ledger.short), the founding entry's hash"
                add(.identity, "\(text) is \(entry.hash.short)")
            }
            if log != identity.founder, entry.hash == identity.ledger {
                let text = "home: founder is \(identity.founder.short), the founding entry's log"
                add(.identity, "\(text) is \(log.short)")
            }
        }
        if scratch.log(identity.founder) == nil {
            let text = "home: the founder's log \(identity.founder.short) is not held"
            add(.identity, text, gravity: .note)
        }
        guard scratch.log(identity.log) != nil, let opening = try first(identity.log) else {
            if !rows.isEmpty, job.ownLog == nil {
                let text = "home: nothing is held of the own log \(identity.log.short)"
                add(.identity, text, gravity: .note)
            }
            return
        }
        let named = opening.header.ledger == .zero ? opening.hash : enrolment(of: opening, scratch)
        guard let named, named != identity.enrolment else { return }
        let text = "home: enrolment is \(identity.enrolment.short), the own log names"
        add(.identity, "\(text) \(named.short)")
    }

    private func enrolment(of opening: PlacedEntry, _ scratch: Store) -> Digest? {
        guard
            case .open(let enrolment)? = RosterOperation(opening, ledger: scratch.roster.ledger)
        else { return nil }
        return enrolment
    }

    /// Checks that the database is not behind what the own log's key has signed.
    func checkFence(_ identity: Store.Identity, _ scratch: Store) throws {
        guard let path = job.fencePath else { return }
        let log = identity.log
        try checkFence(path, log, held: scratch.log(log)?.size ?? 0) { size in
            try scratch.root(of: log, size: size)
        }
    }

    private func checkFence(
        _ path: String,
        _ log: Digest,
        held size: UInt64,
        root: (UInt64) throws -> Digest?
    ) throws {
        let mark: Fence.Mark
        do {
            guard let held = try Fence(reading: path, log: log).mark else {
                guard size > 1 else { return }
                return add(.fence, "fence: it is empty, and the log was signed", log: log)
            }
            mark = held
        } catch {
            add(.fence, error.description, log: log)
            return
        }
        guard mark.size <= size else {
            let text = "fence: the log was signed up to size \(mark.size), held are \(size)"
            return add(.fence, text, log: log)
        }
        guard mark.size > 0 else { return }
        let root = try root(mark.size)
        guard root == mark.root else {
            let text =
                "fence: root \(mark.root.short) was signed at size \(mark.size), entries give"
            return add(.fence, "\(text) \(root?.short ?? "none")", log: log)
        }
    }

    /// Checks that each pair of checkpoints is signed and contradicts itself, and that the
    /// histories of a log that are held part where an entry says.
    func checkEvidence(_ home: Database, _ roster: Roster) throws {
        for log in roster.forks.keys.sorted() {
            guard let fork = roster.forks[log] else { continue }
            report.forkedLogs.insert(log)
            let text = "its key signed several histories: entries from \(fork.size) on"
            add(.evidence, "\(text) have no effect of their own", log: log, gravity: .note)
        }
        for row in rows.values.sorted(by: { $0.number < $1.number }) {
            guard let branch = row.branch, branch.base < roster.forks[branch.log]?.size ?? .max
            else { continue }
            let text = "a further history is held from \(branch.base) on, and no entry shows it"
            add(.evidence, text, log: branch.log)
        }
        try home.scan("SELECT number, log, left_note, right_note, shown FROM evidence") { row in
            let text = "evidence \(row.integer(0))"
            guard let log = Bytes32(row.blob(1)),
                let key = roster.grants(log: log).first?.keys.log
            else {
                add(.evidence, "\(text) is about a log that no grant names")
                return true
            }
            do {
                let left = try SignedCheckpoint.verify(row.blob(2), logKey: key).checkpoint
                let right = try SignedCheckpoint.verify(row.blob(3), logKey: key).checkpoint
                if left.size == right.size, left.root == right.root {
                    add(.evidence, "\(text) holds one checkpoint twice", log: log)
                } else {
                    let sizes = "\(left.size) and \(right.size) entries"
                    let claim = "\(text): its key signed two histories, of \(sizes)"
                    report.forkedLogs.insert(log)
                    if roster.forks[log] == nil { report.openForks.insert(log) }
                    add(.evidence, claim, log: log, gravity: .note)
                }
                if !shows(row.blob(4), log, key, [row.blob(2), row.blob(3)]) {
                    add(.evidence, "\(text) does not show what it is kept for", log: log)
                }
            } catch { add(.evidence, "\(text): \(error)", log: log) }
            return true
        }
    }

    /// Whether a frame is none, or proves that these very notes can not be joined.
    private func shows(
        _ frame: [UInt8],
        _ log: Digest,
        _ key: PublicKey,
        _ notes: [[UInt8]]
    ) -> Bool {
        if frame.isEmpty { return true }
        guard case .evidence(let evidence)? = try? BundleFrame(decoding: frame) else {
            return false
        }
        return evidence.log == log && [evidence.left.note, evidence.right.note] == notes
            && evidence.proven(logKey: key) != nil
    }

    /// Checks that what imports remember is about subjects that are held.
    func checkImported(_ home: Database) throws {
        try home.scan(
            """
            SELECT hex(substr(i.reference, 1, 4)) FROM imported i
            WHERE length(i.reference) <> 32
                OR NOT EXISTS (SELECT 1 FROM rebuilt.subject s WHERE s.id = i.subject)
            """
        ) { row in
            add(.imported, "imported: reference \(row.text(0)) names a subject that is not held")
            return true
        }
    }
}

/// The home never belonged to a ledger, so there is no history to judge.
private struct NothingHeld: Error, CustomStringConvertible {
    var description: String { "the home belongs to no ledger yet: there is nothing to verify" }
}
