internal import Crypto
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
        logKey = try home.signingKey(.log).publicKey
        if let client = try ControlClient(path: home.socketPath) {
            way = .daemon(client)
        } else {
            way = .direct(try Keeper(home))
        }
    }

    /// Writes all items or none; durable on return.
    ///
    /// - Throws: ``AppendError``, ``KeeperError``, ``RemoteError``, ``SQLiteError``.
    package func append(_ items: [AppendItem]) throws -> Receipt {
        switch way {
        case .direct(let keeper):
            return Receipt(outcomes: try keeper.append(items).appended.outcomes, holders: 0)
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
