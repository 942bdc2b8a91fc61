import Cases
import Crypto
import Encoding
import Ledger

/// Entries that have no effect, each for one reason, beside one that has.
enum JudgedVectors {
    static func all() throws -> [VectorFile] {
        var good = try CaseVectors.accepted()
        try good.write(.close, [(.outcome, "21")], minutes: 9)
        var applied = try agreed()
        try applied.write(.apply, [(.court, "a")], minutes: lastMinute)
        return [
            good.judged("good_close", "a closing that fits"),
            applied.judged("good_apply", "asks the court in the last minute of the longest term"),
        ] + (try inadmissible()) + (try malformed())
    }

    /// Thirty days that end at 24:00, and the ten that holidays may add, in minutes.
    private static let lastMinute = 57960

    private static func agreed() throws -> CaseHistory {
        var history = try CaseVectors.accepted()
        try history.write(.mediate, [(.consent, "true"), (.interest, "none")])
        let start = "\(CaseHistory.start)"
        try history.write(.agree, [(.form, "oral"), (.effective, start)])
        return history
    }

    private static func inadmissible() throws -> [VectorFile] {
        var files: [VectorFile] = []
        func add(
            _ name: String,
            _ what: String,
            _ start: CaseHistory,
            _ write: (inout CaseHistory) throws -> Void
        ) throws {
            var history = start
            try write(&history)
            files.append(history.judged("bad_\(name)", what))
        }
        let (accepted, registered) = (try CaseVectors.accepted(), try CaseVectors.registered())
        let none = Digest.zero.description
        try add("stage", "arrives before anybody was sent", accepted) { try $0.write(.arrive) }
        try add("not_opened", "did not know the opening", accepted) { history in
            try history.write(.note, [(.text, "a")], in: 1, after: [])
        }
        try add("other_kind", "an act of councils about a case", accepted) { history in
            try history.write(.propose, [(.proposal, "a")])
        }
        try add("not_imported", "an import about a case of our own", try CaseVectors.reported()) {
            history in
            try history.write(
                .takeOver,
                [(.source, "x"), (.reportedAt, "1"), (.state, "open"), (.externalID, "1")]
            ) { $0.scope = nil }
        }
        try add("no_offer", "takes what nobody offers", accepted) { history in
            try history.write(.take, [(.offer, none)])
        }
        try add("offer_pending", "offers what is offered", accepted) { history in
            for place in ["330113003", "330113004"] {
                try history.write(.offer, [(.reason, "a")], to: place)
            }
        }
        try add("not_from_there", "gives back to whom it did not come from", accepted) { history in
            try history.write(.giveBack, [(.reason, "a")], to: "330113003")
        }
        try add("no_link", "confirms no link", accepted) { history in
            try history.write(.report, [(.summary, "二")], in: 1, after: [])
            try history.write(.confirmLink, [(.link, none)], about: [0, 1])
        }
        try add("nothing_to_settle", "settles what is no conflict", registered) { history in
            try history.write(.settle, [(.category, "0602"), (.reason, "a")])
        }
        try add("no_consent", "moves the term of talks alone", accepted) { history in
            try history.write(
                .extend,
                [(.clock, "mediation"), (.newDue, "1799000000000"), (.reason, "a")]
            )
        }
        try add("not_extendable", "moves a term that nobody can", accepted) { history in
            try history.write(
                .extend,
                [(.clock, "accept"), (.newDue, "1799000000000"), (.reason, "a")]
            )
        }
        try add("too_late", "asks the court a minute after the longest term", try agreed()) {
            history in
            try history.write(.apply, [(.court, "a")], minutes: lastMinute + 1)
        }
        try add("interest", "who has an interest records an agreement", accepted) { history in
            try history.write(
                .mediate,
                [(.consent, "true"), (.interest, "declared"), (.disclosure, "a")]
            ) { $0.actor = "T-1" }
            try history.write(.agree, [(.form, "oral")]) { $0.actor = "T-1" }
        }
        try add("same_hand", "who sent the unit appraises", accepted) { history in
            try history.write(.dispatch, [(.unit, "a")]) { $0.actor = "Z-1" }
            try history.write(.arrive, in: 1)
            try history.write(.close, [(.outcome, "21")], in: 1)
            try history.write(.appraise, [(.effect, "01")]) { $0.actor = "Z-1" }
        }
        try add("not_holder", "acts for another office", accepted) { history in
            history.offices = zip(CaseHistory.logs, ["330113002", "330113003"])
                .compactMap { log, code in Scope(code).map { (log, $0) } }
            let offer = try history.write(.offer, [(.reason, "a")], to: "330113003")
            try history.write(.take, [(.offer, offer.hash.description)], in: 1)
            try history.write(.dispatch, [(.unit, "a")])
        }
        return files
    }

    private static func malformed() throws -> [VectorFile] {
        let changes: [(String, String, (inout Header) -> Void)] = [
            (
                "subjects", "about two subjects",
                { $0.subjects.append(SubjectID(openedIn: .zero, at: 0)) }
            ),
            ("missing", "no outcome", { $0.fields = [] }),
            (
                "field_type", "an outcome that is no code",
                { $0.fields = [CBORPair(160, .unsigned(11))] }
            ),
            (
                "field_form", "an outcome that is free text",
                { $0.fields = [CBORPair(160, .text("a b"))] }
            ),
            (
                "field_place", "a text in the header",
                { $0.fields.append(CBORPair(163, .text("x"))) }
            ),
            (
                "instant", "an instant after the year 9999",
                { $0.fields.insert(CBORPair(16, .unsigned(.max)), at: 0) }
            ),
            (
                "part_list", "the list of fields is no list",
                { $0.fields.insert(CBORPair(0, .text("x")), at: 0) }
            ),
            (
                "part_header", "the list names a field of the header",
                { $0.fields.insert(CBORPair(0, .array([.unsigned(160)])), at: 0) }
            ),
            (
                "part_order", "the list does not rise",
                { $0.fields.insert(CBORPair(0, .array([.unsigned(163), .unsigned(163)])), at: 0) }
            ),
            ("scope", "a scope although it opens nothing", { $0.scope = Scope("330113002") }),
            ("receiver", "a receiving place that it does not have", { $0.to = Scope("330113003") }),
        ]
        var files: [VectorFile] = []
        for (name, what, change) in changes {
            var history = try CaseVectors.accepted()
            try history.write(.close, [(.outcome, "21")], minutes: 9, change: change)
            files.append(history.judged("bad_malformed_\(name)", what))
        }
        var history = try CaseVectors.accepted()
        try history.write(.offer, [(.reason, "a")])
        files.append(history.judged("bad_malformed_no_receiver", "an offer to nowhere"))
        return files
    }
}
