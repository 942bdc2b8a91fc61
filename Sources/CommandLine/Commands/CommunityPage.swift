internal import Cases
internal import Encoding
internal import Ledger
internal import Storage

/// What `show` adds for kinds of subjects that have a record of their own.
struct CommunityPage {
    /// For a reader.
    let blocks: [Document.Block]
    /// For a program: members that stand beside the fields of any subject.
    let json: JSON

    /// Nil for other kinds.
    init?(_ folded: FoldedSubject, _ store: Store, _ basis: Basis, _ output: Output) {
        let words = DocumentWords(store: store, output: output)
        if let council = CouncilRecord(folded) {
            blocks = MinutesDocument(record: council, words: words, basis: basis).body
            json = Self.json(council, store, basis)
        } else if let covenant = CovenantRecord(folded) {
            blocks = CovenantDocument(record: covenant, words: words).body
            json = Self.json(covenant, store)
        } else {
            return nil
        }
    }

    private static func json(_ record: CouncilRecord, _ store: Store, _ basis: Basis) -> JSON {
        let proposals = record.proposals.map { proposal -> JSON in
            [
                "name": .text(proposal.name), "entry": .text(proposal.act.entry.description),
                "text": JSON(proposal.text), "proposer": JSON(proposal.proposer),
                "origin": .text(proposal.origin.rawValue),
                "from": .array(proposal.from.map { .text($0.description) }),
                "sources": Self.names(proposal.sources),
                "ancestors": Self.names(proposal.ancestors),
                "successors": Self.names(proposal.successors),
                "superseded": .bool(proposal.isSuperseded), "adopted": .bool(proposal.isAdopted),
                "tallies": .array(
                    proposal.tallies.map { tally in
                        [
                            "for": JSON(tally.votesFor), "against": JSON(tally.votesAgainst),
                            "abstain": JSON(tally.abstentions),
                            "entry": .text(tally.act.entry.description),
                            "node": .text(store.nodeName(tally.act.writer.log)),
                        ]
                    }
                ),
            ]
        }
        return [
            "council": [
                "declaredInterest": .bool(record.hasInterest), "proposals": .array(proposals),
                "overdue": .bool(record.isOverdue(now: basis.now)),
                "followUps": .array(
                    record.followUps.map { act in
                        [
                            "entry": .text(act.entry.description), "at": .count(act.at),
                            "text": JSON(act[.text]), "proof": JSON(act[.proof]),
                            "done": .bool(act.operation == .fulfil),
                        ]
                    }
                ),
            ]
        ]
    }

    private static func names(_ ordinals: [Int]) -> JSON {
        .array(ordinals.map { .text("P\($0)") })
    }

    private static func json(_ record: CovenantRecord, _ store: Store) -> JSON {
        [
            "covenant": [
                "editions": .array(
                    record.editions.map { edition in
                        [
                            "number": .count(edition.number),
                            "rules": .array(edition.rules.map(JSON.text)),
                            "adoptedBy": JSON(edition.adoptedBy),
                            "inForce": .bool(edition.isInForce),
                            "entry": .text(edition.act.entry.description),
                            "node": .text(store.nodeName(edition.act.writer.log)),
                        ]
                    }
                ),
                "byRule": .array(
                    record.byRule.map {
                        [
                            "rule": .count($0.rule), "text": .optional($0.text),
                            "count": .number(Int64($0.count)),
                            "addresses": .number(Int64($0.addresses)),
                        ]
                    }
                ),
                "recurrences": .array(
                    record.recurrences.map {
                        [
                            "address": .text($0.address), "count": .number(Int64($0.count)),
                            "rules": .array($0.rules.map { .count($0) }),
                            "first": .count($0.first), "last": .count($0.last),
                        ]
                    }
                ),
                "cases": .array(record.cases.map { .text($0.description) }),
            ]
        ]
    }
}
