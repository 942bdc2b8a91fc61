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
        return EntryDraft(
            operation: RosterOperation.endName,
            subject: .existing(roster),
            fields: [
                CBORPair(Field.endedGrants, .array(grants.map { .bytes($0.bytes) })),
                CBORPair(Field.cuts, .array(cuts.map(\.row))),
            ],
            parts: [reasonText(reason)]
        )
    }

    /// A right for the person who wrote this request; of at least one role.
    package static func staff(
        roster: SubjectID,
        request: StaffRequest,
        roles: Set<Role>,
        scope: Scope,
        isConfirmed: Bool
    ) -> EntryDraft {
        typealias Field = RosterOperation.Field
        return EntryDraft(
            operation: RosterOperation.staffName,
            subject: .existing(roster),
            fields: [
                CBORPair(Field.roles, .array(roles.sorted().map { .unsigned($0.rawValue) })),
                CBORPair(Field.isConfirmed, .bool(isConfirmed)),
                CBORPair(Field.staffKey, .bytes(request.key.bytes.bytes)),
                CBORPair(Field.staffNumber, .text(request.number)),
            ],
            scope: scope
        )
    }

    /// From these sizes on personal operations in the logs of an area want a person's key.
    package static func policy(
        roster: SubjectID,
        area: Scope,
        cuts: [LogPosition]
    ) -> EntryDraft {
        EntryDraft(
            operation: RosterOperation.policyName,
            subject: .existing(roster),
            fields: [CBORPair(RosterOperation.Field.cuts, .array(cuts.map(\.row)))],
            scope: area
        )
    }

    /// What becomes of the entries from `first` to `position` of a log, beyond the end of a right.
    ///
    /// At most three subjects of theirs stand in `further`, in whose order it is to stand. Beyond a
    /// fork it speaks of the entries with these `hashes`, which are all of the range.
    package static func mark(
        roster: SubjectID,
        isRatification: Bool,
        first: UInt64,
        position: LogPosition,
        hashes: [Digest]? = nil,
        further: [SubjectID],
        reason: String
    ) -> EntryDraft {
        typealias Field = RosterOperation.Field
        var draft = EntryDraft(
            operation: isRatification ? RosterOperation.ratifyName : RosterOperation.refuseName,
            subject: .existing(roster),
            fields: [
                CBORPair(Field.markedLog, .bytes(position.log.bytes)),
                CBORPair(Field.markFirst, .unsigned(first)),
                CBORPair(Field.markEnd, .unsigned(position.size)),
                CBORPair(Field.markRoot, .bytes(position.root.bytes)),
            ],
            parts: [reasonText(reason)]
        )
        if let hashes {
            let items = hashes.map { CBORValue.bytes($0.bytes) }
            draft.fields.append(CBORPair(Field.markHashes, .array(items)))
        }
        draft.further = further
        return draft
    }

    /// A node in the founder's place, as the recovery keys signed it.
    package static func succeed(
        roster: SubjectID,
        _ succession: Succession,
        signatures: [RecoverySignature],
        name: String,
        endpoint: String?
    ) -> EntryDraft {
        typealias Field = RosterOperation.Field
        let rows = signatures.sorted { $0.index < $1.index }.map { signature in
            CBORValue.array([.unsigned(signature.index), .bytes(signature.signature)])
        }
        return EntryDraft(
            operation: RosterOperation.succeedName,
            subject: .existing(roster),
            fields: [
                CBORPair(Field.succession, .bytes(succession.body)),
                CBORPair(Field.recoverySignatures, .array(rows)),
            ],
            parts: [nodeText(name: name, endpoint: endpoint)]
        )
    }

    /// That a log has two histories.
    package static func fork(roster: SubjectID, _ proof: ForkProof) -> EntryDraft {
        EntryDraft(
            operation: RosterOperation.forkName,
            subject: .existing(roster),
            fields: proof.fields
        )
    }

    private static func reasonText(_ reason: String) -> [UInt8] {
        CBORValue.map([CBORPair(RosterOperation.Text.reason, .text(reason))]).encoded
    }

    private static func nodeText(name: String, endpoint: String?) -> [UInt8] {
        var pairs = [CBORPair(RosterOperation.Text.name, .text(name))]
        if let endpoint { pairs.append(CBORPair(RosterOperation.Text.endpoint, .text(endpoint))) }
        return CBORValue.map(pairs).encoded
    }
}
