internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

/// The lines of a request or an invitation that people read, beside the block that counts.
///
/// Everybody on the way can change them. So what a command shows comes from the block, and a
/// letter whose lines say something else is refused: it was changed by somebody.
struct Letter {
    private let what: String
    private let lines: [(key: String, value: String)]
    /// What the founding entry in an invitation says; its letter does not repeat it.
    private let founded: [(key: String, value: String)]

    /// What the lines of a request say.
    init(_ request: EnrolmentRequest) {
        what = "request"
        founded = []
        lines = [
            ("name", request.name), ("level", request.level.name),
            ("scope", request.scope.code), ("listen", request.endpoint ?? "-"),
            ("fingerprint", request.fingerprint),
        ]
    }

    /// What the lines of an invitation say.
    ///
    /// It names its inviter by key and address only, so neither do they give a name.
    init(_ invitation: Invitation) {
        what = "invitation"
        let founder = invitation.foundingGrant
        founded = [("founder", founder?.name ?? "-"), ("scope", founder?.scope.code ?? "-")]
        lines = [
            ("ledger", invitation.ledger.description), ("from", invitation.endpoint ?? "-"),
            ("fingerprint", invitation.fingerprint),
        ]
    }

    /// The lines as they are written.
    var text: String { lines.map { "\($0.key): \($0.value)" }.joined(separator: "\n") }

    /// What a report says.
    var rows: [(String, String)] { lines.dropLast() + founded }

    /// Shows what the block says, before somebody confirms it.
    func show(_ output: Output) {
        for line in rows {
            output.remark(Output.printable("\(line.0): \(line.1)"))
        }
    }

    /// Checks the lines of a letter against its block.
    ///
    /// - Throws: ``CommandError`` for a line with one of the keys and another value.
    func check(_ letter: String) throws(CommandError) {
        for text in letter.split(whereSeparator: \.isNewline) {
            for line in lines where text.hasPrefix(line.key + ":") {
                let value = text.dropFirst(line.key.count + 1).trimmingCharacters(in: .whitespaces)
                guard value != line.value.trimmingCharacters(in: .whitespaces) else { continue }
                throw CommandError(
                    .bad,
                    "the letter says \(line.key) \"\(value)\", the \(what) in it"
                        + " \"\(line.value)\"",
                    hint: "somebody changed it: ask the sender for the \(what) again"
                )
            }
        }
    }
}
