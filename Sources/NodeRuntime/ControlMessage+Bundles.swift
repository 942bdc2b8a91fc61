package import Crypto
internal import Encoding
internal import Ledger
package import Replication
internal import TransparencyLog

/// What became of entries of a bundle.
package enum OfferOutcome: Hashable, Sendable {
    /// So many entries are durable that were not held before.
    case taken(UInt64)
    /// All of them are held.
    case held
    /// They start beyond what is held, which is this many entries.
    case beyond(UInt64)
    /// The roster does not name the log.
    case notNamed
    /// They stand in another history of the log than what is held.
    case forked
    /// They do not hold, for this reason.
    case refused(String)
    /// The disk did not take them, for this reason.
    case failed(String)
}

/// Frames of a bundle on their way to a home's writer.
///
/// Packages travel as the frames they are; a request has at most ``packagesMax`` of them.
package enum BundleRequest: Hashable, Sendable {
    /// How far the writer of the bundle held logs: pairs of log and note.
    case claims([BundleClaim])
    /// Entries of one log.
    case offers([PackageOffer])
    /// A fork.
    case evidence(BundleEvidence)

    /// Most packages in a request, as many as one transaction commits.
    package static let packagesMax = 8
    /// Most claims in a request, as many as are compared at a time.
    package static let claimsMax = 32
}

/// How far the writer of a bundle held a log, by its note.
package struct BundleClaim: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// The signed checkpoint.
    package let note: [UInt8]

    /// Pairs both.
    package init(log: Digest, note: [UInt8]) {
        self.log = log
        self.note = note
    }
}

extension BundleRequest {
    var value: CBORValue {
        switch self {
        case .claims(let claims):
            .array([
                .unsigned(1),
                .array(claims.map { .array([.bytes($0.log.bytes), .bytes($0.note)]) }),
            ])
        case .offers(let offers): .array([.unsigned(2), .array(offers.map(\.value))])
        case .evidence(let evidence):
            .array([.unsigned(3), .bytes(BundleFrame.evidence(evidence).encoded)])
        }
    }

    init?(value: CBORValue) {
        guard case .array(let items) = value, items.count == 2, let kind = items[0].unsigned else {
            return nil
        }
        switch (kind, items[1]) {
        case (1, .array(let rows)) where rows.count <= Self.claimsMax:
            let claims = rows.compactMap { row -> BundleClaim? in
                guard case .array(let pair) = row, pair.count == 2, let log = pair[0].bytes32,
                    let note = pair[1].bytes
                else { return nil }
                return BundleClaim(log: log, note: note)
            }
            guard claims.count == rows.count else { return nil }
            self = .claims(claims)
        case (2, .array(let rows)) where rows.count <= Self.packagesMax:
            let offers = rows.compactMap(PackageOffer.init(value:))
            guard offers.count == rows.count else { return nil }
            self = .offers(offers)
        case (3, .bytes(let frame)):
            guard case .evidence(let evidence)? = try? BundleFrame(decoding: frame) else {
                return nil
            }
            self = .evidence(evidence)
        default: return nil
        }
    }
}

extension PackageOffer {
    fileprivate var value: CBORValue {
        .array([
            .bytes(BundleFrame.start(BundleStart(log: package.log, range: before)).encoded),
            .bytes(BundleFrame.package(package).encoded), .bytes(note),
        ])
    }

    fileprivate init?(value: CBORValue) {
        guard case .array(let items) = value, items.count == 3, let start = items[0].bytes,
            let package = items[1].bytes, let note = items[2].bytes,
            case .start(let read)? = try? BundleFrame(decoding: start),
            case .package(let entries)? = try? BundleFrame(decoding: package)
        else { return nil }
        self.init(package: entries, before: read.range, note: note)
    }
}

extension OfferOutcome {
    var value: CBORValue {
        switch self {
        case .taken(let count): .array([.unsigned(1), .unsigned(count)])
        case .held: .array([.unsigned(2)])
        case .beyond(let size): .array([.unsigned(3), .unsigned(size)])
        case .notNamed: .array([.unsigned(4)])
        case .forked: .array([.unsigned(5)])
        case .refused(let reason): .array([.unsigned(6), .text(reason)])
        case .failed(let reason): .array([.unsigned(7), .text(reason)])
        }
    }

    init?(value: CBORValue) {
        guard case .array(let items) = value, let kind = items.first?.unsigned else { return nil }
        switch (kind, items.count, items.last) {
        case (1, 2, .unsigned(let count)?): self = .taken(count)
        case (2, 1, _): self = .held
        case (3, 2, .unsigned(let size)?): self = .beyond(size)
        case (4, 1, _): self = .notNamed
        case (5, 1, _): self = .forked
        case (6, 2, .text(let reason)?): self = .refused(reason)
        case (7, 2, .text(let reason)?): self = .failed(reason)
        default: return nil
        }
    }
}
