package import Cases
internal import Crypto
internal import Encoding
internal import Foundation
package import Ledger

/// Where the words of each subject stand, in a database beside the home's.
///
/// It holds what the entries in effect say and nothing that is not in them. It is brought up to
/// date when somebody searches, can be thrown away at any time, and has to be thrown away when a
/// part is erased: FTS5 keeps the words of deleted rows until it merges them.
///
/// - Source: SQLite, "FTS5 Extension".
package final class SearchIndex {
    private let database: Database
    /// Where a scratch index is, to be removed with it.
    private let folder: ScratchFolder?

    private static let version: Int64 = 1
    /// Subjects that are indexed in one transaction.
    private static let indexedInOne = 500
    /// Most subjects that a search finds.
    package static let foundMax = 5_000

    private static let schema = """
        CREATE TABLE bucket (number INTEGER PRIMARY KEY, digest BLOB NOT NULL) STRICT;
        CREATE TABLE subject (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            digest BLOB NOT NULL
        ) STRICT;
        CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = "unicode61 remove_diacritics 0");
        """

    /// Where the index of a home's database is.
    package static func path(beside databasePath: String) -> String {
        URL(filePath: databasePath).deletingLastPathComponent().appending(path: "search.db").path
    }

    /// Opens the index of a home's database, or makes an empty one.
    ///
    /// Where nothing can be written it is made in `scratch`, for this value only. One of another
    /// version, or that can not be read, is replaced.
    ///
    /// - Throws: ``SQLiteError``, ``ScratchFolderError``.
    package init(beside databasePath: String, scratch: String) throws {
        let path = Self.path(beside: databasePath)
        if FileManager.default.isWritableFile(
            atPath: URL(filePath: path).deletingLastPathComponent().path
        ) {
            folder = nil
            do {
                database = try Self.open(path)
            } catch let error as SQLiteError where error.isCorrupt {
                Self.remove(beside: databasePath)
                database = try Self.open(path)
            }
        } else {
            let folder = try ScratchFolder(in: scratch, for: .search)
            self.folder = folder
            database = try Self.open(folder.path + "/search.db")
        }
    }

    /// Removes the index of a home's database, with every word in it.
    ///
    /// Its bytes are overwritten first, so that what was redacted does not stand in free blocks of
    /// the disk; whoever searches at that moment finds it damaged and makes it anew.
    package static func remove(beside databasePath: String) {
        for suffix in ["", "-wal", "-shm"] {
            let file = path(beside: databasePath) + suffix
            overwrite(file)
            try? FileManager.default.removeItem(atPath: file)
        }
    }

    private static func overwrite(_ file: String) {
        guard let handle = try? FileHandle(forWritingTo: URL(filePath: file)) else { return }
        defer { try? handle.close() }
        guard var left = try? handle.seekToEnd(), (try? handle.seek(toOffset: 0)) != nil else {
            return
        }
        while left > 0 {
            let count = min(left, 1 << 20)
            guard (try? handle.write(contentsOf: Data(count: Int(count)))) != nil else { return }
            left -= count
        }
        try? handle.synchronize()
    }

    private static func open(_ path: String) throws -> Database {
        let database = try Database.open(path, .readWrite)
        // It can be made again, so it need not survive a power cut.
        try database.execute("PRAGMA synchronous = OFF")
        let found = try database.first("PRAGMA user_version") { $0.integer(0) } ?? 0
        guard found != version else { return database }
        try database.transaction {
            if found != 0 {
                try database.execute(
                    "DROP TABLE IF EXISTS bucket; DROP TABLE IF EXISTS subject;"
                        + " DROP TABLE IF EXISTS words"
                )
            }
            try database.execute(schema)
            try database.execute("PRAGMA user_version = \(version)")
        }
        return database
    }

    /// Takes up what changed in the view since it was last brought up to date.
    ///
    /// - Parameters:
    ///   - store: of the home.
    ///   - progress: told now and then how many of the buckets that changed are done.
    /// - Throws: ``StoreError``, ``SQLiteError``; what was taken up by then stays.
    package func update(from store: Store, progress: (Int, Int) -> Void = { _, _ in }) throws {
        let digests = try store.viewBuckets()
        var known: [Int64: Digest] = [:]
        try database.scan("SELECT number, digest FROM bucket") { row in
            known[row.integer(0)] = try row.digest(1)
            return true
        }
        let changed = digests.indices.filter { known[Int64($0)] != digests[$0] }
        for (done, bucket) in changed.enumerated() {
            try update(bucket: Int64(bucket), digest: digests[bucket], from: store)
            if done.isMultiple(of: 64) { progress(done, changed.count) }
        }
    }

    private func update(bucket: Int64, digest: Digest, from store: Store) throws {
        let wanted = try store.viewed(bucket: bucket)
        var held: [SubjectID: Digest] = [:]
        let range = Store.idRange(ofBucket: bucket)
        try database.scan("SELECT id, digest FROM subject WHERE id BETWEEN ? AND ?", range) { row in
            if let id = SubjectID(row.blob(0)) { held[id] = try row.digest(1) }
            return true
        }
        let gone = held.keys.filter { id in !wanted.contains { $0.id == id } }.sorted()
        let stale = wanted.filter { held[$0.id] != $0.digest }
        for start in stride(from: 0, to: max(1, stale.count), by: Self.indexedInOne) {
            let part = stale[start..<min(start + Self.indexedInOne, stale.count)]
            try database.transaction {
                if start == 0 { for id in gone { try forget(id) } }
                for (id, digest) in part {
                    let texts = try store.folded(id).texts
                    try forget(id)
                    try database.run(
                        "INSERT INTO subject (id, digest) VALUES (?, ?)",
                        [.blob(id.bytes), .digest(digest)]
                    )
                    try database.run(
                        "INSERT INTO words (rowid, text) VALUES (?, ?)",
                        [
                            .integer(database.lastInsertedRow),
                            // A word that no query has stands between texts, so that no phrase goes across.
                            .text(
                                texts.map { SearchText.words($0.text) }.joined(
                                    separator: " \u{E000} "
                                )
                            ),
                        ]
                    )
                }
                if start + Self.indexedInOne >= stale.count {
                    try database.run(
                        "INSERT OR REPLACE INTO bucket (number, digest) VALUES (?, ?)",
                        [.integer(bucket), .digest(digest)]
                    )
                }
            }
        }
    }

    private func forget(_ id: SubjectID) throws {
        let number = try database.first(
            "SELECT number FROM subject WHERE id = ?",
            [.blob(id.bytes)]
        ) {
            $0.integer(0)
        }
        guard let number else { return }
        try database.run("DELETE FROM words WHERE rowid = ?", [.integer(number)])
        try database.run("DELETE FROM subject WHERE number = ?", [.integer(number)])
    }

    /// Subjects that have every word of a query, the most fitting first, at most ``foundMax``.
    ///
    /// - Throws: ``SearchQueryError`` for a query without a letter or digit; ``SQLiteError``.
    package func subjects(matching query: String) throws -> [SubjectID] {
        guard let expression = SearchText.expression(query) else { throw SearchQueryError() }
        return try database.rows(
            """
            SELECT s.id FROM words JOIN subject s ON s.number = words.rowid
            WHERE words MATCH ? ORDER BY rank, s.id LIMIT ?
            """,
            [.text(expression), .integer(Int64(Self.foundMax))]
        ) { row in
            guard let id = SubjectID(row.blob(0)) else {
                throw StoreError.damaged("an id in the search index is not of 16 bytes")
            }
            return id
        }
    }
}

/// A query has nothing to search for.
package struct SearchQueryError: Error, CustomStringConvertible {
    package var description: String { "the query has no letter or digit" }
}

/// A text that somebody wrote about a subject.
package struct WrittenText: Hashable, Sendable {
    /// Number of the field; 0 for the subject's number.
    package let field: UInt64
    /// As it was written.
    package let text: String

    /// The text around the first word of a query that it has; nil if it has none.
    ///
    /// - Parameters:
    ///   - query: as it was searched for.
    ///   - width: most characters before and behind the word.
    /// - Returns: the text, with an ellipsis where it is cut.
    package func excerpt(_ query: String, width: Int) -> String? {
        for term in SearchText.terms(query) {
            guard
                let range = text.range(
                    of: term,
                    options: [.caseInsensitive, .widthInsensitive]
                )
            else { continue }
            let start =
                text.index(range.lowerBound, offsetBy: -width, limitedBy: text.startIndex)
                ?? text.startIndex
            let end =
                text.index(range.upperBound, offsetBy: width, limitedBy: text.endIndex)
                ?? text.endIndex
            return (start > text.startIndex ? "…" : "") + text[start..<end]
                + (end < text.endIndex ? "…" : "")
        }
        return nil
    }
}

extension FoldedSubject {
    /// What the entries in effect say in words, in display order, each text once; the number first.
    package var texts: [WrittenText] {
        var texts = view.map { [WrittenText(field: 0, text: $0.number)] } ?? []
        var seen: Set<WrittenText> = []
        for judged in history where judged.verdict.isInEffect {
            for value in judged.values {
                guard let type = value.spec?.type, let held = value.value else { continue }
                for text in Self.texts(held, of: type) {
                    let written = WrittenText(field: value.id, text: text)
                    if seen.insert(written).inserted { texts.append(written) }
                }
            }
        }
        return texts
    }

    private static func texts(_ value: CBORValue, of type: FieldType) -> [String] {
        switch (type, value) {
        case (.text, .text(let text)), (.identifier, .text(let text)): [text]
        case (.texts, .array(let items)), (.identifiers, .array(let items)):
            items.compactMap { item in
                guard case .text(let text) = item else { return nil }
                return text
            }
        default: []
        }
    }
}
