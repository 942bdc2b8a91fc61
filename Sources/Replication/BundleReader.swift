package import Crypto
internal import Encoding
internal import Ledger
internal import TransparencyLog

/// Follows the frames of a bundle: which may come where, and what each package starts from.
///
/// It checks the file's form and nothing of what the file says: entries, notes and evidence are
/// checked by whoever takes them, exactly as those of a peer are.
///
/// - Source: `Protocol/bundle.md` section 4.
package struct BundleReader {
    /// What a frame gives to whoever reads.
    package enum Item: Hashable, Sendable {
        /// What the bundle is of.
        case header(BundleHeader)
        /// How far the writer held each of these logs.
        case heads([Head])
        /// The packages of this log come next.
        case start(Digest)
        /// Entries to be checked and taken.
        case offer(PackageOffer)
        /// A fork to be checked and kept.
        case evidence(BundleEvidence)
        /// All frames are there as they were written.
        case end(BundleEnd)
    }

    /// Where the reader stands.
    private enum Phase {
        case header, heads, logs, end
    }

    /// The heads read so far, in order.
    package private(set) var heads: [Head] = []
    /// Entries in the packages so far.
    package private(set) var entryCount: UInt64 = 0
    /// Whether the end was read and all before it is what it says.
    package private(set) var isComplete = false

    private var phase = Phase.header
    private var notes: [Digest: [UInt8]] = [:]
    private var started: Set<Digest> = []
    private var current: (log: Digest, range: CompactRange)?
    private var frameCount: UInt64 = 0
    private let running = RunningSHA256()
    private let hasher = TreeHasher()

    /// Starts before the first frame.
    package init() {}

    /// Whether the file's head was read, so that a bad frame harms its own log only.
    package var isPastHeads: Bool { phase == .logs || phase == .end }

    /// Takes the next frame, without its length.
    ///
    /// - Throws: ``BundleError``. The frame gives nothing then. Once ``isPastHeads``, the next one may
    ///   be read all the same.
    package mutating func read(_ bytes: [UInt8]) throws(BundleError) -> Item {
        let frame: BundleFrame
        do {
            frame = try BundleFrame(decoding: bytes)
        } catch {
            note(bytes)
            // What stood here is not known: the packages after it have lost their place.
            if phase == .logs { current = nil }
            throw phase == .header && error.isForm ? .notABundle : error
        }
        if case .end(let end) = frame {
            guard phase == .logs else { throw .outOfTurn("end") }
            phase = .end
            guard end.frames == frameCount, end.entries == entryCount,
                end.hash == running.finish()
            else { throw .damaged }
            isComplete = true
            return .end(end)
        }
        guard phase != .end else { throw .outOfTurn("a frame behind the end") }
        note(bytes)
        return try take(frame)
    }

    private mutating func take(_ frame: BundleFrame) throws(BundleError) -> Item {
        switch (phase, frame) {
        case (.header, .header(let header)):
            phase = .heads
            return .header(header)
        case (.header, _): throw .notABundle
        case (.heads, .heads(let rows, let isLast)):
            guard heads.count + rows.count <= Limits.heads else { throw .limit("heads") }
            for head in rows {
                guard notes.updateValue(head.note, forKey: head.log) == nil else {
                    throw .malformed("heads: a log twice")
                }
            }
            heads += rows
            if isLast { phase = .logs }
            return .heads(rows)
        case (.logs, .start(let start)):
            current = nil
            guard started.insert(start.log).inserted, let note = notes[start.log], !note.isEmpty
            else { throw .outOfTurn("start of a log") }
            current = (start.log, start.range)
            return .start(start.log)
        case (.logs, .package(let package)): return try take(package)
        case (.logs, .evidence(let evidence)): return .evidence(evidence)
        default: throw .outOfTurn("a frame")
        }
    }

    private mutating func take(_ package: Package) throws(BundleError) -> Item {
        entryCount += UInt64(package.entries.count)
        guard let (log, before) = current, package.log == log, package.first == before.size,
            let note = notes[log]
        else {
            current = nil
            throw .outOfTurn("package of log \(package.log.short)")
        }
        var range = before
        let offer = PackageOffer(package: package, before: range, note: note)
        for entry in package.entries {
            range.append(hasher.leafHash(entry.leaf), hasher: hasher)
        }
        current = (log, range)
        return .offer(offer)
    }

    private mutating func note(_ bytes: [UInt8]) {
        frameCount += 1
        running.update(BundleAssembler.length(bytes) + bytes)
    }
}

extension BundleError {
    /// Whether bytes that are no bundle at all may be the cause.
    fileprivate var isForm: Bool {
        if case .version = self { false } else { true }
    }
}

/// Puts frames one behind the other and knows what the last one has to say.
package struct BundleAssembler {
    private var frameCount: UInt64 = 0
    private var entryCount: UInt64 = 0
    private let running = RunningSHA256()

    /// Starts an empty bundle.
    package init() {}

    /// Length and frame, to be written next.
    package mutating func append(_ frame: BundleFrame) -> [UInt8] {
        let bytes = frame.encoded
        precondition(bytes.count <= Limits.frameBytes, "a frame of our own is within the limit")
        if case .package(let package) = frame { entryCount += UInt64(package.entries.count) }
        frameCount += 1
        let framed = Self.length(bytes) + bytes
        running.update(framed)
        return framed
    }

    /// The last frame; nothing may follow.
    package func finish() -> [UInt8] {
        let end = BundleEnd(frames: frameCount, entries: entryCount, hash: running.finish())
        let bytes = BundleFrame.end(end).encoded
        return Self.length(bytes) + bytes
    }

    static func length(_ frame: [UInt8]) -> [UInt8] {
        Array(bigEndianBytes(UInt64(frame.count))[4...])
    }
}
