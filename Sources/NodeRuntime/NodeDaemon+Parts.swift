internal import Crypto
internal import Encoding
internal import Foundation
package import Ledger
internal import Replica
internal import Replication
internal import Storage

/// Work for the home's writer about parts and presences.
enum PartJob {
    case find(RequestID, after: WantedPart?)
    case read(RequestID, [WantedPart])
    case prove(RequestID, Prove)
    case store(RequestID, [FoundPart])
    case signPresence
    case keepPresences([SignedPresence])
}

extension NodeDaemon {
    func perform(_ job: PartJob) async throws {
        switch job {
        case .find(let request, let last):
            do {
                handle(.missing(request, try await keeper.missingParts(after: last)))
            } catch {
                // The round ends, and the next one asks again.
                handle(.missing(request, []))
                throw error
            }
        case .read(let request, let names):
            do {
                handle(.partsRead(request, try await keeper.parts(names)))
            } catch {
                handle(.partsRead(request, names.map { _ in nil }))
                throw error
            }
        case .prove(let request, let prove):
            do {
                handle(.partsProven(request, try await keeper.proofs(prove)))
            } catch {
                handle(.partsProven(request, prove.parts.map { _ in nil }))
                throw error
            }
        case .store(let request, let found):
            do {
                let count = try await keeper.keepParts(found)
                if count > 0 { isViewStale = true }
                handle(.partsStored(request, true))
            } catch {
                handle(.partsStored(request, false))
                throw error
            }
        case .signPresence: handle(.presenceSigned(try await keeper.signPresence()))
        case .keepPresences(let presences):
            try await keeper.keepPresences(presences, at: SystemSource.wallMilliseconds())
        }
    }
}

/// What became of a change of scopes.
package struct ScopesChange: Hashable, Sendable, Codable {
    /// Codes of the places whose parts are stored; nil for all.
    package let scopes: [String]?
    /// Parts that were destroyed.
    package let dropped: UInt64
    /// Parts that are asked for.
    package let wanted: UInt64

    /// One JSON object, keys sorted.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    init(_ scopes: PartScopes, dropped: UInt64, wanted: UInt64) {
        self.scopes = scopes.scopes?.map(\.code)
        self.dropped = dropped
        self.wanted = wanted
    }

    /// Reads what ``json`` gives.
    package init?(json: String) {
        guard let read = try? JSONDecoder().decode(ScopesChange.self, from: Data(json.utf8)) else {
            return nil
        }
        self = read
    }
}

// Whose parts are stored.
extension NodeDaemon {
    /// Nodes that have to hold a part before it is destroyed here.
    static let provingNodes = 2

    /// Stores the parts of other places from now on.
    ///
    /// What is to be destroyed has to be proven by ``provingNodes`` other nodes first.
    ///
    /// - Throws: ``RemoteError`` if it is not; nothing is changed then. ``StoreError``.
    package func setScopes(_ scopes: PartScopes) async throws -> ScopesChange {
        var proven: UInt64 = 0
        var last: WantedPart?
        while true {
            let parts = try await keeper.partsOutside(scopes, after: last)
            guard let end = parts.last else { break }
            let held = try await provenCount(parts)
            guard held == parts.count else {
                throw RemoteError(
                    code: 1,
                    message: "\(parts.count - held) of \(parts.count) parts to be destroyed are"
                        + " not proven to be held by \(Self.provingNodes) other nodes",
                    hint: "linli peers: two nodes that store them have to be connected"
                )
            }
            proven += UInt64(parts.count)
            last = end
        }
        let result = try await keeper.setScopes(scopes, proven: proven)
        isViewStale = true
        handle(.scopesChanged(scopes))
        note("parts", "scopes=\(scopes) dropped=\(result.dropped) wanted=\(result.wanted)")
        return ScopesChange(scopes, dropped: result.dropped, wanted: result.wanted)
    }

    func dropSomeCarried() async {
        do {
            try await dropCarried(now: SystemSource.wallMilliseconds())
        } catch {
            note("parts", "nothing dropped reason=\"\(error)\"", level: "error")
        }
    }

    /// How long what is sealed for others is carried, in milliseconds.
    private static let carryingMilliseconds: UInt64 = 30 * 86_400_000

    /// Drops some of the sealed parts that this node only carries for others, if enough others prove
    /// to hold them; the next call goes on behind them.
    ///
    /// - Parameter now: wall clock, milliseconds since 1970.
    /// - Returns: how many were dropped.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    @discardableResult
    package func dropCarried(now: UInt64) async throws -> Int {
        guard now > Self.carryingMilliseconds, !isDropping else { return 0 }
        isDropping = true
        defer { isDropping = false }
        let (parts, next) = try await keeper.carriedParts(
            before: now - Self.carryingMilliseconds,
            after: carriedAfter
        )
        carriedAfter = next
        guard !parts.isEmpty, try await provenCount(parts) == parts.count else { return 0 }
        let dropped = try await keeper.dropCarried(parts)
        note("parts", "carried dropped=\(dropped)")
        return dropped
    }

    /// How many of these parts enough other nodes prove to hold.
    private func provenCount(_ parts: [WantedPart]) async throws -> Int {
        let nonce = SystemSource.random32()
        lastChallenge += 1
        let number = lastChallenge
        let answers = await withCheckedContinuation { continuation in
            challenges[number] = continuation
            handle(.challenge(number, nonce: nonce, parts))
        }
        var holders = [Set<Digest>](repeating: [], count: parts.count)
        for answer in answers where answer.log != identity.log {
            let wanted = try await keeper.proofs(parts, nonce: nonce, holder: answer.log)
            for (index, proof) in answer.proofs.enumerated() where proof != nil {
                if index < wanted.count, proof == wanted[index] {
                    holders[index].insert(answer.log)
                }
            }
        }
        return holders.count { $0.count >= Self.provingNodes }
    }
}
