internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    /// Commands about rights that go beyond enrolling and ending a node.
    static let authorityCommands: [Command] = [
        Command(
            "rotate",
            group: .node,
            Label("更换本节点的密钥: 生成新密钥并写出申请", "make new keys for this node and the request for them"),
            run: AuthorityCommands.rotate
        ),
        Command(
            "policy signing",
            flags: [
                Command.Flag(
                    "scope",
                    "CODE",
                    Label("适用范围,默认为本节点的", "the area; the node's own if left out")
                )
            ] + Command.Flag.signing,
            group: .node,
            Label(
                "从现在起, 范围内须由本人密钥签署个人行为",
                "from now on personal acts in an area want a person's key"
            ),
            run: AuthorityCommands.policy
        ),
        mark("ratify", Label("追认权限终止后写入的条目", "give effect to entries beyond the end of a right")),
        mark("refuse", Label("驳回权限终止后写入的条目", "deny effect to entries beyond the end of a right")),
        Command(
            "succeed",
            ["REQUEST"],
            flags: [
                Command.Flag(
                    "recovery",
                    "FILE",
                    isRepeated: true,
                    Label("必填。恢复密钥文件, 可重复", "required; file of a recovery key, may be repeated")
                ),
                Command.Flag(
                    "end-founder",
                    Label("同时终止原市级节点的权限", "also end the rights of the city's nodes so far")
                ),
                Command.Flag("output", "FILE", Label("邀请函写到此文件", "where the invitation goes")),
                NodeFlags.fingerprint, Command.Flag.passphrase,
            ],
            group: .node,
            Label("以恢复密钥另立市级节点", "put a node in the founder's place, by its recovery keys"),
            run: SucceedCommand.run
        ),
    ]

    private static func mark(_ word: String, _ help: Label) -> Command {
        Command(
            word,
            ["NODE"],
            flags: [
                Command.Flag(
                    "from",
                    "N",
                    Label("必填。首条的序号", "required; sequence of the first entry")
                ),
                Command.Flag("to", "M", Label("必填。末条的序号", "required; sequence of the last entry")),
                Command.Flag(
                    "entry",
                    "HASH",
                    Label(
                        "日志分叉时: 首条的哈希, 以指明哪一段历史",
                        "of a forked log: hash of the first entry, to say in which history"
                    )
                ),
                NodeFlags.reason, FreeText.allowPersonal,
            ] + Command.Flag.signing,
            group: .node,
            help
        ) { try MarkCommand(isRatification: word == "ratify", call: $0).run() }
    }
}

/// `rotate` and `policy`.
enum AuthorityCommands {
    static func rotate(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let store = try call.openStore()
        guard let log = store.identity?.log, store.roster.member(log: log)?.hasEnded == false else {
            throw CommandError(.bad, "this node has no right in effect whose keys could change")
        }
        guard store.roster.forks[log] == nil else {
            throw CommandError(
                .bad,
                "this node's log is forked: other keys for the same log change nothing",
                hint: "linli init a new home, which has a log key of its own, and have it enrolled"
            )
        }
        let isNew = try home.makeNextKeys(random: SystemSource.random32)
        if !isNew { call.output.remark("the next keys were made before: this is their request") }
        let (request, armored) = try home.rotationRequest()
        let letter = """
            Linli 更换密钥申请 / key change request
            name: \(request.name)
            level: \(request.level.name)
            scope: \(request.scope)
            listen: \(request.endpoint ?? "-")
            fingerprint: \(request.fingerprint)

            \(armored)
            """
        try Founding.write(letter, to: home.rotationPath)
        Enrolling.report(
            call,
            [("request", home.rotationPath), ("fingerprint", request.fingerprint)]
        )
        call.output.remark(
            request.level == .city
                ? "next: linli succeed with the recovery key; then the node changes over by itself"
                : "next: linli enrol at the office above; then the node changes over by itself"
        )
        return .good
    }

    static func policy(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let area = try call.area(of: home)
        let author = try call.author()
        let store = try call.openStore()
        guard let subject = store.rosterSubject else { throw HomeError.notJoined(home.path) }
        let logs = Set(
            store.roster.grants.filter { area.covers($0.scope) }.map(\.log)
        ).sorted()
        // A log that is not named is bound from its beginning; one that is not held yet as well.
        let cuts = logs.compactMap(store.log).prefix(RosterOperation.listMax).map { state in
            LogPosition(log: state.id, size: state.size, root: state.root)
        }
        guard cuts.count == logs.compactMap(store.log).count else {
            throw CommandError(
                .bad,
                "\(logs.count) logs lie in \(area), want at most \(RosterOperation.listMax)",
                hint: "write a policy for each of several narrower areas"
            )
        }
        let draft = EntryDraft.policy(roster: subject, area: area, cuts: Array(cuts))
        _ = try HomeWriter(home).append([AppendItem(draft)], as: author)
        Enrolling.report(call, [("area", area.code), ("logs", "\(cuts.count)")])
        return .good
    }
}

/// `ratify` and `refuse`: one entry for every three subjects of the range.
private struct MarkCommand {
    let isRatification: Bool
    let call: Invocation

    init(isRatification: Bool, call: Invocation) {
        self.isRatification = isRatification
        self.call = call
    }

    func run() throws -> ExitCode {
        let home = try call.home()
        let author = try call.author()
        let store = try call.openStore()
        guard let subject = store.rosterSubject else { throw HomeError.notJoined(home.path) }
        let node = try Enrolling.member(named: call.arguments[0], store.roster)
        let range = try range(of: node, store)
        let history = try history(of: node, from: range.lowerBound, store)
        let contested = try store.contested(in: node.log, range).filter { entry in
            entry.history == history && (isRatification || entry.verdict != .refused)
        }
        guard !contested.isEmpty else {
            throw CommandError(
                .bad,
                "none of these entries of \(node.name) lies beyond the end of a right",
                hint: "linli roster --contested"
            )
        }
        let isForked = store.roster.forks[node.log].map { range.upperBound > $0.size } ?? false
        let reason = try FreeText.reason(call)
        var items: [AppendItem] = []
        // Beyond a fork a mark names its entries, and has room for so many.
        let width = isForked ? RosterOperation.listMax : Int(range.upperBound - range.lowerBound)
        for first in stride(from: range.lowerBound, to: range.upperBound, by: width) {
            let part = first..<min(first + UInt64(width), range.upperBound)
            guard let root = try store.root(of: history, size: part.upperBound) else {
                throw CommandError(.bad, "the log of \(node.name) is not held so far")
            }
            let hashes = try store.entries(of: history, part).map { sha256($0.header) }
            let marked = contested.filter { part.contains($0.sequence) }
            for group in groups(marked, beside: subject) {
                items.append(
                    AppendItem(
                        .mark(
                            roster: subject,
                            isRatification: isRatification,
                            first: part.lowerBound,
                            position: LogPosition(
                                log: node.log,
                                size: part.upperBound,
                                root: root
                            ),
                            hashes: isForked ? hashes : nil,
                            further: group,
                            reason: reason
                        )
                    )
                )
            }
        }
        let subjects = Set(contested.flatMap(\.subjects)).subtracting([subject])
        _ = try HomeWriter(home).append(items, as: author)
        Enrolling.report(
            call,
            [
                (isRatification ? "ratified" : "refused", node.name),
                ("from", "\(range.lowerBound)"), ("to", "\(range.upperBound - 1)"),
                ("contested", "\(contested.count)"), ("subjects", "\(subjects.count)"),
                ("entries", "\(items.count)"),
            ]
        )
        return .good
    }

    /// The subjects of entries, as many together as one mark can name.
    private func groups(
        _ contested: [ContestedEntry],
        beside roster: SubjectID
    ) -> [[SubjectID]] {
        var subjects: [SubjectID] = []
        var seen: Set<SubjectID> = [roster]
        for found in contested.flatMap(\.subjects) where seen.insert(found).inserted {
            subjects.append(found)
        }
        let room = Header.subjectsMax - 1
        return stride(from: 0, to: max(subjects.count, 1), by: room).map { start in
            Array(subjects[start..<min(start + room, subjects.count)])
        }
    }

    /// The history that `--entry` names, which it must where several differ at that place.
    private func history(of node: Grant, from first: UInt64, _ store: Store) throws -> Digest {
        let there = try store.contested(in: node.log, first..<first + 1)
        guard let prefix = call["entry"]?.lowercased() else {
            guard Set(there.map(\.hash)).count > 1 else { return there.first?.history ?? node.log }
            throw CommandError(
                .usage,
                "the log of \(node.name) has several histories at entry \(first)",
                hint: "say by --entry which one; linli roster --contested lists them"
            )
        }
        let named = there.filter { $0.hash.description.hasPrefix(prefix) }
        guard let entry = named.first, prefix.count >= 4, named.count == 1 else {
            throw CommandError(
                .bad,
                "no entry \(first) of \(node.name) is named by --entry \(prefix)",
                hint: "linli roster --contested"
            )
        }
        return entry.history
    }

    private func range(of node: Grant, _ store: Store) throws -> Range<UInt64> {
        let sizes = [store.log(node.log)?.size ?? 0] + store.branches(of: node.log).map(\.size)
        let size = sizes.max() ?? 0
        guard size > 0 else {
            throw CommandError(.bad, "nothing is held of the log of \(node.name)")
        }
        _ = try call.required("from")
        _ = try call.required("to")
        let last = Int(clamping: size - 1)
        let first = try call.number("from", in: 0...last, or: 0)
        let end = try call.number("to", in: 0...last, or: last)
        guard first <= end else {
            throw CommandError(.usage, "--from \(first) is beyond --to \(end)")
        }
        return UInt64(first)..<UInt64(end) + 1
    }
}

extension Invocation {
    /// The area that `--scope` names; a home's own if it is left out.
    ///
    /// - Throws: ``CommandError`` with ``ExitCode/usage``.
    func area(of home: Home) throws -> Scope {
        guard let code = self["scope"] else { return try home.scope() }
        guard let scope = Scope(code) else {
            throw CommandError(.usage, "--scope is \"\(code)\", want 4, 6, 9 or 12 digits")
        }
        return scope
    }
}
