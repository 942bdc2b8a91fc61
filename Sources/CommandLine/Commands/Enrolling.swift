internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

/// `enrol`, `join` and `end`: who belongs to the ledger.
enum Enrolling {
    static func enrol(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let text = try read(call.arguments[0])
        let request = try EnrolmentRequest(armored: text)
        try Letter(request).check(text)
        if let file = call["output"] { try Founding.checkWritable(file) }
        Letter(request).show(call.output)
        let isConfirmed = try confirmed(call, request.fingerprint, of: "request")
        let author = try call.author()
        let store = try call.openStore()
        guard let subject = store.rosterSubject, let identity = store.identity else {
            throw HomeError.notJoined(home.path)
        }
        if let known = try granted(request, store.roster) {
            // The invitation may have been lost; it says nothing that the grant does not.
            call.output.remark("enrolled already: this is the same invitation again")
            return try invite(call, home, store, request, known.hash, known.isConfirmed)
        }
        guard let own = store.roster.member(log: identity.log) else {
            throw AppendError.notEnrolled
        }
        guard own.level.mayEnrol(request.level) else {
            throw CommandError(
                .bad,
                "a \(own.level.name) node may not enrol a \(request.level.name)"
            )
        }
        guard own.scope.covers(request.scope) else {
            throw CommandError(.bad, "scope \(request.scope) lies outside this node's \(own.scope)")
        }
        let draft = EntryDraft.grant(roster: subject, request: request, isConfirmed: isConfirmed)
        let receipt = try HomeWriter(home).append([AppendItem(draft)], as: author)
        guard case .written(_, _, let grant)? = receipt.outcomes.first else {
            throw CommandError(.unknown, "the grant was written and can not be found")
        }
        if changesKeys(request, store.roster) {
            call.output.remark(
                "the node changes over when it learns of this; then end its old keys: linli end"
            )
            report(call, [("grant", grant.description), ("changed", "keys")])
            return .good
        }
        return try invite(call, home, store, request, grant, isConfirmed)
    }

    /// The grant that answers this very request; nil if there is none.
    private static func granted(
        _ request: EnrolmentRequest,
        _ roster: Roster
    ) throws(CommandError) -> Grant? {
        let isChange = changesKeys(request, roster)
        for known in roster.grants {
            var keys = [known.keys.service, known.keys.witness, known.keys.tls]
            if !isChange { keys.append(known.keys.log) }
            let asked = [
                request.keys.log, request.keys.service, request.keys.witness, request.keys.tls,
            ]
            guard !Set(keys).isDisjoint(with: asked) else { continue }
            // A new grant would bring to life what was written beyond the end of the old one.
            guard !known.hasEnded else {
                throw CommandError(
                    .bad,
                    "a key of the request belongs to \(known.name), whose right has ended",
                    hint: "make a new home with linli init and enrol its request"
                )
            }
            guard known.keys == request.keys, known.level == request.level,
                known.scope == request.scope
            else {
                throw CommandError(
                    .bad,
                    "a key of the request belongs to \(known.name), enrolled as"
                        + " \(known.level.name) \(known.scope)",
                    hint: "a new node makes new keys: linli init; to change a node's: linli rotate"
                )
            }
            return known
        }
        return nil
    }

    /// Whether the request is that of a node in effect for other keys beside its log key.
    ///
    /// It names the successor that the node has named; another home with a copy of the log key
    /// does not, and would be two nodes for the rest of the roster.
    private static func changesKeys(_ request: EnrolmentRequest, _ roster: Roster) -> Bool {
        guard let member = roster.member(log: request.keys.log.hash) else { return false }
        return !member.hasEnded && member.level == request.level
            && member.scope == request.scope
            && member.keys.successor == request.keys.successor
            && member.keys.service != request.keys.service
    }

    /// Writes the invitation that tells a node of its grant.
    static func invite(
        _ call: Invocation,
        _ home: Home,
        _ store: Store,
        _ request: EnrolmentRequest,
        _ grant: Digest,
        _ isConfirmed: Bool
    ) throws -> ExitCode {
        guard let founding = try store.foundingEntry() else {
            throw CommandError(.unknown, "the founding entry is not held", hint: "linli sync")
        }
        let invitation = try Invitation(
            founding: founding,
            enrolment: grant,
            log: request.keys.log.hash,
            inviter: home.grantedKeys()?.tls ?? home.signingKey(.tls).publicKey,
            endpoint: home.configuration.listen
        )
        let letter = """
            Linli 邀请函 / invitation
            for: \(request.name) (\(request.level.name) \(request.scope))
            \(Letter(invitation).text)

            \(invitation.armored)
            """
        if let file = call["output"] {
            do {
                try Founding.write(letter, to: file)
            } catch {
                throw CommandError(
                    .unknown,
                    "\(request.name) is enrolled, but \(error.message)",
                    hint: "enrol the same request again with another -o: the same invitation comes"
                )
            }
        } else if !call.isJSON {
            call.output.line(letter)
        }
        report(
            call,
            Letter(request).rows + [
                ("grant", grant.description), ("invitation", call["output"] ?? "-"),
                ("fingerprint", invitation.fingerprint), ("confirmed", isConfirmed ? "yes" : "no"),
            ] + (call.isJSON && !call.has("output") ? [("letter", letter)] : [])
        )
        return .good
    }

    static func join(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        try home.checkSocketPath()
        let text = try read(call.arguments[0])
        let invitation = try Invitation(armored: text)
        try Letter(invitation).check(text)
        Letter(invitation).show(call.output)
        _ = try confirmed(call, invitation.fingerprint, of: "invitation")
        if let peer = call["peer"] { _ = try Founding.endpoint(peer, flag: "peer") }
        // By another way than the inviter named, the inviter must still prove its key.
        let endpoints = Set([call["peer"], invitation.endpoint].compactMap { $0 }).sorted()
        let scopes = try call["scopes"].map { text in
            try ScopesCommand.checked(try ScopesCommand.scopes(text, flag: "scopes"))
        }
        let keeper = try Keeper.join(
            home,
            invitation,
            endpoints: endpoints,
            scopes: scopes ?? .everything
        )
        report(
            call,
            Letter(invitation).rows + [
                ("log", keeper.identity.log.description),
                ("fingerprint", invitation.fingerprint),
            ]
        )
        return .good
    }

    static func end(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let reason = try FreeText.reason(call)
        let author = try call.author()
        let store = try call.openStore()
        guard let subject = store.rosterSubject else { throw HomeError.notJoined(home.path) }
        let grant = try ended(call, store.roster)
        guard grant.level != .city else {
            throw CommandError(
                .bad,
                "the founder's right is not ended so: nobody could enrol or end anyone after it",
                hint: "linli succeed --end-founder, with the recovery key"
            )
        }
        let position = try cut(call, grant, store)
        if let cut = grant.cuts.map({ $0[grant.log] ?? 0 }), position.size >= cut {
            throw CommandError(.bad, "the right of \(grant.name) has ended already, at \(cut)")
        }
        let draft = EntryDraft.end(
            roster: subject,
            grants: [grant.hash],
            cuts: [position],
            reason: reason
        )
        _ = try HomeWriter(home).append([AppendItem(draft)], as: author)
        report(
            call,
            [
                ("ended", grant.name), ("size", "\(position.size)"),
                ("root", position.root.description),
            ]
        )
        return .good
    }

    /// The grant that `end` is about: of a node with several, the one that `--grant` names or the
    /// one that its log opened with.
    private static func ended(_ call: Invocation, _ roster: Roster) throws(CommandError) -> Grant {
        let member = try member(named: call.arguments[0], roster)
        guard let digits = call["grant"] else { return member }
        let found = roster.grants(log: member.log).filter { $0.hash.description.hasPrefix(digits) }
        guard let grant = found.first, found.count == 1 else {
            throw CommandError(
                .bad,
                "\(found.count) grants of \(member.name) start with \"\(digits)\"",
                hint: "linli roster --json"
            )
        }
        return grant
    }

    /// Up to where a log still stands: `--size`, or all that is held of it.
    static func cut(_ call: Invocation, _ grant: Grant, _ store: Store) throws -> LogPosition {
        let held = store.log(grant.log)?.size ?? 0
        let size = try call.number("size", in: 0...Int(clamping: held), or: Int(clamping: held))
        guard let root = try store.root(of: grant.log, size: UInt64(size)) ?? emptyRoot(size) else {
            throw CommandError(.bad, "the log of \(grant.name) is not held up to \(size)")
        }
        return LogPosition(log: grant.log, size: UInt64(size), root: root)
    }

    /// The member whose name this is, or whose log or grant starts with these digits.
    static func member(named name: String, _ roster: Roster) throws(CommandError) -> Grant {
        let found = roster.members.filter { member in
            member.name == name || member.scope.code == name
                || name.utf8.count >= 4
                    && (member.log.description.hasPrefix(name)
                        || member.hash.description.hasPrefix(name))
        }
        guard let first = found.first else {
            throw CommandError(.bad, "no node is called \"\(name)\"", hint: "linli roster")
        }
        guard found.count == 1 else {
            throw CommandError(
                .bad,
                "\(found.count) nodes answer to \"\(name)\"",
                hint: "give the first digits of the log: "
                    + found.map { "\($0.name) \($0.log.short)" }.joined(separator: ", ")
            )
        }
        return first
    }

    private static func emptyRoot(_ size: Int) -> Digest? { size == 0 ? sha256([]) : nil }

    /// Whether a person compared the fingerprint: by the flag, or when asked on a terminal.
    static func confirmed(
        _ call: Invocation,
        _ fingerprint: String,
        of what: String
    ) throws(CommandError) -> Bool {
        func digits(_ text: String) -> String { text.filter(\.isNumber) }
        if let given = call["fingerprint"] {
            guard digits(given) == digits(fingerprint) else {
                throw CommandError(
                    .bad,
                    "the \(what)'s fingerprint is \(fingerprint), not the one given",
                    hint: "do not go on: ask the sender for the \(what) again"
                )
            }
            return true
        }
        call.output.remark("fingerprint of the \(what): \(fingerprint)")
        guard isatty(STDIN_FILENO) == 1 else {
            call.output.remark("not compared by a person; that is recorded")
            return false
        }
        call.output.remark("compared with the sender, and the same? [y/N]")
        return readLine().map { ["y", "yes", "是"].contains($0.lowercased()) } ?? false
    }

    static func read(_ path: String) throws(CommandError) -> String {
        do {
            let handle =
                try path == "-"
                ? FileHandle.standardInput
                : FileHandle(
                    forReadingFrom: URL(filePath: path)
                )
            let data = try handle.read(upToCount: Armor.textBytesMax + 1) ?? Data()
            return String(decoding: data, as: UTF8.self)
        } catch {
            throw CommandError(.unknown, "can not read \(path): \(error.localizedDescription)")
        }
    }

    static func report(_ call: Invocation, _ rows: [(String, String)]) {
        guard !call.isJSON else {
            return call.output.line(
                JSON.object(rows.map { .init(key: $0.0, value: .text($0.1)) }).line
            )
        }
        for row in rows { call.output.line("\(row.0): \(row.1)") }
    }
}
