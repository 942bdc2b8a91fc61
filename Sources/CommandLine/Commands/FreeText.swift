internal import Cases
internal import Ledger

/// The check of every text that a person types and that goes into an entry.
///
/// Entries are at every node and can not be taken back, so what was hardly meant is asked for
/// again while its author is still there.
enum FreeText {
    /// The flag of every command that writes texts.
    static let allowPersonal = Command.Flag(
        "allow-personal",
        Label("确需写入电话、证件或卡号", "write telephone, identity or card numbers all the same")
    )

    /// Refuses what is no text, and, unless ``allowPersonal`` is given, one that seems to hold a
    /// person's number.
    static func check(_ text: String, flag: String, _ call: Invocation) throws(CommandError) {
        try checkForm(text, flag: flag)
        guard let kind = PersonalData.found(in: text) else { return }
        guard !call.has(allowPersonal.name) else {
            return call.output.remark("linli: --\(flag) holds \(kind.label); written as asked")
        }
        throw CommandError(
            .usage,
            "--\(flag) seems to hold \(kind.label); nothing was written",
            hint:
                "leave it out, seal it (--party-file, --contact-file, --seal-text), or write it all"
                + " the same with --allow-personal"
        )
    }

    /// Refuses a person's number in what goes into a header, whatever flag is given: headers are
    /// permanent.
    static func checkHeader(_ text: String, flag: String) throws(CommandError) {
        guard let kind = PersonalData.found(in: text) else { return }
        throw CommandError(
            .usage,
            "--\(flag) seems to hold \(kind.label); nothing was written",
            hint: "it would stand in a header, which can never be erased"
        )
    }

    /// The reason that `--reason` gives, checked; empty if it gives none.
    static func reason(_ call: Invocation) throws(CommandError) -> String {
        guard let reason = call["reason"] else { return "" }
        try check(reason, flag: "reason", call)
        return reason
    }

    /// Refuses a text of spaces only, and one that can steer a terminal.
    static func checkForm(_ text: String, flag: String) throws(CommandError) {
        guard !text.allSatisfy(\.isWhitespace) else {
            throw CommandError(.usage, "--\(flag) is empty, want a text")
        }
        let control = text.unicodeScalars.first { scalar in
            scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
        }
        if let control {
            throw CommandError(
                .usage,
                "--\(flag) holds control character \(control.value); nothing was written",
                hint: control == "\r"
                    ? "end lines with line feeds only" : "line feeds and tabs may stand in a text"
            )
        }
    }
}

extension Command.Flag {
    /// For whom the node's key acts or opens.
    static let actor = Command.Flag(
        "actor",
        "NUMBER",
        Label("经办人的岗位编号,不写姓名", "role-bound staff number, never a name")
    )
}

extension Invocation {
    /// The staff number that `--actor` gives, a claim.
    ///
    /// - Throws: ``CommandError``.
    func actor() throws(CommandError) -> String? {
        guard let actor = self["actor"] else { return nil }
        let isNumber = actor.utf8.allSatisfy { sign in
            switch sign {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isNumber, 1...Header.actorMax ~= actor.utf8.count else {
            throw CommandError(
                .usage,
                "--actor is no staff number, want 1 to \(Header.actorMax) letters, digits or hyphens"
            )
        }
        try FreeText.checkHeader(actor, flag: "actor")
        return actor
    }
}
