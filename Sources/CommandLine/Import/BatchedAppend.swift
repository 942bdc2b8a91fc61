internal import Cases
internal import Crypto
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

/// Writes what a file holds into a home's log, some entries a transaction, and shows how far it is.
final class BatchedAppend {
    /// An entry with where it came from.
    struct Item {
        /// What to write.
        let item: AppendItem
        /// The line of the file.
        let line: Int
        /// Whether it changes what was recorded before.
        var isUpdate = false
    }

    /// Entries written that open something.
    private(set) var taken = 0
    /// Entries written that change something.
    private(set) var updated = 0
    /// Entries that this home remembers.
    private(set) var known = 0

    private let writer: HomeWriter
    private let author: SigningKey?
    private let output: Output
    private let start = SystemSource.monotonicMilliseconds()
    private var shownAt: UInt64 = 0

    /// Most entries a transaction, so that a daemon takes them in one frame.
    static let sizeMax = 500

    /// Opens the way into the home's log.
    ///
    /// - Throws: `HomeError`, `StoreError`.
    init(_ home: Home, author: SigningKey?, output: Output) throws {
        writer = try HomeWriter(home)
        self.author = author
        self.output = output
    }

    /// Writes entries, each part of them in one transaction.
    ///
    /// - Parameters:
    ///   - items: what to write, in order.
    ///   - refuse: takes a line that can not be written, with the reason; if it throws, nothing
    ///     more is written. Without it the first refusal ends the run.
    /// - Throws: `AppendError`, `RemoteError`, `SQLiteError`.
    func write(
        _ items: [Item],
        refuse: ((Int, String) throws -> Void)? = nil
    ) throws {
        var done = 0
        while done < items.count {
            let end = min(done + Self.sizeMax, items.count)
            try write(items[done..<end], refuse)
            done = end
            showProgress(done, of: items.count)
        }
    }

    private func write(_ items: ArraySlice<Item>, _ refuse: ((Int, String) throws -> Void)?) throws
    {
        guard let first = items.first else { return }
        do {
            let receipt = try writer.append(items.map(\.item), as: author)
            for (outcome, item) in zip(receipt.outcomes, items) {
                switch outcome {
                case .known: known += 1
                case .written: if item.isUpdate { updated += 1 } else { taken += 1 }
                }
            }
        } catch {
            guard let refuse, let reason = Self.refusal(error) else { throw error }
            guard items.count > 1 else { return try refuse(first.line, reason) }
            let middle = items.startIndex + items.count / 2
            try write(items[..<middle], refuse)
            try write(items[middle...], refuse)
        }
    }

    /// Why one entry can not be written; nil if the error is about none.
    private static func refusal(_ error: any Error) -> String? {
        switch error {
        case let error as RemoteError: return error.index == nil ? nil : error.message
        case let error as AppendError:
            switch error {
            case .notJoined, .notEnrolled, .moved: return nil
            case .unknownSubject, .refused, .noAuthority, .draft, .tooManyHeads, .notSigned:
                return CommandError(explaining: error).message
            }
        default: return nil
        }
    }

    private func showProgress(_ done: Int, of all: Int) {
        let elapsed = SystemSource.monotonicMilliseconds() - start
        guard done == all || elapsed >= shownAt + 200 else { return }
        shownAt = elapsed
        let rate = UInt64(done) * 1000 / max(elapsed, 1)
        output.progress(
            output.text("\(done)/\(all) 条, 每秒 \(rate) 条", "\(done) of \(all), \(rate)/s"),
            isLast: done == all
        )
    }
}

extension Store {
    /// Whether the author of a home's entries may open a subject in a place; the append says what
    /// else is missing.
    func mayWrite(_ operation: CaseOperation, in place: Scope, author: SigningKey?) -> Bool {
        guard let own = identity?.log, let grant = roster.member(log: own) else { return true }
        let verdict = roster.verdict(
            author: author?.publicKey.hash ?? grant.keys.service.hash,
            log: own,
            sequence: log(own)?.size ?? 0,
            right: operation.right,
            scopes: [place]
        )
        return verdict != .outsideScope
    }
}
