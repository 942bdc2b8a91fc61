package import Crypto
internal import Foundation
internal import Ledger
package import Replication

/// Where the frames of a bundle go: the running daemon of a home, or this process as its writer.
package enum BundleTaker {
    /// Over the home's socket.
    case daemon(ControlClient)
    /// A daemon of this process that neither listens nor dials.
    case direct(NodeDaemon)

    /// Gives frames and waits until what was taken is durable.
    ///
    /// - Throws: ``RemoteError``.
    func take(_ request: BundleRequest) async throws(RemoteError) -> [OfferOutcome] {
        switch self {
        case .direct(let daemon): return await daemon.take(request)
        case .daemon(let client):
            guard case .offered(let outcomes) = try ControlReply.ask(client, .bundle(request))
            else { throw RemoteError(code: 2, message: "the daemon answered another question") }
            return outcomes
        }
    }
}

/// What came of reading a bundle.
package struct ReadBundle: Hashable, Sendable {
    /// What the bundle says it is; nil if it says nothing.
    package internal(set) var header: BundleHeader?
    /// Entries that were not held before.
    package internal(set) var taken: UInt64 = 0
    /// Entries in the bundle's packages, as far as it could be read.
    package internal(set) var entries: UInt64 = 0
    /// Whether the bundle is whole: its end is there and says what came before it.
    package internal(set) var isWhole = false
    /// At which byte it is cut off or can not be followed any more.
    package internal(set) var brokenAt: UInt64?
    /// Frames that are not of their form or place.
    package internal(set) var badFrames: [String] = []
    /// Logs that the roster does not name.
    package internal(set) var unnamed: Set<Digest> = []
    /// Logs whose packages start beyond what is held, with how many entries are held.
    package internal(set) var gaps: [Digest: UInt64] = [:]
    /// Logs whose entries stand in another history than what is held.
    package internal(set) var forked: Set<Digest> = []
    /// Logs whose entries do not hold, with the first reason for each.
    package internal(set) var refused: [Digest: String] = [:]
    /// Proofs of forks that hold.
    package internal(set) var evidence = 0
    /// Why the disk did not take entries.
    package internal(set) var failure: String?

    /// Whether every log came through as the bundle has it.
    package var isGood: Bool {
        isWhole && badFrames.isEmpty && unnamed.isEmpty && gaps.isEmpty && forked.isEmpty
            && refused.isEmpty && failure == nil
    }
}

/// Reads a bundle into a home, package by package.
package struct BundleReading {
    private let source: BundleSource
    private let ledger: Digest
    private let taker: BundleTaker
    private let progress: (UInt64, UInt64) -> Void

    private var result = ReadBundle()
    private var reader = BundleReader()
    private var offers: [PackageOffer] = []
    /// Logs that the roster did not name when their turn came.
    private var unnamed: Set<Digest> = []
    /// Evidence that did not hold, perhaps because its log was not named yet.
    private var unproven: [BundleEvidence] = []
    /// Logs that are done with for this reading.
    private var passed: Set<Digest> = []

    /// Most bytes of packages that are handed over at once.
    private static let offeredBytes = 6 << 20
    /// Most pieces of evidence that are looked at twice.
    private static let unprovenMax = 1_024
    /// Most bad frames that are told.
    private static let badFramesMax = 100

    /// Reads for the home of `ledger`.
    package init(
        _ source: BundleSource,
        ledger: Digest,
        into taker: BundleTaker,
        progress: @escaping (UInt64, UInt64) -> Void = { _, _ in }
    ) {
        self.source = source
        self.ledger = ledger
        self.taker = taker
        self.progress = progress
    }

    /// Reads the file, and again as long as that makes logs known which were not before.
    ///
    /// - Throws: ``BundleError`` for a file that is no bundle or of another version, which nothing
    ///   is taken of; ``BundleFileError``, ``RemoteError``.
    /// - Returns: what came of it; of another ledger's bundle only the header.
    package mutating func run() async throws -> ReadBundle {
        var wanted: Set<Digest>?
        while true {
            unnamed = []
            try await pass(wanted)
            guard let header = result.header, header.ledger == ledger else { return result }
            // Each pass has to make some log known, or it is the last.
            guard !unnamed.isEmpty, unnamed != wanted, result.failure == nil else { break }
            wanted = unnamed
            try source.rewind()
        }
        result.unnamed = unnamed
        // Once more: logs that were not named at first are now, and what is held has grown.
        try await claim(reader.heads)
        let later = unproven
        unproven = []
        for evidence in later { try await take(evidence) }
        return result
    }

    /// One pass over the file, for these logs or for all.
    private mutating func pass(_ wanted: Set<Digest>?) async throws {
        reader = BundleReader()
        passed = []
        result.brokenAt = nil
        result.badFrames = []
        reading: while result.failure == nil {
            switch try source.next() {
            case .end: break reading
            case .broken(let offset):
                result.brokenAt = offset
                break reading
            case .frame(let frame):
                do {
                    try await take(try reader.read(frame), wanted)
                } catch let error as BundleError {
                    guard reader.isPastHeads else { throw error }
                    if result.badFrames.count < Self.badFramesMax {
                        result.badFrames.append("\(error), before byte \(source.offset)")
                    }
                    try await flush()
                }
            }
            if let header = result.header, header.ledger != ledger { return }
            progress(source.offset, source.byteCount)
        }
        try await flush()
        guard result.header != nil else { throw BundleError.notABundle }
        if !reader.isComplete, result.brokenAt == nil { result.brokenAt = source.offset }
        result.isWhole = reader.isComplete
        result.entries = reader.entryCount
    }

    private mutating func take(_ item: BundleReader.Item, _ wanted: Set<Digest>?) async throws {
        switch item {
        case .header(let header): result.header = header
        case .heads(let heads): if wanted == nil { try await claim(heads) }
        case .start(let log):
            try await flush()
            if let wanted, !wanted.contains(log) { passed.insert(log) }
        case .offer(let offer):
            guard !passed.contains(offer.package.log) else { return }
            offers.append(offer)
            let bytes = offers.reduce(0) { $0 + $1.byteCount }
            guard offers.count == BundleRequest.packagesMax || bytes >= Self.offeredBytes else {
                return
            }
            try await flush()
        case .evidence(let evidence):
            try await flush()
            if wanted == nil { try await take(evidence) }
        case .end: try await flush()
        }
    }

    /// Hands over the packages that were gathered, all of one log.
    private mutating func flush() async throws {
        guard let log = offers.first?.package.log else { return }
        let outcomes = try await taker.take(.offers(offers))
        offers = []
        for outcome in outcomes {
            switch outcome {
            case .taken(let count): result.taken += count
            case .held: break
            case .beyond(let size):
                // After a package that was refused the rest has no place; that was told already.
                if result.refused[log] == nil { result.gaps[log] = result.gaps[log] ?? size }
                passed.insert(log)
            case .notNamed:
                unnamed.insert(log)
                passed.insert(log)
            case .forked:
                result.forked.insert(log)
                passed.insert(log)
            case .refused(let reason):
                result.refused[log] = result.refused[log] ?? reason
                passed.insert(log)
            case .failed(let reason): result.failure = result.failure ?? reason
            }
        }
    }

    private func claim(_ heads: [Head]) async throws {
        let claims = heads.filter { !$0.note.isEmpty }
            .map { BundleClaim(log: $0.log, note: $0.note) }
        for start in stride(from: 0, to: claims.count, by: BundleRequest.claimsMax) {
            let end = min(start + BundleRequest.claimsMax, claims.count)
            _ = try await taker.take(.claims(Array(claims[start..<end])))
        }
    }

    private mutating func take(_ evidence: BundleEvidence) async throws {
        if try await taker.take(.evidence(evidence)) == [.forked] {
            result.evidence += 1
        } else if unproven.count < Self.unprovenMax {
            unproven.append(evidence)
        }
    }
}

extension PackageOffer {
    fileprivate var byteCount: Int {
        package.entries.reduce(note.count) { $0 + $1.byteCount }
    }
}
