internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

extension Program {
    static let showCommand = Command(
        "show",
        ["CASE"],
        flags: [.actor],
        group: .view,
        Label("一个案件(或预警、地址等)的合并结果", "everything the view says of a case, an alert, a place …")
    ) { try show($0) }

    /// Shows one subject; only of this kind, if one is named.
    static func show(_ invocation: Invocation, kind: SubjectKind? = nil) throws -> ExitCode {
        let opened = try invocation.openView()
        let (store, basis) = (opened.store, opened.basis)
        let name = invocation.arguments[0]
        let subject = try store.subject(called: name)
        let folded = try store.folded(subject)
        guard let view = folded.view else {
            throw CommandError(.bad, "subject \(subject.short) is not open yet")
        }
        guard kind == nil || view.kind == kind else {
            throw CommandError(.bad, "\"\(name)\" is a \(view.kind.label.en)")
        }
        var page = CasePage(view: view, store: store, now: basis.now)
        page.seals = try CaseSeals(folded, store, invocation)
        let record = try RecordPage(page, folded.history)
        let community = CommunityPage(folded, store, basis, invocation.output)
        guard !invocation.isJSON else {
            let more = record?.json ?? community?.json ?? [:]
            let json = page.json.adding(all: more)
            invocation.output.line(json.adding("completeness", basis.json).line)
            return .good
        }
        if let record {
            record.print(to: invocation.output)
        } else {
            page.print(to: invocation.output)
        }
        if let community { invocation.output.print(community.blocks) }
        basis.finish(invocation)
        return .good
    }
}

/// One case for a reader or a program.
struct CasePage {
    let view: SubjectView
    let store: Store
    let now: UInt64
    /// What of it is sealed; nil for nothing.
    var seals: CaseSeals?

    // MARK: Machine output

    var json: JSON {
        [
            "id": .text(view.id.description),
            "kind": .text(view.kind.rawValue),
            "number": .text(view.number),
            "imported": .bool(view.isImported),
            "scope": .text(view.scope.code),
            "holder": .text(view.holder.code),
            "stage": .text(view.stage.rawValue),
            "profile": .text(view.profile),
            "fields": .object(
                view.registers.map { register in
                    JSON.Member(key: CaseField.name(of: register.id), value: JSON(register.shown))
                }
            ),
            "sealed": seals?.json(view) ?? .array([]),
            "custody": custody,
            "links": .array(view.links.map(json)),
            "redactions": .array(view.redactions.map { $0.json(store) }),
            "deadlines": .array(view.deadlines.map(json)),
            "conflicts": .array(view.conflicts.map { conflict($0) }),
            "flags": .array(view.flags.map { .text($0.rawValue) }),
            "counts": .object(
                counts.map { JSON.Member(key: $0.name, value: .number(Int64($0.count))) }
            ),
            "updatedAt": .count(view.updatedAt),
            "needsVersion": .count(view.needsVersion),
        ]
    }

    private var custody: JSON {
        [
            "holder": .text(view.holder.code),
            "from": .optional(view.custody.cameFrom?.code),
            "hops": .number(Int64(view.custody.hops)),
            "returns": .number(Int64(view.custody.returns)),
            "rejections": .number(Int64(view.custody.rejections)),
            "waited": .count(view.custody.waited),
            "assistants": .array(
                view.custody.assistances.map { assistance in
                    [
                        "entry": .text(assistance.entry.description),
                        "node": .text(store.nodeName(assistance.log)),
                        "to": .text(assistance.to.code), "time": .count(assistance.time),
                    ]
                }
            ),
            "offers": .array(
                view.custody.offers.map { offer in
                    [
                        "entry": .text(offer.entry.description),
                        "node": .text(store.nodeName(offer.log)), "to": .text(offer.to.code),
                        "time": .count(offer.time), "answerBy": .count(offer.answerBy),
                        "overdue": .bool(offer.answerBy < now),
                        "return": .bool(offer.isReturn),
                        "superseded": .bool(offer.isSuperseded),
                    ]
                }
            ),
        ]
    }

    private func json(_ link: SubjectView.Link) -> JSON {
        [
            "other": .text(link.other.description), "kind": .text(link.kind.code),
            "entry": .text(link.entry.description), "node": .text(store.nodeName(link.log)),
            "agreed": .bool(link.isAgreed),
        ]
    }

    private func json(_ deadline: Deadline) -> JSON {
        [
            "clock": .text(deadline.clock.rawValue),
            "start": .count(deadline.start),
            "due": .count(deadline.due),
            "doneAt": .count(deadline.doneAt),
            "state": .text(deadline.state.rawValue),
            "overdue": .bool(deadline.isOverdue(now: now)),
            "pausedAt": .count(deadline.pausedAt),
            "estimated": .bool(deadline.isEstimated),
        ]
    }

    /// Who signed each entry of the case.
    private var authors: [Digest: Digest] {
        let entries = (try? store.entries(about: view.id)) ?? []
        return Dictionary(entries.map { ($0.hash, $0.author) }) { first, _ in first }
    }

    /// The node that wrote a value, with the person who signed it.
    private func writer(_ write: SubjectView.Write) -> String {
        authors[write.entry].map { store.authorName($0, in: write.log) }
            ?? store.nodeName(write.log)
    }

    /// A conflict with every value that stands.
    func conflict(_ conflict: SubjectView.Conflict) -> JSON {
        [
            "field": .text(CaseField.name(of: conflict.register)),
            "reason": .text(conflict.reason.rawValue),
            "values": .array(
                conflict.writes.map { write in
                    [
                        "value": JSON(write.value),
                        "node": .text(store.nodeName(write.log)),
                        "staff": .optional(
                            authors[write.entry].flatMap {
                                store.roster.actor(of: $0, in: write.log)?.number
                            }
                        ),
                        "log": .text(write.log.description),
                        "time": .count(write.time),
                        "entry": .text(write.entry.description),
                    ]
                }
            ),
            "owner": .text(conflict.owner.code),
            "answerBy": .count(conflict.answerBy),
            "overdue": .bool(conflict.answerBy < now),
        ]
    }

    var counts: [(name: String, label: Label, count: Int)] {
        let counts = view.counts
        return [
            ("entries", Label("条目", "entries"), counts.entries),
            ("waiting", Label("等待前序", "waiting"), counts.waiting),
            ("inadmissible", Label("不适用", "inadmissible"), counts.inadmissible),
            ("withoutRight", Label("无权限", "without right"), counts.withoutRight),
            ("malformed", Label("格式错误", "malformed"), counts.malformed),
            ("forged", Label("签名无效", "forged"), counts.forged),
            ("needingVersion", Label("需要新版本", "needing a version"), counts.needingVersion),
            ("proposed", Label("对方提出", "proposed by others"), counts.proposed),
        ]
    }

    // MARK: For a reader

    func print(to output: Output) {
        output.line(output.strong("\(view.number)  \(view.id.short)"))
        var rows = [
            [output.text("阶段", "stage"), output.text(view.stage.label)],
            [output.text("所在地", "place of report"), view.scope.code],
            [output.text("负责", "holder"), view.holder.code],
        ]
        let isShown: Set<UInt64> = Set(
            [CaseField.stage, .holder, .offers, .links, .assistants, .redactions].map(\.rawValue)
        )
        let redacted = view.redacted
        rows += view.registers.filter { !isShown.contains($0.id) }.map { register in
            let spec = CaseField(rawValue: register.id)?.spec
            let isRedacted =
                register.shown == nil
                && register.writes.contains { redacted.contains($0.entry) }
            let sealed =
                register.shown == nil
                ? register.writes.first.flatMap { seals?.text(register.id, of: $0.entry, output) }
                : nil
            return [
                output.label(ofField: register.id),
                sealed ?? output.value(register.shown, of: spec, isRedacted: isRedacted),
            ]
        }
        rows.append([output.text("最近更新", "last entry"), output.time(view.updatedAt)])
        rows += counts.filter { $0.count > 0 }.map { [output.text($0.label), String($0.count)] }
        if !view.flags.isEmpty {
            let flags = view.flags.map(\.rawValue).joined(separator: ", ")
            rows.append([output.text("导入标记", "import flags"), flags])
        }
        output.table(rows)
        printCustody(to: output)
        printDeadlines(to: output)
        printConflicts(to: output)
        if let version = view.needsVersion {
            output.line()
            output.line(
                output.text(
                    "需要版本 \(version) 的程序,其后条目未判定",
                    "needs version \(version) of this program; nothing after it is judged"
                )
            )
        }
    }

    private func printCustody(to output: Output) {
        for offer in view.custody.offers {
            let until = output.minute(offer.answerBy)
            let late = offer.answerBy < now ? output.text(" 已超期", ", overdue") : ""
            let kind =
                offer.isReturn ? output.text("退回", "to be returned") : output.text("移交", "offered")
            let place = offer.isSuperseded ? output.text(" (他人在先)", " (another came first)") : ""
            output.line(
                output.text(
                    "\(kind) \(offer.to.code),\(until) 前答复\(late)\(place)  \(offer.entry.short)",
                    "\(kind) to \(offer.to.code), answer by \(until)\(late)\(place)  \(offer.entry.short)"
                )
            )
        }
        for redaction in view.redactions { output.line(redaction.line(output, now: now)) }
        for assistance in view.custody.assistances {
            let since = output.minute(assistance.time)
            output.line(
                output.text(
                    "协办 \(assistance.to.code),自 \(since)  \(assistance.entry.short)",
                    "\(assistance.to.code) helps since \(since)  \(assistance.entry.short)"
                )
            )
        }
        for link in view.links {
            let other = (try? store.folded(link.other).view?.number) ?? link.other.short
            let state = link.isAgreed ? "" : output.text(" (待确认)", " (to be confirmed)")
            output.line("\(label(link.kind, output)) \(other)\(state)  \(link.entry.short)")
        }
    }

    private func label(_ kind: SubjectView.Link.Kind, _ output: Output) -> String {
        switch kind {
        case .duplicateOf: output.text("并入主案", "same matter as, led by")
        case .leads: output.text("主案,并入", "leads")
        case .related(let relation, _):
            output.text("关联 ", "related ") + output.name(relation, in: .relations)
        }
    }

    func printDeadlines(to output: Output) {
        guard !view.deadlines.isEmpty else { return }
        output.line()
        let name = output.name(view.profile, in: .profiles)
        output.line(output.strong(output.text("时限: \(name)", "deadlines: \(name)")))
        output.table(
            view.deadlines.map { deadline in
                [
                    output.text(deadline.clock.label), output.time(deadline.due),
                    state(deadline, output), deadline.doneAt.map(output.time) ?? "",
                ]
            }
        )
    }

    private func state(_ deadline: Deadline, _ output: Output) -> String {
        switch deadline.state {
        case .met: output.text("按期", "met")
        case .missed: output.text("超期完成", "missed")
        case .notMeasured: output.text("未计", "not measured")
        case .paused: output.text("暂停", "paused")
        case .open where deadline.clock.isInformation && now > deadline.due:
            output.text("已过", "lapsed")
        case .open:
            deadline.isOverdue(now: now)
                ? output.text("已超期", "overdue") : output.text("计时中", "open")
        }
    }

    func printConflicts(to output: Output) {
        guard !view.conflicts.isEmpty else { return }
        output.line()
        output.line(output.strong(output.text("冲突", "conflicts")))
        for conflict in view.conflicts {
            let late = conflict.answerBy < now ? output.text(" 已超期", ", overdue") : ""
            let owner = conflict.owner.code
            let until = output.minute(conflict.answerBy)
            output.line(
                output.label(ofField: conflict.register)
                    + output.text(
                        ": 由 \(owner) 于 \(until) 前处理\(late)",
                        ": to be settled by \(owner) until \(until)\(late)"
                    )
            )
            let spec = CaseField(rawValue: conflict.register)?.spec
            output.table(
                conflict.writes.map { write in
                    [
                        "  "
                            + (seals?.text(conflict.register, of: write.entry, output)
                                ?? output.value(write.value, of: spec)),
                        writer(write),
                        output.time(write.time), write.entry.short,
                    ]
                }
            )
        }
    }
}
