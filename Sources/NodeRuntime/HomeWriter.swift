package import Crypto
internal import Foundation
package import Storage
package import TransparencyLog

/// The way into a home's log for a command: through its daemon if one runs, else by the lock.
package final class HomeWriter {
    /// What became of a write.
    package struct Receipt: Hashable, Sendable {
        /// What became of each item, in order.
        package let outcomes: [AppendOutcome]
        /// Other nodes known to hold the whole own log up to these entries.
        package let holders: Int

        /// Pairs both.
        package init(outcomes: [AppendOutcome], holders: Int) {
            self.outcomes = outcomes
            self.holders = holders
        }
    }

    private enum Way {
        case daemon(ControlClient)
        case direct(Keeper)
    }

    private let way: Way
    private let logKey: PublicKey

    /// Finds the daemon of a home or becomes its writer.
    ///
    /// - Throws: ``HomeError``, ``StoreError``, ``SQLiteError``.
    package init(_ home: Home) throws {
        logKey = try home.logKey()
        if let client = try ControlClient(path: home.socketPath) {
            way = .daemon(client)
        } else {
            way = .direct(try Keeper(home))
        }
    }

    /// How often a person's entries are proposed while others write before they are signed.
    package static let attemptsMax = 32

    /// Writes all items or none; durable on return.
    ///
    /// - Parameters:
    ///   - items: at least one.
    ///   - author: the person who signs; the key stays in this process. Nil for the node's service
    ///     key.
    /// - Returns: what became of each.
    /// - Throws: ``AppendError``, ``KeeperError``, ``RemoteError``, ``SQLiteError``.
    package func append(_ items: [AppendItem], as author: SigningKey? = nil) throws -> Receipt {
        guard let author else { return try append(items) }
        for attempt in 0..<Self.attemptsMax {
            do {
                let proposal = try propose(items, author: author.publicKey)
                return try append(items, signed: proposal.signed(items, by: author))
            } catch AppendError.moved {
                // Somebody wrote in between; who waits for a different time each wins in the end.
                usleep(UInt32.random(in: 0..<2_000) * UInt32(attempt + 1))
            }
        }
        throw RemoteError(
            code: 2,
            message: "others wrote before the entries were signed, \(Self.attemptsMax) times over",
            hint: "nothing was written; try again"
        )
    }

    private func propose(_ items: [AppendItem], author: PublicKey) throws -> EntryProposal {
        switch way {
        case .direct(let keeper): return try keeper.propose(items, author: author)
        case .daemon(let client):
            let reply = try ControlReply.ask(client, .propose(items, author: author))
            guard case .proposed(let proposal) = reply else {
                throw RemoteError(code: 2, message: "the daemon answered another question")
            }
            return proposal
        }
    }

    private func append(_ items: [AppendItem], signed: SignedProposal) throws -> Receipt {
        switch way {
        case .direct(let keeper):
            let released = try keeper.append(items, signed: signed)
            try keeper.destroyRedacted()
            return Receipt(outcomes: released.appended.outcomes, holders: 0)
        case .daemon(let client):
            switch try ControlReply.ask(client, .appendSigned(items, signed)) {
            case .written(let receipt): return receipt
            case .moved: throw AppendError.moved
            default:
                throw RemoteError(code: 2, message: "the daemon answered another question")
            }
        }
    }

    private func append(_ items: [AppendItem]) throws -> Receipt {
        switch way {
        case .direct(let keeper):
            let released = try keeper.append(items)
            try keeper.destroyRedacted()
            return Receipt(outcomes: released.appended.outcomes, holders: 0)
        case .daemon(let client):
            let reply = try ControlReply.ask(client, .append(items))
            guard case .written(let receipt) = reply else {
                throw RemoteError(code: 2, message: "the daemon answered another question")
            }
            return receipt
        }
    }

    /// The own log's checkpoint as it stands, fenced before it was signed.
    ///
    /// - Throws: ``KeeperError``, ``RemoteError``.
    package func checkpoint() throws -> SignedCheckpoint {
        switch way {
        case .direct(let keeper): return try keeper.checkpoint()
        case .daemon(let client):
            let reply = try ControlReply.ask(client, .checkpoint)
            guard case .text(let note) = reply,
                let signed = try? SignedCheckpoint.verify(Array(note.utf8), logKey: logKey)
            else { throw RemoteError(code: 2, message: "the daemon answered another question") }
            return signed
        }
    }
}
