package import Crypto
internal import Encoding
internal import Foundation
package import Ledger
internal import Replication
package import Storage
package import TransparencyLog

/// What goes into a bundle beside the heads of all logs.
package struct BundleSelection: Sendable {
    /// Logs whose entries go in.
    package var logs: Set<Digest>
    /// What the reader holds already, by log; from there on entries go in.
    package var held: [Digest: LogPosition] = [:]

    /// The entries of these logs from their first.
    package init(logs: Set<Digest>) { self.logs = logs }
}

/// What was written.
package struct WrittenBundle: Hashable, Sendable {
    /// Entries in it.
    package internal(set) var entries: UInt64 = 0
    /// Logs of which it has entries.
    package internal(set) var logs = 0
    /// Bytes of the file.
    package internal(set) var bytes: UInt64 = 0
    /// Logs of which entries are held and no checkpoint, so that they can not be handed on.
    package internal(set) var unvouched: [Digest] = []
    /// Logs of which the reader says to hold another history than this home.
    package internal(set) var otherHistories: [Digest] = []
    /// Proofs of forks in it.
    package internal(set) var evidence = 0
}

/// Writes a bundle: beside its place first, so that it is whole or not there; for its owner only,
/// since parts may name people.
///
/// - Parameters:
///   - store: holds the logs.
///   - selection: what goes in.
///   - ownCheckpoint: for the store's own log, signed just now; nil leaves that log out.
///   - path: does not exist.
///   - progress: is told how many entries are written, of how many.
/// - Throws: ``BundleFileError``, and what `store` throws.
/// - Returns: what was written.
/// - Source: `Protocol/bundle.md`.
package func writeBundle(
    _ store: Store,
    _ selection: BundleSelection,
    ownCheckpoint: SignedCheckpoint?,
    to path: String,
    progress: (UInt64, UInt64) -> Void = { _, _ in }
) throws -> WrittenBundle {
    guard !FileManager.default.fileExists(atPath: path) else { throw BundleFileError.exists(path) }
    let partial = "\(path).partial-\(getpid())"
    do {
        let file = try BundleSink(partial)
        var job = BundleWriting(store, selection, ownCheckpoint, file)
        let written = try job.run(progress)
        try file.finish()
        guard unsafe rename(partial, path) == 0 else {
            throw BundleFileError.system(action: "make", path: path, number: errno)
        }
        return written
    } catch {
        unsafe unlink(partial)
        throw error
    }
}

private struct BundleWriting {
    private let store: Store
    private let selection: BundleSelection
    private let file: BundleSink
    private var assembler = BundleAssembler()
    private var written = WrittenBundle()
    private var heads: [Head] = []
    private let ownCheckpoint: SignedCheckpoint?

    init(
        _ store: Store,
        _ selection: BundleSelection,
        _ ownCheckpoint: SignedCheckpoint?,
        _ file: BundleSink
    ) {
        self.store = store
        self.selection = selection
        self.ownCheckpoint = ownCheckpoint
        self.file = file
    }

    mutating func run(_ progress: (UInt64, UInt64) -> Void) throws -> WrittenBundle {
        guard let identity = store.identity else { throw StoreError.damaged("it has no identity") }
        heads = try store.roster.members.compactMap { try head($0.log) }
        try append(
            .header(
                BundleHeader(
                    ledger: identity.ledger,
                    log: identity.log,
                    time: SystemSource.wallMilliseconds(),
                    frontier: store.frontier
                )
            )
        )
        try writeHeads()
        let starts = try heads.filter { selection.logs.contains($0.log) && !$0.note.isEmpty }
            .map { (head: $0, first: try first($0)) }
        let total = starts.reduce(0) { $0 + ($1.head.size - $1.first) }
        for (head, first) in starts where first < head.size {
            try write(head, from: first) { progress($0, total) }
        }
        for evidence in try store.shownEvidence(limit: Limits.heads) {
            written.evidence += 1
            try append(.evidence(evidence))
        }
        try file.write(assembler.finish())
        written.bytes = file.count
        return written
    }

    /// The head of a log as far as its newest checkpoint vouches for it.
    private mutating func head(_ log: Digest) throws -> Head? {
        guard let state = store.log(log), state.size > 0 else { return nil }
        if let ownCheckpoint, ownCheckpoint.logKey.hash == log {
            let claim = ownCheckpoint.checkpoint
            let note = ownCheckpoint.note.bytes
            return Head(log: log, size: claim.size, root: claim.root, note: note)
        }
        guard let key = store.roster.member(log: log)?.keys.log, !state.note.isEmpty,
            let signed = try? SignedCheckpoint.verify(state.note, logKey: key),
            signed.checkpoint.size > 0, signed.checkpoint.size <= state.size,
            state.note.count <= Limits.noteBytes
        else {
            written.unvouched.append(log)
            return nil
        }
        let claim = signed.checkpoint
        return Head(log: log, size: claim.size, root: claim.root, note: state.note)
    }

    private mutating func writeHeads() throws {
        var rest = heads.prefix(Limits.heads)
        repeat {
            var bytes = 64
            let count = rest.prefix { head in
                bytes += 96 + head.note.count
                return bytes <= Limits.frameBytes
            }.count
            let part = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            try append(.heads(part, isLast: rest.isEmpty))
        } while !rest.isEmpty
    }

    /// The first entry that the reader does not hold; 0 if it holds another history, so that it
    /// gets to see the proof of that.
    private mutating func first(_ head: Head) throws -> UInt64 {
        guard let held = selection.held[head.log], held.size > 0 else { return 0 }
        // Held beyond this home: there is nothing to hand on.
        guard held.size <= head.size else { return head.size }
        guard try store.root(of: head.log, size: held.size) == held.root else {
            written.otherHistories.append(head.log)
            return 0
        }
        return held.size
    }

    private mutating func write(
        _ head: Head,
        from first: UInt64,
        _ progress: (UInt64) -> Void
    ) throws {
        guard let range = try store.tree(of: head.log, size: first) else {
            throw StoreError.unknownLog(head.log)
        }
        try append(.start(BundleStart(log: head.log, range: range)))
        written.logs += 1
        let width = UInt64(Limits.packageEntries)
        var next = first
        while next < head.size {
            let end = min(head.size, next - next % width + width)
            let entries = try store.entries(
                of: head.log,
                next..<end,
                byteMax: Limits.packageBytes
            )
            guard !entries.isEmpty else { throw StoreError.unknownLog(head.log) }
            let reached = next + UInt64(entries.count)
            let proof =
                reached == head.size
                ? [] : try store.consistency(of: head.log, from: reached, to: head.size)
            try append(
                .package(Package(log: head.log, first: next, entries: entries, proof: proof))
            )
            next = reached
            written.entries += UInt64(entries.count)
            progress(written.entries)
        }
    }

    private mutating func append(_ frame: BundleFrame) throws {
        try file.write(assembler.append(frame))
    }
}
