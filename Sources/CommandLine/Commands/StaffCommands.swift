internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    /// `linli staff …`: the persons of a node and their keys.
    static let staffCommands: [Command] = [
        Command(
            "staff key",
            ["FILE"],
            flags: [
                Command.Flag(
                    "number",
                    "N",
                    Label("必填。岗位编号,不写姓名", "required; role-bound, never a name")
                ),
                Command.Flag.passphrase,
            ],
            group: .node,
            Label("为一名人员生成密钥和申请", "make a person's key and the request for a right"),
            run: StaffCommands.key
        ),
        Command(
            "staff add",
            ["REQUEST"],
            flags: [
                Command.Flag(
                    "roles",
                    "A,B",
                    Label(
                        "必填。岗位: " + Role.allCases.map(\.word).joined(separator: " "),
                        "required; of: " + Role.allCases.map(\.word).joined(separator: " ")
                    )
                ),
                Command.Flag(
                    "scope",
                    "CODE",
                    Label("管辖范围,默认为本节点的", "what it covers; the node's own if left out")
                ),
                Command.Flag(
                    "number",
                    "N",
                    Label("应与申请中的编号一致", "the number that the request must have")
                ),
                NodeFlags.fingerprint,
            ] + Command.Flag.signing,
            group: .node,
            Label("授予一名人员权限", "give a person a right at this node"),
            run: StaffCommands.add
        ),
        Command(
            "staff end",
            ["NUMBER"],
            flags: [
                NodeFlags.node,
                Command.Flag(
                    "key",
                    "DIGITS",
                    Label("只终止此密钥(哈希前几位)", "only the key whose hash starts so")
                ),
                NodeFlags.reason, FreeText.allowPersonal, NodeFlags.size,
            ] + Command.Flag.signing,
            group: .node,
            Label("终止一名人员的权限", "end a person's right"),
            run: StaffCommands.end
        ),
        Command(
            "staff list",
            flags: [
                NodeFlags.node,
                Command.Flag("all", Label("列出所有节点的人员", "the persons of every node")),
            ],
            group: .node,
            Label("本节点的人员与权限", "the persons of a node and their rights"),
            run: StaffCommands.list
        ),
    ]
}

/// Flags that several commands about rights share.
enum NodeFlags {
    static let fingerprint = Command.Flag(
        "fingerprint",
        "DIGITS",
        Label("当面或电话核对过的指纹", "the fingerprint that a person compared")
    )
    static let node = Command.Flag(
        "node",
        "NODE",
        Label("哪个节点(默认本节点)", "which node; this one if not given")
    )
    static let reason = Command.Flag("reason", "TEXT", Label("理由", "why"))
    static let size = Command.Flag(
        "size",
        "N",
        Label("认可其日志的前 N 条", "how many entries of its log still stand")
    )
}

/// `staff key`, `add`, `end` and `list`.
enum StaffCommands {
    static func key(_ call: Invocation) async throws -> ExitCode {
        let number = try call.required("number")
        try check(number, flag: "number")
        let file = call.arguments[0]
        let requestFile = file + ".request"
        for path in [file, requestFile] where FileManager.default.fileExists(atPath: path) {
            throw CommandError(.bad, "\(path) exists already", hint: "name another file")
        }
        let passphrase = try Passphrase.choose(call)
        let key = try SigningKey(seed: SystemSource.random32())
        let pem =
            try passphrase.map { try key.pem(passphrase: $0, random: SystemSource.random32()) }
            ?? key.pem()
        let request = StaffRequest(number: number, key: key.publicKey)
        let letter = """
            Linli 人员授权申请 / staff request
            number: \(number)
            fingerprint: \(request.fingerprint)

            \(try request.signed(by: key))
            """
        try KeyFile.create(file, pem)
        try Founding.write(letter, to: requestFile)
        if passphrase == nil {
            call.output.remark(
                call.output.text(
                    "密钥未加密: 得到此文件者即可代其签署。",
                    "the key is not encrypted: whoever has the file signs as this person."
                )
            )
        }
        Enrolling.report(
            call,
            [
                ("key", file), ("request", requestFile), ("number", number),
                ("fingerprint", request.fingerprint),
            ]
        )
        return .good
    }

    static func add(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let roles = try roles(call)
        let request = try StaffRequest(armored: Enrolling.read(call.arguments[0]))
        if let number = call["number"], number != request.number {
            throw CommandError(
                .bad,
                "the request is for number \(request.number), --number is \(number)",
                hint: "do not go on: ask the sender for the request again"
            )
        }
        let scope = try call["scope"].map(Self.scope) ?? home.scope()
        let isConfirmed = try Enrolling.confirmed(call, request.fingerprint, of: "request")
        let author = try call.author()
        let store = try call.openStore()
        guard let subject = store.rosterSubject, let identity = store.identity else {
            throw HomeError.notJoined(home.path)
        }
        try checkFree(request, roles, scope, in: identity.log, store.roster)
        let draft = EntryDraft.staff(
            roster: subject,
            request: request,
            roles: roles,
            scope: scope,
            isConfirmed: isConfirmed
        )
        let receipt = try HomeWriter(home).append([AppendItem(draft)], as: author)
        Enrolling.report(
            call,
            [
                ("grant", grant(of: receipt)), ("number", request.number),
                ("roles", roles.sorted().map(\.word).joined(separator: ",")),
                ("scope", scope.code), ("confirmed", isConfirmed ? "yes" : "no"),
            ]
        )
        return .good
    }

    static func end(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let author = try call.author()
        let store = try call.openStore()
        guard let subject = store.rosterSubject else { throw HomeError.notJoined(home.path) }
        let node = try node(call, store)
        let number = call.arguments[0]
        let found = store.roster.staff.filter { person in
            person.log == node.log && person.number == number && !person.hasEnded
                && person.key.hash.description.hasPrefix(call["key"] ?? "")
        }
        guard !found.isEmpty else {
            throw CommandError(
                .bad,
                "nobody at \(node.name) has a right under number \"\(number)\"",
                hint: "linli staff list"
            )
        }
        let cut = try Enrolling.cut(call, node, store)
        let draft = EntryDraft.end(
            roster: subject,
            grants: found.map(\.hash),
            cuts: [cut],
            reason: try FreeText.reason(call)
        )
        _ = try HomeWriter(home).append([AppendItem(draft)], as: author)
        Enrolling.report(
            call,
            [
                ("ended", "\(node.name)/\(number)"), ("keys", "\(found.count)"),
                ("size", "\(cut.size)"), ("root", cut.root.description),
            ]
        )
        return .good
    }

    static func list(_ call: Invocation) async throws -> ExitCode {
        let store = try call.openStore()
        var persons = store.roster.staff
        if !call.has("all") {
            let log = try node(call, store).log
            persons.removeAll { $0.log != log }
        }
        persons.sort { ($0.log, $0.number, $0.hash) < ($1.log, $1.number, $1.hash) }
        guard !call.isJSON else {
            for person in persons { call.output.line(json(person, store).line) }
            return .good
        }
        let output = call.output
        output.table(
            [
                [
                    output.text("节点", "node"), output.text("编号", "number"),
                    output.text("岗位", "roles"), output.text("代码", "code"),
                    output.text("密钥", "key"), output.text("指纹核对", "confirmed"),
                    output.text("权限", "right"),
                ]
            ]
                + persons.map { person in
                    [
                        store.nodeName(person.log), person.number,
                        person.roles.map { output.text($0.chinese, $0.word) }
                            .joined(separator: ","),
                        person.scope.code, person.key.hash.short,
                        person.isConfirmed ? output.text("是", "yes") : output.text("否", "no"),
                        right(person, output),
                    ]
                }
        )
        return .good
    }

    private static func right(_ person: StaffGrant, _ output: Output) -> String {
        guard let cuts = person.cuts else { return output.text("有效", "in effect") }
        let size = cuts[person.log] ?? 0
        return output.text("已终止于 \(size)", "ended at \(size)")
    }

    private static func json(_ person: StaffGrant, _ store: Store) -> JSON {
        [
            "node": .text(store.nodeName(person.log)), "log": .text(person.log.description),
            "number": .text(person.number),
            "roles": .array(person.roles.map { .text($0.word) }),
            "scope": .text(person.scope.code), "key": .text(person.key.hash.description),
            "grant": .text(person.hash.description), "confirmed": .bool(person.isConfirmed),
            "ended": .bool(person.hasEnded),
            "size": person.cuts.map { .count($0[person.log] ?? 0) } ?? .null,
        ]
    }

    // MARK: Input

    /// The node that `--node` names, or the home's own.
    private static func node(_ call: Invocation, _ store: Store) throws -> Grant {
        if let name = call["node"] { return try Enrolling.member(named: name, store.roster) }
        guard let log = store.identity?.log, let own = store.roster.member(log: log) else {
            throw AppendError.notEnrolled
        }
        return own
    }

    private static func check(_ number: String, flag: String) throws(CommandError) {
        guard StaffGrant.isNumber(number) else {
            throw CommandError(
                .usage,
                "--\(flag) is no staff number, want 1 to \(StaffGrant.numberMax) letters, digits"
                    + " or hyphens"
            )
        }
    }

    private static func roles(_ call: Invocation) throws(CommandError) -> Set<Role> {
        var roles: Set<Role> = []
        for word in try call.required("roles").split(separator: ",") {
            guard let role = Role(word: String(word)) else {
                throw CommandError(
                    .usage,
                    "there is no role \"\(word)\"",
                    hint: "one of: \(Role.allCases.map(\.word).joined(separator: " "))"
                )
            }
            roles.insert(role)
        }
        guard !roles.isEmpty else { throw CommandError(.usage, "--roles names no role") }
        return roles
    }

    private static func scope(_ code: String) throws(CommandError) -> Scope {
        guard let scope = Scope(code) else {
            throw CommandError(.usage, "--scope is \"\(code)\", want 4, 6, 9 or 12 digits")
        }
        return scope
    }

    /// Refuses a key that is a node's, another number's, or has the right already.
    private static func checkFree(
        _ request: StaffRequest,
        _ roles: Set<Role>,
        _ scope: Scope,
        in log: Digest,
        _ roster: Roster
    ) throws(CommandError) {
        for grant in roster.grants {
            let keys = [grant.keys.log, grant.keys.service, grant.keys.witness, grant.keys.tls]
            guard !keys.contains(request.key) else {
                throw CommandError(
                    .bad,
                    "the request's key is one of node \(grant.name), not a person's",
                    hint: "linli staff key makes a key"
                )
            }
        }
        for person in roster.staff(key: request.key.hash) where person.log == log {
            let hasIt = roles.isSubset(of: person.roles) && person.scope.covers(scope)
            guard person.hasEnded || person.number != request.number || hasIt else { continue }
            throw CommandError(
                .bad,
                person.hasEnded
                    ? "the right of the request's key has ended"
                    : "the request's key has a right under number \(person.number) already",
                hint: "a new right takes a new key: linli staff key"
            )
        }
    }

    private static func grant(of receipt: HomeWriter.Receipt) -> String {
        guard case .written(_, _, let hash)? = receipt.outcomes.first else { return "-" }
        return hash.description
    }
}
