extension Output {
    /// Prints a document's blocks for a reader at a terminal.
    func print(_ blocks: [Document.Block]) {
        for block in blocks {
            switch block {
            case .heading(let text):
                line()
                line(strong(Self.printable(text)))
            case .subheading(let text): line(strong(Self.printable(text)))
            case .form(let rows): table(rows.map { [$0.label, flat($0.value)] })
            case .table(let head, let rows): table([head] + rows.map { $0.map(flat) })
            case .text(let text): line(flat(text))
            case .list(let items): for item in items { line("- " + flat(item)) }
            case .warning(let text): line(strong("! " + flat(text)))
            case .signing: break
            }
        }
    }

    private func flat(_ text: String) -> String {
        Self.printable(text.split(separator: "\n").joined(separator: "; "))
    }
}
