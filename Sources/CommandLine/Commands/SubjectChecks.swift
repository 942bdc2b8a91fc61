internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

/// What an operation asks beyond its own form, of the subject as this node knows it: that what it
/// names is there.
///
/// Others may know more, so nothing of this is judged in the fold; it keeps a slip of the hand
/// from becoming an entry.
struct SubjectChecks {
    private let operation: CaseOperation
    private let invocation: Invocation

    init(_ operation: CaseOperation, _ invocation: Invocation) {
        self.operation = operation
        self.invocation = invocation
    }

    /// Checks the values against the subject, and sets those that are named by something shorter.
    ///
    /// - Throws: ``CommandError``, ``StoreError``.
    func apply(to values: inout CaseDraft, _ store: Store, _ view: SubjectView) throws {
        switch operation {
        case .propose, .vote, .resolve: try fillProposals(&values, store, view)
        case .perform, .breach: try checkItem(try folded(store, view))
        case .reportBreach: try checkRule(view)
        case .revise: try checkEdition(try store.folded(view.id))
        case .redact:
            try fillRedacted(&values, try store.folded(view.id).history)
            try checkKeepUntil(values)
        case .archive: try checkFile(try folded(store, view))
        default: break
        }
    }

    private func folded(_ store: Store, _ view: SubjectView) throws -> MediationFile? {
        MediationFile(try store.folded(view.id))
    }

    // MARK: Redaction

    /// Reads the first digits of entries' hashes as the entries that are to be redacted.
    private func fillRedacted(_ values: inout CaseDraft, _ history: [JudgedEntry]) throws {
        let flag = CaseField.redacted.spec.flag
        var named: [Digest] = []
        for text in invocation.all(flag) {
            let found = history.filter { judged in
                text.utf8.count >= 4 && judged.entry.hash.description.hasPrefix(text.lowercased())
            }
            guard let judged = found.first, found.count == 1 else {
                throw CommandError(
                    .bad,
                    "--\(flag) \"\(text)\" names \(found.count) entries, want one",
                    hint: "linli history shows the first digits of each"
                )
            }
            guard !judged.entry.parts.isEmpty else {
                throw CommandError(.bad, "entry \(judged.entry.hash.short) has no text")
            }
            guard !named.contains(judged.entry.hash) else {
                throw CommandError(.usage, "--\(flag) names \(judged.entry.hash.short) twice")
            }
            named.append(judged.entry.hash)
        }
        guard !named.isEmpty else { return }
        try values.set(.redacted, .array(named.map { .bytes($0.bytes) }))
    }

    /// A time of keeping that is over already would keep nothing.
    private func checkKeepUntil(_ values: CaseDraft) throws(CommandError) {
        guard case .unsigned(let until)? = values[.keepUntil],
            until <= SystemSource.wallMilliseconds()
        else { return }
        throw CommandError(
            .usage,
            "--\(CaseField.keepUntil.spec.flag) \(invocation.output.minute(until)) is over already",
            hint: "leave it out where the law asks for no time of keeping"
        )
    }

    // MARK: Councils

    /// Reads `P2` or the first digits of an entry's hash as the proposal's entry.
    private func fillProposals(
        _ values: inout CaseDraft,
        _ store: Store,
        _ view: SubjectView
    ) throws {
        guard let council = CouncilRecord(try store.folded(view.id)) else { return }
        if let name = invocation[CaseField.about.spec.flag], operation.has(.about) {
            let proposal = try proposal(name, of: council, flag: CaseField.about.spec.flag)
            try values.set(.about, .bytes(proposal.act.entry.bytes))
        }
        let names = invocation.all(CaseField.from.spec.flag)
        guard operation.has(.from), !names.isEmpty else { return }
        var entries: [Digest] = []
        for name in names {
            let entry = try proposal(name, of: council, flag: CaseField.from.spec.flag).act.entry
            guard !entries.contains(entry) else {
                throw CommandError(.usage, "--from names \(entry.short) twice")
            }
            entries.append(entry)
        }
        try values.set(.from, .array(entries.map { .bytes($0.bytes) }))
    }

    private func proposal(
        _ name: String,
        of council: CouncilRecord,
        flag: String
    ) throws(CommandError) -> CouncilRecord.Proposal {
        let found = council.proposals(called: name)
        guard let proposal = found.first, found.count == 1 else {
            let names = council.proposals.map { "\($0.name) \($0.act.entry.short)" }
            throw CommandError(
                .bad,
                "--\(flag) \"\(name)\" names \(found.count) proposals, want one",
                hint: names.isEmpty
                    ? "the council has no proposals yet; linli council propose"
                    : "one of: \(names.joined(separator: ", "))"
            )
        }
        return proposal
    }

    // MARK: Agreements and covenants

    private func checkItem(_ file: MediationFile?) throws(CommandError) {
        let flag = CaseField.itemNumber.spec.flag
        guard let text = invocation[flag], let number = UInt64(text) else { return }
        guard number > 0 else { throw CommandError(.usage, "--\(flag) is 0, items count from 1") }
        // Only an agreement that is told item by item says how many there are.
        guard let file, case let items = file[.item].held.texts, !items.isEmpty,
            number > UInt64(items.count)
        else { return }
        throw CommandError(
            .bad,
            "--\(flag) is \(number), the agreement has \(items.count) items",
            hint: "linli case file prints them"
        )
    }

    private func checkRule(_ view: SubjectView) throws(CommandError) {
        let flag = CaseField.ruleNumber.spec.flag
        guard let text = invocation[flag], let number = UInt64(text) else { return }
        guard number > 0 else { throw CommandError(.usage, "--\(flag) is 0, rules count from 1") }
        let rules = view.list(.rules)
        guard !rules.isEmpty, number > UInt64(rules.count) else { return }
        throw CommandError(
            .bad,
            "--\(flag) is \(number), the covenant has \(rules.count) rules",
            hint: "linli show prints them"
        )
    }

    private func checkEdition(_ folded: FoldedSubject) throws(CommandError) {
        let flag = CaseField.edition.spec.flag
        guard let text = invocation[flag], let number = UInt64(text),
            let last = CovenantRecord(folded)?.editions.map(\.number).max(), number <= last
        else { return }
        throw CommandError(.bad, "--\(flag) is \(number), edition \(last) is adopted already")
    }

    // MARK: Archiving

    /// Says what the file lacks; goes on with something missing only if that is asked for.
    private func checkFile(_ file: MediationFile?) throws(CommandError) {
        guard let file else { return }
        let missing = file.missing(now: SystemSource.wallMilliseconds())
        guard !missing.isEmpty else { return }
        let output = invocation.output
        for lack in missing {
            output.remark(
                output.text(
                    "尚缺: \(lack.label.zh) (\(lack.basis.zh))",
                    "missing: \(lack.label.en) (\(lack.basis.en))"
                )
            )
        }
        guard invocation.has(Self.incompleteFlag.name) else {
            throw CommandError(
                .bad,
                "the file lacks \(missing.count) things; nothing was written",
                hint: "add them, or archive it as it is with --\(Self.incompleteFlag.name)"
            )
        }
    }

    /// Archives a file that lacks something.
    static let incompleteFlag = Command.Flag(
        "incomplete",
        Label("材料不全仍归档", "archive it although something is missing")
    )
}
