internal import Cases
internal import Ledger
internal import Storage

/// What would be written and have its effect, but not the one that is wanted.
struct CaseChecks {
    private let operation: CaseOperation
    private let invocation: Invocation

    init(_ operation: CaseOperation, _ invocation: Invocation) {
        self.operation = operation
        self.invocation = invocation
    }

    /// Refuses a profile that nobody has set: the case would have no clocks, and nobody would be
    /// told.
    func checkProfile() throws {
        guard operation.has(.profile), let text = invocation[CaseField.profile.spec.flag],
            CodeList.profiles.code(meantBy: text) == nil
        else { return }
        let local = try invocation.openStore().policy.profiles.map(\.profile.code)
        guard !local.contains(text) else { return }
        let known = (CodeList.profiles.codes.map(\.code) + local).eachOnce()
        throw CommandError(
            .usage,
            "there is no profile of this name",
            hint: "one of: \(known.joined(separator: ", ")); linli policy profile sets others"
        )
    }

    /// Refuses to give a case to whoever has it.
    func checkReceiver(_ to: Scope?, of view: SubjectView) throws(CommandError) {
        guard operation.act == .offer || operation.act == .assign, to == view.holder else { return }
        throw CommandError(.bad, "\(view.holder.code) has the case already")
    }
}

extension [String] {
    /// The texts in their order, without repetitions.
    fileprivate func eachOnce() -> [String] {
        reduce(into: []) { result, text in if !result.contains(text) { result.append(text) } }
    }
}
