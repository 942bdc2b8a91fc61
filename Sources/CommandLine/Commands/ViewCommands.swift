internal import Cases

extension Program {
    /// What reads the merged view.
    static let viewCommands: [Command] = [
        casesCommand, showCommand, historyCommand, conflictsCommand, statsCommand,
        reportCommand, watchCommand, codesCommand,
    ]
}
