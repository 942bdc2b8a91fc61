internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

/// One thing that an office has to settle, with the commands that do.
struct Dispute {
    let page: CasePage
    let matter: Matter

    /// What it is about.
    enum Matter {
        case conflict(SubjectView.Conflict)
        case offer(SubjectView.LateOffer)
        /// A link that the other side proposed and this side has not answered.
        case link(SubjectView.Link)
        /// A redaction that nobody above has answered.
        case redaction(SubjectView.Redaction)
    }

    /// Everything that is to be settled about a case.
    static func all(_ page: CasePage) -> [Dispute] {
        page.view.conflicts.map { Dispute(page: page, matter: .conflict($0)) }
            + page.view.lateOffers(now: page.now, policy: page.store.policy)
            .map { Dispute(page: page, matter: .offer($0)) }
            + page.view.askedLinks.map { Dispute(page: page, matter: .link($0)) }
            + page.view.openRedactions.map { Dispute(page: page, matter: .redaction($0)) }
    }

    /// Who has to settle it.
    var owner: Scope {
        switch matter {
        case .conflict(let conflict): conflict.owner
        case .offer(let late): late.owner
        case .link: page.view.holder
        case .redaction: page.view.holder.wider
        }
    }

    /// Until when.
    var answerBy: UInt64 {
        switch matter {
        case .conflict(let conflict): conflict.answerBy
        case .offer(let late): late.answerBy
        case .link(let link): page.view.answerBy(link, policy: page.store.policy)
        case .redaction(let redaction): page.view.answerBy(redaction, policy: page.store.policy)
        }
    }

    private var reason: (code: String, label: Label) {
        switch matter {
        case .conflict(let conflict): (conflict.reason.rawValue, conflict.reason.label)
        case .offer: ("unanswered-offer", Label("移交逾期无答复", "offer without an answer"))
        case .link: ("unanswered-link", Label("并案或关联待确认", "link without an answer"))
        case .redaction: ("unanswered-redaction", Label("脱敏待批准", "redaction without an answer"))
        }
    }

    // MARK: Commands

    /// The commands that settle it, each another way; `…` stands for the reason to be given.
    var commands: [String] {
        switch matter {
        case .conflict(let conflict): commands(conflict)
        case .offer(let late): assignments([page.view.holder, late.offer.to])
        case .redaction(let redaction):
            ["approve-redaction", "refuse-redaction"].map { verb in
                "linli case \(verb) \(page.view.number) --redaction \(redaction.entry.short)"
                    + (verb == "refuse-redaction" ? " --reason …" : "")
            }
        case .link(let link):
            [
                "linli case confirm-link \(page.view.number) --link \(link.entry.short)",
                "linli case unlink \(page.view.number) --link \(link.entry.short) --reason …",
            ]
        }
    }

    private func commands(_ conflict: SubjectView.Conflict) -> [String] {
        let number = page.view.number
        switch conflict.reason {
        case .disputedCustody:
            let places = conflict.writes.compactMap { answeredPlace($0.entry) }
            return assignments([page.view.holder] + places)
        case .mergedBothWays:
            return page.view.links.filter { $0.kind == .duplicateOf || $0.kind == .leads }.map {
                "linli case unlink \(number) --link \($0.entry.short) --reason …"
            }
        case .values, .refusedAgreement:
            return flags(conflict).map { "linli case settle \(number) \($0) --reason …" }
        }
    }

    /// Places that may be told to act, each once.
    private func assignments(_ places: [Scope]) -> [String] {
        var codes: [String] = []
        for place in places where !codes.contains(place.code) { codes.append(place.code) }
        return codes.map { "linli case assign \(page.view.number) --to \($0) --reason …" }
    }

    /// What chooses each of the values that stand.
    private func flags(_ conflict: SubjectView.Conflict) -> [String] {
        guard let spec = CaseField(rawValue: conflict.register)?.spec else { return [] }
        if spec.place == .part(.text), spec.type.itemsMax == nil {
            return ["--\(spec.flag)-file FILE"]
        }
        let flag = spec.field == .holder ? "to" : spec.flag
        var found: [String] = []
        for write in conflict.writes {
            guard let words = write.value.flatMap({ Self.words(flag, $0, of: spec) }),
                !found.contains(words)
            else { continue }
            found.append(words)
        }
        return found
    }

    /// A value as it is given on the command line; nil for one that can not be.
    private static func words(_ flag: String, _ value: CBORValue, of spec: FieldSpec) -> String? {
        switch value {
        case .text(let text): "--\(flag) \(quoted(text))"
        case .unsigned(let number):
            spec.type == .instant
                ? "--\(flag) \(LedgerTime.text(number))" : "--\(flag) \(number)"
        case .bool(let truth): "--\(flag) \(truth)"
        case .bytes(let bytes): "--\(flag) \(hex(bytes))"
        case .array(let items):
            items.compactMap { words(flag, $0, of: spec) }.joined(separator: " ")
        case .null, .negative, .map: nil
        }
    }

    /// A text as one word of a shell.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { sign in
            sign.properties.isAlphabetic || sign == "-" || ("0"..."9").contains(sign)
        }
        return isPlain && !text.isEmpty
            ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// To whom the offer went that an entry answers.
    private func answeredPlace(_ entry: Digest) -> Scope? {
        guard let entries = try? page.store.entries(about: page.view.id),
            let answer = entries.first(where: { $0.hash == entry }),
            let offer = answer.header[field: CaseField.offer.rawValue]?.bytes32
        else { return nil }
        return entries.first { $0.hash == offer }?.header.to
    }

    // MARK: Output

    var json: JSON {
        let head: JSON = [
            "id": .text(page.view.id.description), "number": .text(page.view.number),
        ]
        let body: JSON =
            switch matter {
            case .conflict(let conflict): page.conflict(conflict)
            case .offer(let late):
                unanswered(
                    .offers,
                    late.offer.to.code,
                    late.offer.log,
                    late.offer.time,
                    late.offer.entry
                )
            case .link(let link):
                unanswered(.links, link.other.description, link.log, link.time, link.entry)
            case .redaction(let redaction):
                unanswered(
                    .redactions,
                    redaction.ground,
                    redaction.log,
                    redaction.time,
                    redaction.entry
                )
            }
        return head.adding(all: body).adding("settle", .array(commands.map(JSON.text)))
    }

    private func unanswered(
        _ field: CaseField,
        _ value: String,
        _ log: Digest,
        _ time: UInt64,
        _ entry: Digest
    ) -> JSON {
        [
            "field": .text(field.spec.flag), "reason": .text(reason.code),
            "values": .array([
                [
                    "value": .text(value), "node": .text(page.store.nodeName(log)),
                    "log": .text(log.description), "time": .count(time),
                    "entry": .text(entry.description),
                ]
            ]),
            "owner": .text(owner.code), "answerBy": .count(answerBy),
            "overdue": .bool(answerBy < page.now),
        ]
    }

    func print(to output: Output) {
        let isLate = answerBy < page.now
        let field: UInt64 =
            switch matter {
            case .conflict(let conflict): conflict.register
            case .offer: CaseField.offers.rawValue
            case .link: CaseField.links.rawValue
            case .redaction: CaseField.redactions.rawValue
            }
        output.line(
            [
                page.view.id.short, page.view.number, output.label(ofField: field), owner.code,
                output.minute(answerBy), output.text(reason.label),
                isLate ? output.text("超期", "overdue") : "",
            ].filter { !$0.isEmpty }.joined(separator: "  ")
        )
        switch matter {
        case .conflict(let conflict):
            let spec = CaseField(rawValue: conflict.register)?.spec
            output.table(
                conflict.writes.map { write in
                    [
                        "    " + value(write, conflict, spec, output),
                        page.store.nodeName(write.log), output.minute(write.time),
                    ]
                }
            )
        case .offer(let late):
            output.table([
                [
                    "    → \(late.offer.to.code)", page.store.nodeName(late.offer.log),
                    output.minute(late.offer.time),
                ]
            ])
        case .redaction(let redaction):
            output.table([
                [
                    "    " + output.name(redaction.ground, in: .grounds),
                    page.store.nodeName(redaction.log), output.minute(redaction.time),
                ]
            ])
        case .link(let link):
            let other = (try? page.store.folded(link.other).view?.number) ?? link.other.short
            output.table([
                ["    → \(other)", page.store.nodeName(link.log), output.minute(link.time)]
            ])
        }
        for command in commands {
            output.line(output.text("    处理: ", "    settle: ") + Output.printable(command))
        }
    }

    private func value(
        _ write: SubjectView.Write,
        _ conflict: SubjectView.Conflict,
        _ spec: FieldSpec?,
        _ output: Output
    ) -> String {
        guard conflict.reason == .disputedCustody else {
            return output.value(write.value, of: spec)
        }
        let code = write.value.map { output.value($0, of: CaseField.rejection.spec) } ?? ""
        return [answeredPlace(write.entry)?.code, code].compactMap { $0 }.joined(separator: " ")
    }
}

extension SubjectView.Conflict.Reason {
    /// What a reader sees.
    var label: Label {
        switch self {
        case .values: Label("各值不同", "values differ")
        case .disputedCustody: Label("责任争议", "disputed custody")
        case .refusedAgreement: Label("协议与终止并存", "agreement beside the end of the talks")
        case .mergedBothWays: Label("互相并案", "merged both ways")
        }
    }
}
