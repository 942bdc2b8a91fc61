internal import Cases
internal import Storage

extension Program {
    /// Commands that print documents.
    static let documentCommands: [Command] =
        [caseFileCommand, minutesCommand].map { $0.adding(Command.Flag.viewing) }

    static let caseFileCommand = Command(
        "case file",
        ["CASE"],
        flags: [
            Command.Flag(
                "format",
                "md|html|json",
                Label("文书格式,默认 md", "form of the document, md if left out")
            ),
            .documentOutput,
        ],
        group: .cases,
        Label("一个案件的完整卷宗,列出归档所缺", "the complete file of a case, with what archiving lacks")
    ) { invocation in
        let format = try invocation.documentFormat([.md, .html, .json])
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        let name = invocation.arguments[0]
        let folded = try store.folded(try store.subject(called: name))
        guard let file = MediationFile(folded) else {
            guard let kind = folded.view?.kind else {
                throw CommandError(.bad, "\"\(name)\" is not open yet", hint: "linli sync")
            }
            throw CommandError(
                .bad,
                "\"\(name)\" is a \(kind.label.en), not a case",
                hint: "linli show prints what is no case"
            )
        }
        switch format {
        case .json:
            try invocation.deliver(CaseFileJSON(file: file, store: store, basis: basis).json.line)
        case .md:
            try invocation.deliver(
                MarkdownWriter(CaseFileDocument(file, store, basis).document).text
            )
        case .html:
            try invocation.deliver(HTMLWriter(CaseFileDocument(file, store, basis).document).text)
        }
        if basis.isProvisional {
            for line in basis.lines(invocation.output).prefix(1) { invocation.output.remark(line) }
        }
        return .good
    }
}
