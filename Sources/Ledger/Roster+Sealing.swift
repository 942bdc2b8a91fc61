package import Crypto
internal import Encoding

extension Roster {
    /// The nodes that are to open what is written about persons: the writer, the offices at the
    /// places that have to do with the subject, and the office above each of these.
    ///
    /// A place without an office is served by the narrowest that covers it. Departments and
    /// auditors are none; they are named one by one.
    ///
    /// - Parameters:
    ///   - log: of the writer.
    ///   - places: of who has to act, who helps, and whom the subject is offered to.
    /// - Returns: in the order of ``members``, each once.
    package func sealRecipients(log: Digest, places: [Scope]) -> [Grant] {
        let live = members.filter { !$0.hasEnded }
        let offices = live.filter { [.city, .district, .street].contains($0.level) }
        var chosen: Set<Digest> = [log]
        for place in places + live.filter({ $0.log == log }).map(\.scope) {
            let there = offices.filter { $0.scope == place }
            let above = offices.filter { $0.scope.covers(place) && $0.scope != place }
            let width = above.map(\.scope.code.utf8.count).max()
            chosen.formUnion(there.map(\.log))
            chosen.formUnion(above.filter { $0.scope.code.utf8.count == width }.map(\.log))
        }
        return live.filter { chosen.contains($0.log) }
    }

    /// The node to which a seal key belongs, also one that it had before; nil for nobody's.
    package func member(seal key: Digest) -> Grant? { grants.last { $0.keys.seal == key } }
}
