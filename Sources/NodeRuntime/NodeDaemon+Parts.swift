internal import Crypto
internal import Encoding
internal import Ledger
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
