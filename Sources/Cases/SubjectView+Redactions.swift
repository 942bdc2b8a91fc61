package import Crypto
internal import Encoding
internal import Ledger

extension SubjectView {
    /// Redactions that stand, and those that were approved before or beside a refusal: what may have
    /// been destroyed somewhere can not be shown anywhere.
    static func redactions(_ judge: SubjectJudge, _ state: SubjectState) -> [Redaction] {
        let standing = Set(state.deeds(in: .redactions).map(judge.source))
        let approvals = judge.deeds(.approveRedaction)
        var seen: Set<Int> = []
        return judge.deeds(.redact).compactMap { deed -> Redaction? in
            let source = judge.source(deed)
            guard seen.insert(source).inserted else { return nil }
            let approving = approvals.filter { approval in
                judge.effect(approval).answered.map { judge.source($0) == source } ?? false
            }
            guard standing.contains(source) || !approving.isEmpty else { return nil }
            let entry = judge.graph.entries[source]
            return Redaction(
                entry: entry.hash,
                log: entry.log,
                time: entry.header.time,
                ground: entry.header.code(.ground) ?? "",
                keepUntil: entry.header.instant(.keepUntil),
                named: entry.header.digests(.redacted),
                approvals: approving.map { approval in
                    let entry = judge.graph.entries[judge.source(approval)]
                    return Approval(entry: entry.hash, log: entry.log, time: entry.header.time)
                }
            )
        }
    }
}

extension SubjectView.Redaction {
    /// Whether what it names has to be destroyed: it is approved, both authors' signatures were
    /// found good, and the time for which the law wants the parts kept is over.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - isChecked: whether the signature of the entry with this hash was looked at.
    /// - Returns: whether it is due.
    package func isDue(now: UInt64, isChecked: (Digest) -> Bool) -> Bool {
        (keepUntil ?? 0) <= now && approvals.contains { isChecked($0.entry) } && isChecked(entry)
    }
}

extension SubjectJudge {
    /// An entry without what is redacted of it.
    func shown(_ index: Int) -> PlacedEntry {
        var entry = graph.entries[index]
        if hidden.contains(index) { entry.parts = entry.parts.map { _ in nil } }
        return entry
    }

    /// The entries whose parts a redaction hides, once everything is judged.
    func hide(_ redactions: [SubjectView.Redaction]) {
        guard !redactions.isEmpty else { return }
        let named = Set(redactions.flatMap(\.named))
        hidden = Set(graph.entries.indices.filter { named.contains(graph.entries[$0].hash) })
    }
}

extension Header {
    /// The hashes in a field that holds several.
    func digests(_ field: CaseField) -> [Digest] {
        guard case .array(let items)? = self[field: field.rawValue] else { return [] }
        return items.compactMap(\.bytes32)
    }
}
