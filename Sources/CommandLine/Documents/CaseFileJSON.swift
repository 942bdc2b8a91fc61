internal import Cases
internal import Encoding
internal import Ledger
internal import Storage

/// The file of a mediation for a program: the same sections, with codes and instants.
struct CaseFileJSON {
    let file: MediationFile
    let store: Store
    let basis: Basis

    var json: JSON {
        let view = file.view
        return [
            "id": .text(view.id.description),
            "number": .text(view.number),
            "scope": .text(view.scope.code),
            "stage": .text(view.stage.rawValue),
            "imported": .bool(view.isImported),
            "mediation": .bool(file.isMediation),
            "cover": fields(MediationFile.cover),
            "registration": fields(MediationFile.registration),
            "opening": fields(MediationFile.opening),
            "openings": .array(file.openings.map(json)),
            "sessions": .array(file.sessions.map(json)),
            "agreement": file.hasAgreement ? fields(MediationFile.agreement) : .null,
            "items": .array(file.items.map(json)),
            "formerAgreements": .array(file.formerAgreements.map(json)),
            "failed": .bool(file.hasFailed),
            "ends": .array(file.ends.map(json)),
            "breaches": .array(file.breaches.map(json)),
            "guidance": .array(file.guidance.map(json)),
            "confirmation": confirmation,
            "visits": .array(file.visits.map(json)),
            "closing": fields(MediationFile.closing),
            "feedback": .array(file.feedback.map(json)),
            "evidence": .array(file.evidence.map(json)),
            "entries": .array(file.history.map(json)),
            "missing": .array(
                file.missing(now: basis.now).map { lack in
                    [
                        "kind": .text(lack.kind.rawValue), "item": .count(lack.item),
                        "label": .text(lack.label.zh), "basis": .text(lack.basis.zh),
                    ]
                }
            ),
            "completeness": basis.documentJSON,
        ]
    }

    private var confirmation: JSON {
        let fields: [CaseField] = [
            .court, .appliedAt, .confirmation, .confirmationNumber, .confirmedAt,
        ]
        return self.fields(fields)
            .adding("until", .count(file.confirmationTerm?.due))
            .adding("daysLeft", .count(file.confirmationDaysLeft(now: basis.now)))
    }

    /// Each field that somebody said something of, with every value that stands.
    private func fields(_ fields: [CaseField]) -> JSON {
        .object(
            fields.map { file[$0] }.filter(\.isSaid).map { value in
                JSON.Member(key: value.field.spec.flag, value: .array(value.said.map(json)))
            }
        )
    }

    private func json(_ said: FiledValue.Said) -> JSON {
        [
            "value": JSON(said.held), "held": .bool(said.held != .notHeld),
            "entry": .text(said.entry.description),
            "writer": .optional(said.writer.map { store.authorName($0.author, in: $0.log) }),
            "time": .count(said.time),
        ]
    }

    private func json(_ act: FiledAct) -> JSON {
        [
            "entry": .text(act.entry.description),
            "operation": .text(act.operation.name),
            "at": .count(act.at),
            "writer": .text(store.authorName(act.writer.author, in: act.writer.log)),
            "actor": .optional(act.writer.actor),
            "takenOver": .bool(act.isTakenOver),
            "values": .object(
                act.values.map { value in
                    JSON.Member(key: CaseField.name(of: value.id), value: JSON(value.value))
                }
            ),
        ]
    }

    private func json(_ item: MediationFile.Item) -> JSON {
        [
            "number": .count(item.number), "text": JSON(item.text), "due": .count(item.due),
            "state": .text(item.state(now: basis.now).rawValue), "doneAt": .count(item.doneAt),
            "paid": .count(item.paid), "records": .array(item.acts.map(json)),
        ]
    }

    private func json(_ judged: JudgedEntry) -> JSON {
        let header = judged.entry.header
        return [
            "entry": .text(judged.entry.hash.description), "time": .count(header.time),
            "node": .text(store.nodeName(judged.entry.log)),
            "staff": .optional(
                store.roster.actor(of: judged.entry.author, in: judged.entry.log)?.number
            ),
            "actor": .optional(header.actor), "operation": .text(header.operation),
            "verdict": .text(judged.verdict.code),
        ]
    }
}

extension JSON {
    /// What is held of a value; null where nothing is.
    init(_ held: Held) {
        guard case .value(let value) = held else {
            self = .null
            return
        }
        self.init(value)
    }
}
