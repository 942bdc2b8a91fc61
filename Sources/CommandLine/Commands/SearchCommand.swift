internal import Cases
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    static let searchCommand = Command(
        "search",
        ["WORDS"],
        flags: [
            Command.Flag("scope", "CODE", Label("地区代码及其以内", "this place and what lies within")),
            Command.Flag(
                "kind",
                "KIND",
                Label("只查此类: \(kinds)", "only this kind: \(kinds)")
            ),
            Command.Flag("open", Label("未结束的", "not ended")),
            Command.Flag("limit", "N", Label("最多几项,默认 20", "most results, 20 if left out")),
        ],
        group: .view,
        Label(
            "全文检索各案件与记录所写的文字",
            "finds cases and records by what was written about them; all words, in any order"
        )
    ) { try Search($0).run() }

    private static let kinds = SubjectKind.allCases.map(\.rawValue).joined(separator: ", ")
}

/// `linli search`.
private struct Search {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    /// Most characters on each side of a word that was found.
    private static let excerptWidth = 16
    /// Most excerpts of one subject for a reader.
    private static let excerptsMax = 3

    private struct Found {
        let view: SubjectView
        let texts: [(text: WrittenText, excerpt: String)]
    }

    func run() throws -> ExitCode {
        let query = invocation.arguments[0]
        let limit = try invocation.number("limit", in: 1...SearchIndex.foundMax, or: 20)
        let scope = try invocation.scope("scope")
        let kind = try kind()
        let store = try invocation.openStore()
        let basis = try Basis(store)
        let ids = try identified(query, store)
        var found: [Found] = []
        var isMore = ids.count == SearchIndex.foundMax
        for id in ids {
            let folded = try store.folded(id)
            guard let view = folded.view, scope.map({ $0.covers(view.scope) }) ?? true,
                kind.map({ $0 == view.kind }) ?? true,
                !(invocation.has("open") && view.stage.isEnded)
            else { continue }
            guard found.count < limit else {
                isMore = true
                break
            }
            let texts = folded.texts.compactMap { text in
                text.excerpt(query, width: Self.excerptWidth).map { (text, $0) }
            }
            found.append(Found(view: view, texts: texts))
        }
        for item in found { show(item) }
        if !invocation.isJSON, isMore {
            invocation.output.remark(
                invocation.output.text(
                    "还有更多: --limit, 或多给几个词",
                    "there is more: --limit, or give more words"
                )
            )
        }
        basis.finish(invocation)
        return .good
    }

    private func kind() throws(CommandError) -> SubjectKind? {
        guard let name = invocation["kind"] else { return nil }
        guard let kind = SubjectKind(rawValue: name) else {
            let known = SubjectKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError(.usage, "--kind is \"\(name)\"", hint: "one of: \(known)")
        }
        return kind
    }

    private func identified(_ query: String, _ store: Store) throws -> [SubjectID] {
        let home = try invocation.home()
        let index = try SearchIndex(
            beside: home.databasePath,
            scratch: home.scratchDirectory
        )
        try index.update(from: store) { done, total in
            invocation.output.progress("\(done)/\(total)")
        }
        invocation.output.progress("", isLast: invocation.output.isErrorTerminal)
        do {
            return try index.subjects(matching: query)
        } catch let error as SearchQueryError {
            throw CommandError(.usage, error.description, hint: "linli search 夜市 音响")
        }
    }

    private func show(_ found: Found) {
        let output = invocation.output
        let view = found.view
        guard !invocation.isJSON else {
            let json: JSON = [
                "id": .text(view.id.description),
                "kind": .text(view.kind.rawValue),
                "number": .text(view.number),
                "stage": .text(view.stage.rawValue),
                "scope": .text(view.scope.code),
                "matches": .array(
                    found.texts.map { text, excerpt in
                        [
                            "field": .optional(
                                text.field == 0 ? nil : CaseField.name(of: text.field)
                            ),
                            "excerpt": .text(excerpt),
                        ]
                    }
                ),
            ]
            return output.line(json.line)
        }
        let head = [
            view.id.short, view.number, output.text(view.kind.label),
            output.name(view.stage.rawValue, in: .stages), view.scope.code,
        ]
        output.line(Output.printable(head.joined(separator: "  ")))
        for (text, excerpt) in found.texts.filter({ $0.text.field != 0 }).prefix(Self.excerptsMax) {
            output.line(
                Output.printable("    \(output.label(ofField: text.field)): \(excerpt)")
            )
        }
    }
}
