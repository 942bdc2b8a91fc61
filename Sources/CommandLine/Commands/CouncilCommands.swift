internal import Cases
internal import Storage

extension Program {
    static let minutesCommand = Command(
        "council minutes",
        ["COUNCIL"],
        flags: [
            Command.Flag(
                "format",
                "md|html",
                Label("文书格式,默认 md", "form of the document, md if left out")
            ),
            .documentOutput,
        ],
        group: .community,
        Label("议事会纪要", "the minutes of a council, in Chinese")
    ) { invocation in
        guard !invocation.isJSON else {
            throw CommandError(.usage, "minutes are md or html", hint: "linli show COUNCIL --json")
        }
        let format = try invocation.documentFormat([.md, .html])
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        let record = try store.council(called: invocation.arguments[0])
        let document = MinutesDocument(
            record: record,
            words: DocumentWords(store: store, output: Output(language: .zh)),
            basis: basis
        ).document
        try invocation.deliver(
            format == .html ? HTMLWriter(document).text : MarkdownWriter(document).text
        )
        return .good
    }
}

extension Store {
    /// The council that a person names.
    ///
    /// - Throws: ``CommandError`` if nothing or something else is called so.
    func council(called name: String) throws -> CouncilRecord {
        let folded = try folded(try subject(called: name))
        guard let record = CouncilRecord(folded) else {
            let kind = folded.view?.kind.label.en ?? "subject that is not open yet"
            throw CommandError(.bad, "\"\(name)\" is a \(kind), not a council")
        }
        return record
    }
}
