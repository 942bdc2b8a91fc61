internal import Ledger

extension CaseOperation {
    /// Takes over one record of a file that was kept outside the ledger: a session, a performance,
    /// a breach, guidance.
    ///
    /// It says what another file holds, and never that its author did it.
    package static let takeOverRecord = CaseOperation(
        "mediation.import",
        "take-over",
        Label("接收卷宗记录", "take over a record"),
        Label(
            "接收账外卷宗中的一条记录(如纸质调解记录)",
            "takes over a record of a file kept elsewhere, such as on paper"
        ),
        by: .staff,
        required: [.heldBy],
        optional: [
            .points, .venue, .present, .undisputed, .next, .itemNumber, .done, .paid, .action,
            .guidance, .text, .evidence,
        ],
        in: .all,
        textMax: 65_536
    )

    /// What a record of another system may say of a whole mediation, beside what any record says.
    static let takenFile: [CaseField] = [
        .registeredAt, .acceptedAt, .mediatedAt, .agreedAt, .mediationEndedAt, .appliedAt,
        .confirmedAt, .visitedAt, .channel, .occurred, .reference, .name, .scale, .people, .brief,
        .involved, .amount, .grid, .risk, .organisation, .mediators, .consent, .interest,
        .disclosure, .mode, .form, .items, .item, .itemTerms, .facts, .effective, .term,
        .signatures, .allSigned, .seal, .document, .endReason, .remediesTold, .court,
        .confirmation, .confirmationNumber, .visitResult, .outcome, .way, .replied,
    ]
}
