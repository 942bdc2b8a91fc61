extension Header {
    /// Whether nothing may follow from the entry before its author's signature was checked: what
    /// says who may do what, what deadlines hold, and what is destroyed for good.
    package var isCheckedBeforeEffect: Bool {
        RosterOperation.isRoster(operation) || operation.hasPrefix("policy.")
            || Self.redacting.contains(operation)
    }

    private static let redacting: Set = [
        "case.redact", "case.approve-redaction", "case.refuse-redaction",
    ]
}
