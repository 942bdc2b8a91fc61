internal import Cases
internal import Crypto
internal import Encoding
internal import Storage

extension SubjectView {
    /// Entries whose parts are hidden.
    var redacted: Set<Digest> { Set(redactions.flatMap(\.named)) }
}

extension SubjectView.Redaction {
    func json(_ store: Store) -> JSON {
        [
            "entry": .text(entry.description), "node": .text(store.nodeName(log)),
            "time": .count(time), "ground": .text(ground), "keepUntil": .count(keepUntil),
            "entries": .array(named.map { .text($0.description) }),
            "approvals": .array(
                approvals.map { approval in
                    [
                        "entry": .text(approval.entry.description),
                        "node": .text(store.nodeName(approval.log)),
                        "time": .count(approval.time),
                    ]
                }
            ),
        ]
    }

    /// What became of it, for a reader.
    func line(_ output: Output, now: UInt64) -> String {
        let ground = output.name(ground, in: .grounds)
        let state: String
        if approvals.isEmpty {
            state = output.text("已隐去,待批准", "hidden, to be approved")
        } else if let keepUntil, keepUntil > now {
            let day = output.minute(keepUntil)
            state = output.text("已批准,保存至 \(day)", "approved, kept unused until \(day)")
        } else {
            state = output.text("已批准删除", "approved, to be destroyed everywhere")
        }
        return output.text(
            "脱敏 \(named.count) 条 (\(ground)): \(state)  \(entry.short)",
            "redacted: \(named.count) entries (\(ground)): \(state)  \(entry.short)"
        )
    }
}
