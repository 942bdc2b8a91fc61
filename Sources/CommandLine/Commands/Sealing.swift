internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

/// What one operation seals, and who is to open it.
struct Sealing {
    private let operation: CaseOperation
    private let invocation: Invocation
    private let home: Home
    /// The fields that are sealed, of those that are given.
    let fields: Set<CaseField>

    /// Flags of operations about cases.
    static func flags(_ operation: CaseOperation) -> [Command.Flag] {
        guard operation.kind == .case, isSealing(operation) || sharesAtOnce(operation) else {
            return []
        }
        let openers = Command.Flag(
            "open-at",
            "NODE",
            isRepeated: true,
            Label("另一可开封的节点,可重复", "a further node that can open what is sealed; may be repeated")
        )
        guard isSealing(operation) else { return [openers] }
        let seal = Command.Flag(
            "seal-text",
            "FIELD",
            isRepeated: true,
            Label("密封此文字字段,可重复", "seal this text, such as summary; may be repeated")
        )
        return [seal, openers]
    }

    private static func isSealing(_ operation: CaseOperation) -> Bool {
        operation.fields.contains(where: \.field.spec.isSealable)
    }

    /// Whether others come to have to do with the case, who are to read what is sealed.
    private static func sharesAtOnce(_ operation: CaseOperation) -> Bool {
        switch operation.act {
        case .offer, .giveBack, .assign, .assist, .share: true
        default: false
        }
    }

    /// Reads which of the given fields are sealed: persons' data, those that `--seal-text` names, and
    /// those that a policy of the place names.
    ///
    /// - Throws: ``CommandError``, ``StoreError``, ``SQLiteError``.
    init(_ operation: CaseOperation, _ invocation: Invocation, _ home: Home) throws {
        self.operation = operation
        self.invocation = invocation
        self.home = home
        guard operation.kind == .case else {
            fields = []
            return
        }
        let given = Set(operation.fields.map(\.field)).filter { field in
            field.spec.isSealable
                && (invocation.has(field.spec.flag) || invocation.has(field.spec.flag + "-file"))
        }
        var chosen = given.filter(\.spec.isPersonal)
        for flag in invocation.all("seal-text") {
            guard let field = FieldTable.field(flag: flag)?.field, field.spec.isSealable else {
                throw CommandError(
                    .usage,
                    "--seal-text \(flag) names no text that can be sealed",
                    hint: "one of: "
                        + operation.fields.map(\.field.spec).filter(\.isSealable).map(\.flag)
                        .joined(separator: " ")
                )
            }
            guard given.contains(field) else {
                throw CommandError(.usage, "--seal-text \(flag) is given without --\(flag)-file")
            }
            chosen.insert(field)
        }
        if !given.isSubset(of: chosen) {
            let store = try invocation.openStore()
            let places = try Self.places(operation, invocation, home, store)
            chosen.formUnion(store.policy.sealedFields(in: places).intersection(given))
        }
        fields = chosen
    }

    private static func places(
        _ operation: CaseOperation,
        _ invocation: Invocation,
        _ home: Home,
        _ store: Store
    ) throws -> [Scope] {
        guard operation.opens else {
            let view = try store.foldedCase(called: invocation.arguments[0]).view
            return [view.scope, view.holder]
        }
        return [try invocation["scope"].flatMap { Scope($0) } ?? home.scope()]
    }

    // MARK: Who opens it

    /// What goes into the entry's sealed part; nil for nothing.
    ///
    /// - Throws: ``CommandError`` if too few or too many nodes could open it.
    func sealed(
        _ content: CaseDraft.Sealed?,
        _ subject: SubjectView?,
        in scope: Scope?
    ) throws -> SealDraft? {
        guard let content else { return nil }
        let places = subject.map(Self.places) ?? [scope].compactMap { $0 }
        let openers = try openers(places, try invocation.openStore())
        guard SealDraft.recipientsMin...KeyWraps.recipientsMax ~= openers.count else {
            throw CommandError(
                .bad,
                "\(openers.count) nodes could open what is sealed, want"
                    + " \(SealDraft.recipientsMin) to \(KeyWraps.recipientsMax)",
                hint: "a node alone could lose its key: name another with --open-at NODE"
            )
        }
        return SealDraft(
            clear: content.clear,
            fields: content.fields,
            recipients: openers.map(\.keys.seal)
        )
    }

    private static func places(_ view: SubjectView) -> [Scope] {
        [view.holder] + view.custody.assistances.map(\.to)
            + view.custody.offers.filter { !$0.isSuperseded }.map(\.to)
    }

    private func openers(_ places: [Scope], _ store: Store) throws -> [Grant] {
        guard let own = store.identity?.log else { return [] }
        var openers = store.roster.sealRecipients(log: own, places: places)
        for name in invocation.all("open-at") {
            let node = try Enrolling.member(named: name, store.roster)
            guard !node.hasEnded else {
                throw CommandError(.bad, "the right of \(node.name) has ended")
            }
            guard node.level != .auditor else {
                throw CommandError(
                    .bad,
                    "\(node.name) is an auditor's and could not say what it opened"
                )
            }
            if !openers.contains(where: { $0.log == node.log }) { openers.append(node) }
        }
        return openers
    }

    // MARK: What was sealed before

    /// Entries with wraps for those who now have to do with the case and can not open what was
    /// sealed; what this node can not open itself is left to others, and said.
    ///
    /// - Throws: ``CommandError``, ``HomeError``, `CryptoError`.
    func shares(
        _ subject: SubjectView?,
        offeredTo to: Scope?,
        actor: String?
    ) throws -> [EntryDraft] {
        guard let subject, Self.sharesAtOnce(operation) else { return [] }
        let store = try invocation.openStore()
        let places = Self.places(subject) + [to].compactMap { $0 }
        let wanted = Set(try openers(places, store).map(\.keys.seal))
        let entries = try store.folded(subject.id).entriesInEffect
        let sealed = entries.filter { entry in
            entry.header.seal != nil && !subject.redacted.contains(entry.hash)
        }
        guard !sealed.isEmpty, let reader = try SealedReader(store, invocation) else { return [] }
        var wraps: [(entry: Digest, wraps: KeyWraps)] = []
        var closed = 0
        for entry in sealed {
            let missing = wanted.subtracting(Unsealer.recipients(of: entry, among: entries))
                .sorted()
            guard !missing.isEmpty else { continue }
            guard let (key, place) = reader.key(of: entry, among: entries) else {
                closed += 1
                continue
            }
            wraps.append(
                (
                    entry.hash,
                    try KeyWraps(
                        of: key,
                        place: place,
                        to: missing,
                        random: missing.map { _ in SystemSource.random32() }
                    )
                )
            )
        }
        if closed > 0 {
            invocation.output.remark(
                invocation.output.text(
                    "linli: 有 \(closed) 处密封内容本节点不能开封,未能授权",
                    "linli: \(closed) sealed parts can not be opened here and were not shared"
                )
            )
        }
        return stride(from: 0, to: wraps.count, by: Header.partsMax).map { first in
            draft(Array(wraps[first..<min(first + Header.partsMax, wraps.count)]), subject, actor)
        }
    }

    private func draft(
        _ wraps: [(entry: Digest, wraps: KeyWraps)],
        _ subject: SubjectView,
        _ actor: String?
    ) -> EntryDraft {
        EntryDraft(
            operation: CaseOperation.share.name,
            subject: .existing(subject.id),
            fields: [
                WrapField.pair(
                    wraps.enumerated().map { WrapField(part: $0.offset, entry: $0.element.entry) }
                )
            ],
            parts: wraps.map(\.wraps.encoded),
            actor: actor
        )
    }
}
