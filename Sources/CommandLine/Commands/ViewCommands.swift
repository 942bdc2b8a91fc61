internal import Cases

extension Program {
    /// What reads the merged view.
    static let viewCommands: [Command] =
        [
            casesCommand, showCommand, historyCommand, conflictsCommand, statsCommand,
            reportCommand, sqlCommand,
        ].map { $0.adding(Command.Flag.viewing) } + [searchCommand, watchCommand, codesCommand]
}
