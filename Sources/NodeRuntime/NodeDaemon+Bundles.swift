internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import Replica
internal import Replication
internal import Storage

// Frames of a bundle. They go the way of a peer's packages: the machine verifies them, storage
// commits them in turn with everything else, and what was new is passed on to the peers.
extension NodeDaemon {
    /// How long the own log takes to be closed before a bundle's entries of it are taken back.
    private static let closingMilliseconds: UInt64 = 5_000

    /// Takes frames of a bundle; what is answered to be taken is durable.
    package func take(_ request: BundleRequest) async -> [OfferOutcome] {
        switch request {
        case .claims(let claims):
            for claim in claims {
                let commands = machine.claim(
                    log: claim.log,
                    note: claim.note,
                    now: SystemSource.monotonicMilliseconds(),
                    wall: SystemSource.wallMilliseconds()
                )
                for command in commands { perform(command) }
            }
            await finishJobs()
            return []
        case .offers(let offers): return await take(offers)
        case .evidence(let evidence):
            let (isProven, commands) = machine.evidence(
                evidence,
                now: SystemSource.monotonicMilliseconds(),
                wall: SystemSource.wallMilliseconds()
            )
            for command in commands { perform(command) }
            await finishJobs()
            return [isProven ? .forked : .refused("not proven")]
        }
    }

    /// Checks the signatures that a bundle left over, where no running node does.
    ///
    /// - Parameter progress: is told how many are left.
    package func finishChecking(_ progress: @Sendable (UInt64) -> Void) async {
        await finishJobs()
        if unchecked > 0 { progress(unchecked) }
        await checkSignatures()
    }

    /// Says what became of an offer, if the request was one.
    func settle(_ request: RequestID, failure: String? = nil) {
        guard let offer = offered[request] else { return }
        let outcome = failure.map(OfferOutcome.failed) ?? .taken(offer.count)
        guard let waiter = offer.waiter else {
            offered[request]?.outcome = outcome
            return
        }
        offered[request] = nil
        waiter.resume(returning: outcome)
    }

    private func take(_ offers: [PackageOffer]) async -> [OfferOutcome] {
        // Each is handed over before the first is waited for, so that one transaction takes them.
        var pending: [(request: RequestID?, outcome: OfferOutcome)] = []
        for offer in offers { pending.append(await handOver(offer)) }
        var outcomes: [OfferOutcome] = []
        for (request, outcome) in pending {
            guard let request else {
                outcomes.append(outcome)
                continue
            }
            outcomes.append(await self.outcome(of: request))
        }
        for (offer, outcome) in zip(offers, outcomes) { await fill(from: offer, outcome) }
        return outcomes
    }

    /// Takes the parts that are missing here of entries that are held.
    private func fill(from offer: PackageOffer, _ outcome: OfferOutcome) async {
        switch outcome {
        case .held, .taken: break
        case .beyond, .notNamed, .forked, .refused, .failed: return
        }
        do {
            guard try await keeper.fillParts(from: offer.package) > 0 else { return }
            isViewStale = true
        } catch {
            note("storage", "failed reason=\"\(error)\"", level: "error")
        }
    }

    private func outcome(of request: RequestID) async -> OfferOutcome {
        if let outcome = offered[request]?.outcome {
            offered[request] = nil
            return outcome
        }
        return await withCheckedContinuation { offered[request]?.waiter = $0 }
    }

    /// Gives the machine one offer: what it answered, or the request that will be.
    private func handOver(
        _ offer: PackageOffer
    ) async -> (request: RequestID?, outcome: OfferOutcome) {
        let log = offer.package.log
        let end = SystemSource.monotonicMilliseconds() + Self.closingMilliseconds
        while true {
            let held = machine.verifiedSize(log)
            let (answer, commands) = machine.offer(
                offer,
                now: SystemSource.monotonicMilliseconds(),
                wall: SystemSource.wallMilliseconds()
            )
            if case .taken(let request) = answer {
                // Before the commit can end: nothing else runs until this suspends.
                offered[request] = OfferedPackage(count: machine.verifiedSize(log) - held)
            }
            for command in commands { perform(command) }
            switch answer {
            case .taken(let request): return (request, .held)
            case .closing where SystemSource.monotonicMilliseconds() < end: await finishJobs()
            case .closing: return (nil, .failed("the own log is not closed"))
            case .held: return (nil, .held)
            case .beyond(let size): return (nil, .beyond(size))
            case .notNamed: return (nil, .notNamed)
            case .forked: return (nil, .forked)
            case .refused(let reason):
                refusals.add(peer: "bundle", reason: "log \(log.short): \(reason)")
                note("bundle", "refused log=\(log.short) reason=\"\(reason)\"", level: "warn")
                return (nil, .refused(reason))
            }
        }
    }

    /// Waits until storage has done what it was asked for, and what follows from that.
    private func finishJobs() async {
        for _ in 0..<2 where !isStopped {
            await withCheckedContinuation { enqueue(.barrier($0)) }
        }
    }
}

/// Entries of a bundle that are on their way to storage.
struct OfferedPackage {
    /// How many of them are new.
    let count: UInt64
    /// What became of them, if nobody has asked yet.
    var outcome: OfferOutcome?
    /// Who waits for that.
    var waiter: CheckedContinuation<OfferOutcome, Never>?

    init(count: UInt64) { self.count = count }
}
