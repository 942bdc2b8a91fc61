package import Crypto
internal import Encoding

extension EntryDraft {
    /// The founding entry: the city's own node, and the keys that stand above it.
    package static func found(
        name: String,
        scope: Scope,
        endpoint: String?,
        keys: NodeKeys,
        recovery: Recovery
    ) -> EntryDraft {
        typealias Field = RosterOperation.Field
        let recoveryKeys = recovery.keys.map { CBORValue.bytes($0.bytes.bytes) }
        return EntryDraft(
            operation: RosterOperation.openName,
            subject: .opened,
            fields: keys.fields + [
                CBORPair(Field.recoveryKeys, .array(recoveryKeys)),
                CBORPair(Field.recoveryThreshold, .unsigned(recovery.threshold)),
            ],
            parts: [nodeText(name: name, endpoint: endpoint)],
            scope: scope
        )
    }

    /// The first entry of an enrolled node's log.
    package static func open(
        roster: SubjectID,
        enrolment: Digest,
        keys: NodeKeys
    ) -> EntryDraft {
        EntryDraft(
            operation: RosterOperation.openName,
            subject: .existing(roster),
            fields: [CBORPair(RosterOperation.Field.enrolment, .bytes(enrolment.bytes))]
                + keys.fields
        )
    }

    /// A grant for the node that wrote this request.
    package static func grant(
        roster: SubjectID,
        request: EnrolmentRequest,
        isConfirmed: Bool
    ) -> EntryDraft {
        typealias Field = RosterOperation.Field
        return EntryDraft(
            operation: RosterOperation.grantName,
            subject: .existing(roster),
            fields: [CBORPair(Field.level, .unsigned(request.level.rawValue))]
                + request.keys.fields
                + [CBORPair(Field.isConfirmed, .bool(isConfirmed))],
            parts: [nodeText(name: request.name, endpoint: request.endpoint)],
            scope: request.scope
        )
    }

    /// The end of grants, with the last checkpoint of each log that is still accepted under them.
    package static func end(
        roster: SubjectID,
        grants: [Digest],
        cuts: [LogPosition],
        reason: String
    ) -> EntryDraft {
        typealias Field = RosterOperation.Field
        let rows = cuts.map { cut in
            CBORValue.array([
                .bytes(cut.log.bytes), .unsigned(cut.size), .bytes(cut.root.bytes),
            ])
        }
        let text = CBORValue.map([CBORPair(RosterOperation.Text.reason, .text(reason))])
        return EntryDraft(
            operation: RosterOperation.endName,
            subject: .existing(roster),
            fields: [
                CBORPair(Field.endedGrants, .array(grants.map { .bytes($0.bytes) })),
                CBORPair(Field.cuts, .array(rows)),
            ],
            parts: [text.encoded]
        )
    }

    private static func nodeText(name: String, endpoint: String?) -> [UInt8] {
        var pairs = [CBORPair(RosterOperation.Text.name, .text(name))]
        if let endpoint { pairs.append(CBORPair(RosterOperation.Text.endpoint, .text(endpoint))) }
        return CBORValue.map(pairs).encoded
    }
}
