extension Program {
    /// What is asked of everything that is no case, beside the operations of the table.
    static let recordCommands: [Command] =
        (recordLists + [dwellingListCommand, policyShowCommand]).map {
            $0.adding(Command.Flag.viewing)
        } + placeCommands + alertCommands
}
