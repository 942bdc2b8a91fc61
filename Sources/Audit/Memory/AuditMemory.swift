package import Crypto
internal import Encoding
internal import TransparencyLog

/// What an auditor keeps between two visits: of each log the largest checkpoint that it saw.
///
/// - Source: `Protocol/audit.md` section 2.
package struct AuditMemory: Hashable, Sendable {
    /// One log.
    package struct Row: Hashable, Sendable {
        /// The largest checkpoint seen.
        package let seen: SeenCheckpoint
        /// When it was first seen, milliseconds since 1970 by the auditor's clock.
        package let at: UInt64

        /// Takes both.
        package init(_ seen: SeenCheckpoint, at: UInt64) {
            self.seen = seen
            self.at = at
        }
    }

    /// Most logs of a file.
    package static let logsMax = 8_192
    /// Most bytes of a file.
    package static let bytesMax = 4 << 20

    /// The founding entry.
    package let ledger: Digest
    /// Rising by the log's key.
    package private(set) var rows: [Row]

    /// Takes the rows in any order, one for each log.
    package init(ledger: Digest, rows: [Row] = []) {
        self.ledger = ledger
        self.rows = rows.sorted { $0.seen.logKey.bytes < $1.seen.logKey.bytes }
    }

    /// What is remembered of a log.
    package subscript(log: Digest) -> Row? { rows.first { $0.seen.log == log } }

    /// The text, as it stands in a file.
    package var text: String {
        let lines = rows.map { "log=\(hex($0.seen.logKey.bytes.bytes)) \($0.seen.words) \($0.at)" }
        return (["format=linli/audit/v1", "ledger=\(ledger)"] + lines).joined(separator: "\n")
            + "\n"
    }

    /// Reads a text in its only form, and checks each signature.
    ///
    /// - Throws: ``AuditFileError``.
    package init(text: String) throws(AuditFileError) {
        guard text.utf8.count <= Self.bytesMax else { throw AuditFileError("the file is too long") }
        var lines = try AuditLines(text)
        guard try lines.value("format") == "linli/audit/v1" else {
            throw AuditFileError("the file is no audit state of version 1")
        }
        ledger = try lines.digest("ledger")
        var rows: [Row] = []
        while !lines.isAtEnd {
            let words = try lines.words("log")
            guard words.count == 5, rows.count < Self.logsMax, let at = UInt64(words[4]) else {
                throw AuditFileError("a log has another form, or there are too many")
            }
            let key = try AuditLines.key(words[0])
            rows.append(Row(try SeenCheckpoint(logKey: key, words: Array(words[1...3])), at: at))
        }
        guard
            zip(rows, rows.dropFirst()).allSatisfy({
                $0.seen.logKey.bytes < $1.seen.logKey.bytes
            })
        else { throw AuditFileError("the logs do not rise") }
        self.rows = rows
        guard Array(self.text.utf8) == Array(text.utf8) else {
            throw AuditFileError("the file is not in its only form")
        }
    }

    /// Takes a checkpoint that is consistent with what is remembered; a smaller one changes nothing.
    ///
    /// - Returns: whether there is room for it.
    package mutating func remember(_ seen: SeenCheckpoint, at time: UInt64) -> Bool {
        if let index = rows.firstIndex(where: { $0.seen.log == seen.log }) {
            if rows[index].seen.checkpoint.size < seen.checkpoint.size {
                rows[index] = Row(seen, at: time)
            }
            return true
        }
        guard rows.count < Self.logsMax else { return false }
        self = AuditMemory(ledger: ledger, rows: rows + [Row(seen, at: time)])
        return true
    }
}
