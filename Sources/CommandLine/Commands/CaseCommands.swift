internal import Cases
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    /// `linli case VERB` for every operation of the table, and the import.
    static let caseCommands: [Command] =
        CaseOperation.all.filter { $0 != .takeOver }.map(command) + [importCommand]

    private static func command(_ operation: CaseOperation) -> Command {
        var flags = operation.fields.flatMap(Self.flags)
        if operation.opens {
            flags.append(
                Command.Flag(
                    "scope",
                    "CODE",
                    Label("案件所在地代码,默认为本节点的", "place of the case; the node's own if left out")
                )
            )
        }
        flags += [
            Command.Flag(
                "actor",
                "NUMBER",
                Label("经办人的岗位编号,不写姓名", "role-bound staff number, never a name")
            ),
            FreeText.allowPersonal,
        ]
        return Command(
            "case \(operation.verb)",
            operation.opens ? [] : ["CASE"],
            flags: flags,
            group: .cases,
            operation.help
        ) { try CaseWrite(operation, $0).run() }
    }

    /// A field's flag; free text can also come from a file, so that it stays out of the list of
    /// processes and the shell's history.
    private static func flags(_ use: CaseOperation.Use) -> [Command.Flag] {
        let spec = use.field.spec
        var help = spec.help
        if use.isRequired { help = Label("必填。" + help.zh, "required; " + help.en) }
        if case .code(let list) = spec.type {
            help = Label(
                "\(help.zh): \(listed(list, spec, \.zh))",
                "\(help.en): \(listed(list, spec, \.en))"
            )
        }
        let flag = Command.Flag(spec.flag, spec.type.placeholder, help)
        guard spec.place == .part(.text) else { return [flag] }
        let file = Command.Flag(
            spec.flag + "-file",
            "PATH|-",
            Label("\(spec.label.zh)取自文件或标准输入", "\(spec.label.en) from a file or standard input")
        )
        return [flag, file]
    }

    /// Most codes that a line of help lists.
    private static let listedMax = 20

    private static func listed(
        _ list: CodeList,
        _ spec: FieldSpec,
        _ language: KeyPath<Label, String>
    ) -> String {
        guard list.codes.count <= listedMax else { return "linli codes \(spec.flag)" }
        return list.codes.map { code in
            let name = code.label[keyPath: language]
            return name == code.code ? name : "\(code.code) \(name)"
        }.joined(separator: "; ")
    }
}

extension FieldType {
    /// What stands for a value in help.
    fileprivate var placeholder: String {
        switch self {
        case .code: "CODE"
        case .text: "TEXT"
        case .instant: "TIME"
        case .count: "N"
        case .identifier: "WORD"
        case .flag: "true|false"
        }
    }
}

/// One `linli case VERB`: reads the values, writes the entry, says what became of it.
private struct CaseWrite {
    let operation: CaseOperation
    let invocation: Invocation

    init(_ operation: CaseOperation, _ invocation: Invocation) {
        self.operation = operation
        self.invocation = invocation
    }

    func run() throws -> ExitCode {
        let content = try CaseText(operation, invocation).draft().compiled()
        let actor = try actor()
        let home = try invocation.home()
        var draft = EntryDraft(
            operation: operation.name,
            subject: .opened,
            fields: content.fields,
            parts: content.parts,
            actor: actor
        )
        if operation.opens {
            draft.scope = try scope(home)
        } else {
            draft.subject = .existing(try subject())
        }
        // No reader is open meanwhile: a writer folds its write-ahead log into the database when
        // it is the last one to close it.
        let receipt = try HomeWriter(home).append([AppendItem(draft)])
        guard case .written(let id, let place, let hash)? = receipt.outcomes.first else {
            throw CommandError(.unknown, "the entry was not written")
        }
        let store = try invocation.openStore()
        let view = try store.folded(id).view
        if invocation.isJSON {
            let json: JSON = [
                "id": .text(id.description),
                "number": .optional(view?.number),
                "operation": .text(operation.name),
                "log": .text(place.log.description),
                "sequence": .count(place.sequence),
                "hash": .text(hash.description),
                "stage": .optional(view?.stage.rawValue),
                "holders": .number(Int64(receipt.holders)),
            ]
            invocation.output.line(json.line)
        } else {
            report(view, id, place, hash.short, holders: receipt.holders, store)
        }
        return .good
    }

    private func report(
        _ view: CaseView?,
        _ id: SubjectID,
        _ place: Place,
        _ hash: String,
        holders: Int,
        _ store: Store
    ) {
        let output = invocation.output
        output.table([
            [output.text("案件", "case"), view?.number ?? ""],
            [output.text("编号", "id"), id.short],
            [output.text("阶段", "stage"), view.map { output.text($0.stage.label) } ?? ""],
            [
                output.text("条目", "entry"),
                "\(output.text(operation.label)) \(store.nodeName(place.log))"
                    + " #\(place.sequence) \(hash)",
            ],
        ])
        output.line(
            output.text(
                "已记录;另有 \(holders) 个节点持有",
                "recorded; held by \(holders) other nodes"
            )
        )
    }

    /// The case that is named, if the operation is admissible as far as this node knows.
    private func subject() throws -> SubjectID {
        let (view, _) = try invocation.openStore().foldedCase(called: invocation.arguments[0])
        guard operation.stages.contains(view.stage) else {
            let verbs = CaseOperation.all
                .filter { $0 != .takeOver && $0.stages.contains(view.stage) }.map(\.verb)
            throw CommandError(
                .bad,
                CommandError.text(.inadmissible(.stage(view.stage))),
                hint: "admissible now: \(verbs.joined(separator: " "))"
            )
        }
        return view.id
    }

    private func scope(_ home: Home) throws -> Scope {
        guard let code = invocation["scope"] else { return try home.scope() }
        guard let scope = Scope(code) else {
            throw CommandError(.usage, "--scope is \"\(code)\", want 4, 6, 9 or 12 digits")
        }
        return scope
    }

    private func actor() throws(CommandError) -> String? {
        guard let actor = invocation["actor"] else { return nil }
        let isNumber = actor.utf8.allSatisfy { sign in
            switch sign {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isNumber, 1...Header.actorMax ~= actor.utf8.count else {
            throw CommandError(
                .usage,
                "--actor is no staff number, want 1 to \(Header.actorMax) letters, digits or hyphens"
            )
        }
        try FreeText.check(actor, flag: "actor", invocation)
        return actor
    }
}
