internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
package import Ledger
package import Storage

/// Openings of sealed parts that are counted and in no entry yet.
///
/// A line is durable in `HOME/openings` before anything is shown. What has gathered for an hour, or
/// as many as an entry takes, is renamed to `HOME/openings.sending` and written to the log, each
/// once: its content names it, as an import is named.
package struct OpeningSpool: Sendable {
    private let path: String
    private let scope: Scope

    /// After so long an entry is written, in milliseconds.
    private static let waitMilliseconds: UInt64 = 3_600_000
    /// Most bytes that wait for an entry; who can write none opens no more then.
    package static let bytesMax = 256 << 10

    /// The spool of a home.
    ///
    /// - Throws: ``HomeError``.
    package init(_ home: Home) throws(HomeError) {
        path = home.path + "/openings"
        scope = try home.scope()
    }

    private var sending: String { path + ".sending" }

    /// Counts one opening; durable on return.
    ///
    /// - Throws: ``HomeError``, also if too many wait: nothing may be shown then.
    package func add(_ subject: SubjectID, at time: UInt64, by actor: String?) throws(HomeError) {
        let line = Array("\(subject) \(time) \(actor ?? "-")\n".utf8)
        try withFile(path) { descriptor, size throws(HomeError) in
            guard size + line.count <= Self.bytesMax else { throw .openingsWait(path) }
            let count = unsafe line.withUnsafeBytes { buffer in
                unsafe write(descriptor, buffer.baseAddress, buffer.count)
            }
            guard count == line.count, fdatasync(descriptor) == 0 else {
                throw .system("write", path)
            }
        }
    }

    /// Whether an entry is to be written by now.
    package func isDue(now: UInt64) -> Bool {
        if unsafe access(sending, F_OK) == 0 { return true }
        let lines = Self.lines(path)
        guard let first = lines.first else { return false }
        return lines.count >= OpeningRow.countMax
            || now >= first.time && now - first.time >= Self.waitMilliseconds
    }

    /// Items for what is to be written; none if nothing waits.
    ///
    /// ``clear()`` once they are written.
    ///
    /// - Throws: ``HomeError``, `CaseDraftError`.
    package func items() throws -> [AppendItem] {
        if unsafe access(sending, F_OK) != 0 {
            guard unsafe access(path, F_OK) == 0 else { return [] }
            try withFile(path) { _, _ throws(HomeError) in
                guard unsafe rename(path, sending) == 0 else {
                    throw .system("rename", path)
                }
            }
        }
        let bytes = FileManager.default.contents(atPath: sending).map(Array.init) ?? []
        let rows = OpeningRow.gathered(Self.lines(sending))
        return try stride(from: 0, to: rows.count, by: OpeningRow.countMax).map { first in
            var draft = CaseDraft(.recordOpenings)
            let part = rows[first..<min(first + OpeningRow.countMax, rows.count)]
            try draft.set(.openings, items: part.map(\.text))
            let content = try draft.compiled()
            return AppendItem(
                EntryDraft(
                    operation: CaseOperation.recordOpenings.name,
                    subject: .opened,
                    fields: content.fields,
                    parts: content.parts,
                    scope: scope
                ),
                reference: sha256(
                    Array("linli/openings/v1\0".utf8) + bigEndianBytes(UInt64(first)) + bytes
                )
            )
        }
    }

    /// Forgets what ``items()`` gave, which stands in the log now.
    package func clear() { unsafe unlink(sending) }

    /// Opens the file with its lock; one that was renamed meanwhile is opened anew.
    private func withFile(
        _ path: String,
        _ body: (_ descriptor: Int32, _ size: Int) throws(HomeError) -> Void
    ) throws(HomeError) {
        while true {
            let descriptor = unsafe open(
                path,
                O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                0o600
            )
            guard descriptor >= 0 else { throw .system("open", path) }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_EX) == 0 else { throw .system("lock", path) }
            var mine = stat()
            var named = stat()
            guard unsafe fstat(descriptor, &mine) == 0 else { throw .system("examine", path) }
            guard unsafe lstat(path, &named) == 0, mine.st_ino == named.st_ino else { continue }
            return try body(descriptor, Int(mine.st_size))
        }
    }

    /// Lines that are whole; of one that a crash cut off nothing was shown.
    private static func lines(
        _ path: String
    ) -> [(subject: SubjectID, time: UInt64, actor: String?)] {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3,
                let subject = unhex(String(words[0])).flatMap({ SubjectID($0) }),
                let time = UInt64(words[1])
            else { return nil }
            return (subject, time, words[2] == "-" ? nil : String(words[2]))
        }
    }
}

extension Keeper {
    /// Writes what was counted of openings, if it is due.
    ///
    /// - Returns: nil if it is not.
    /// - Throws: as ``append(_:signed:)``; what was counted stays then.
    package func recordOpenings() throws -> Released? {
        let spool = try OpeningSpool(home)
        guard spool.isDue(now: SystemSource.wallMilliseconds()) else { return nil }
        let items = try spool.items()
        defer { if items.isEmpty { spool.clear() } }
        guard !items.isEmpty else { return nil }
        let released = try append(items)
        spool.clear()
        return released
    }
}
