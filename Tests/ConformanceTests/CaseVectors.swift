import Cases
import Crypto
import Encoding
import Ledger

/// Histories of every kind, and the view that they come to in any order.
enum CaseVectors {
    static func all() throws -> [VectorFile] {
        try basics() + custody() + redactions() + links() + terms() + files() + others()
            + policies() + ClockVectors.all()
            + ratified() + ForkedCaseVectors.all() + JudgedVectors.all()
    }

    static func isGood(_ file: VectorFile) throws -> Bool { try CaseHistory.isGood(file) }

    static func reported() throws -> CaseHistory {
        var history = CaseHistory()
        try history.write(.report, [(.channel, "01"), (.summary, "纠纷")])
        return history
    }

    static func registered() throws -> CaseHistory {
        var history = try reported()
        let values: [(CaseField, String)] = [(.name, "甲"), (.category, "0601"), (.scale, "01")]
        try history.write(.register, values, minutes: 1)
        return history
    }

    static func accepted(_ profile: String = "hz-1-3-10") throws -> CaseHistory {
        var history = try registered()
        try history.write(.accept, [(.profile, profile)], minutes: 2)
        return history
    }

    private static func basics() throws -> [VectorFile] {
        var files = [try reported().file("opened", "a case opened")]
        var history = try registered()
        files.append(history.file("registered", "a case registered"))
        let known = history.entries
        try history.write(.amend, [(.category, "0201"), (.reason, "a")], minutes: 2)
        let far = try history.write(
            .amend,
            [(.category, "0202"), (.reason, "b")],
            in: 1,
            after: known,
            minutes: 1
        )
        files.append(history.file("conflict", "two categories that did not know of each other"))
        try history.write(.amend, [(.category, "0203"), (.reason, "c")], in: 1, minutes: 4)
        files.append(history.file("settled", "one who knew both amends"))
        var waiting = try reported()
        var header = far.header
        waiting.append(&header, far.parts.compactMap { $0 }, after: []) { $0 = far.header }
        files.append(waiting.file("waiting", "what the second knew is not here"))
        var imported = CaseHistory()
        try imported.write(
            .takeOver,
            [
                (.source, "boston-311"), (.reportedAt, "1420070400000"), (.state, "closed"),
                (.closedAt, "1420070399000"), (.target, "1420156800000"), (.claim, "overdue"),
                (.externalID, "101"),
            ]
        )
        files.append(imported.file("import", "a record closed before it was opened"))
        var referred = try reported()
        try referred.write(.refer, [(.referredTo, "police"), (.reason, "a")], minutes: 1)
        try referred.write(.takeBack, [(.reason, "b")], minutes: 9)
        files.append(referred.file("take_back", "taken back, and so accepted for the first time"))
        try referred.write(.refer, [(.referredTo, "court"), (.reason, "c")], minutes: 20)
        try referred.write(.takeBack, [(.reason, "d")], minutes: 30)
        files.append(referred.file("take_back_again", "the first acceptance stays"))
        imported = CaseHistory()
        try imported.write(
            .takeOver,
            [
                (.source, "boston-311"), (.reportedAt, "1420070400000"), (.state, "closed"),
                (.externalID, "102"),
            ]
        )
        try imported.write(.reopen, [(.reason, "a")], minutes: 5)
        files.append(imported.file("import_reopened", "nobody here had accepted it before"))
        return files
    }

    private static func redactions() throws -> [VectorFile] {
        var history = try registered()
        history.offices = zip(CaseHistory.logs, ["330113002", "330113", "330113002"])
            .compactMap { log, code in Scope(code).map { (log, $0) } }
        let named = history.entries[1].hash.description
        let redact = try history.write(
            .redact,
            [(.redacted, named), (.ground, "47-3")],
            minutes: 3
        )
        var files = [history.file("redacted", "its texts are hidden")]
        let answer = [(CaseField.redaction, redact.hash.description)]
        let known = history.entries
        try history.write(.approveRedaction, answer, in: 2, minutes: 4)
        files.append(history.file("redacted_beside", "an office beside does not approve"))
        var refused = history
        try refused.write(.refuseRedaction, answer + [(.reason, "a")], in: 1, minutes: 5)
        files.append(refused.file("redaction_refused", "its texts are shown again"))
        try refused.write(.approveRedaction, answer, in: 1, after: known, minutes: 6)
        files.append(refused.file("redaction_both", "refused and approved apart: they are gone"))
        try history.write(.amend, [(.name, "乙"), (.reason, "b")], after: known, minutes: 4)
        try history.write(.approveRedaction, answer, in: 1, minutes: 6)
        files.append(history.file("redacted_amended", "a value of later is not concerned"))
        return files
    }

    private static func custody() throws -> [VectorFile] {
        let (streetB, streetC) = ("330113003", "330105013")
        var offered = try accepted()
        offered.offices = zip(CaseHistory.logs, ["330113002", streetB, streetC, "3301"])
            .compactMap { log, code in Scope(code).map { (log, $0) } }
        let offer = try offered.write(.offer, [(.reason, "a")], to: streetB, minutes: 3)
        var files = [offered.file("offer", "offered, not answered")]
        let known = offered.entries
        var taken = offered
        try taken.write(.take, [(.offer, offer.hash.description)], in: 1, minutes: 5)
        files.append(taken.file("take", "offered and taken"))
        try taken.write(.close, [(.outcome, "21")], after: known, minutes: 4)
        files.append(taken.file("take_close", "taken, and closed by who did not know"))
        try taken.write(.settle, [(.stage, "closed"), (.reason, "b")], in: 1, minutes: 6)
        files.append(taken.file("take_close_settled", "the new holder lets the closing stand"))

        var helped = try accepted()
        helped.offices = offered.offices
        let help = try helped.write(.assist, [(.reason, "a")], to: streetB, minutes: 3)
        files.append(helped.file("assist", "an office helps"))
        let first = help.hash.description
        try helped.write(.assist, [(.reason, "b")], to: streetC, minutes: 4)
        try helped.write(
            .release,
            [(.assistance, first)],
            in: 1,
            after: Array(helped.entries.dropLast()),
            minutes: 5
        )
        try helped.write(.release, [(.assistance, first)], minutes: 6)
        files.append(helped.file("release", "it ends its help while another is asked"))

        var rejected = offered
        for (log, place) in [(1, streetC), (2, "")] {
            let offer = rejected.entries.last { $0.header.operation == "case.offer" }
            try rejected.write(
                .reject,
                [
                    (.offer, offer?.hash.description ?? ""), (.rejection, "01"), (.reason, "c"),
                ],
                in: log,
                minutes: 10 + log
            )
            guard !place.isEmpty else { break }
            try rejected.write(.offer, [(.reason, "d")], to: place, minutes: 12)
        }
        files.append(rejected.file("disputed", "two offices say that it is not theirs"))
        try rejected.write(.assign, [(.reason, "e")], in: 3, to: streetC, minutes: 20)
        files.append(rejected.file("assigned", "the office above assigns it"))

        var two = offered
        let second = try two.write(
            .offer,
            [(.reason, "f")],
            in: 3,
            to: streetC,
            after: Array(known.dropLast()),
            minutes: 2
        )
        files.append(two.file("two_offers", "two offers that did not know of each other"))
        let beside = two.entries
        try two.write(
            .take,
            [(.offer, offer.hash.description)],
            in: 1,
            after: known,
            minutes: 6
        )
        try two.write(
            .take,
            [(.offer, second.hash.description)],
            in: 2,
            after: Array(beside.prefix(3)) + [second],
            minutes: 7
        )
        files.append(two.file("two_takings", "both are taken"))

        var outrun = taken
        try outrun.write(
            .offer,
            [(.reason, "g")],
            in: 3,
            to: streetC,
            after: Array(known.dropLast()),
            minutes: 2
        )
        let late = outrun.entries.last?.hash.description ?? ""
        try outrun.write(.take, [(.offer, late)], in: 2, minutes: 9)
        files.append(outrun.file("offer_outrun", "an offer that custody has overtaken"))
        return files
    }

    private static func links() throws -> [VectorFile] {
        var history = CaseHistory()
        history.offices = zip(CaseHistory.logs, ["330113002", "330113003"])
            .compactMap { log, code in Scope(code).map { (log, $0) } }
        try history.write(.report, [(.summary, "一")])
        try history.write(.register, [(.category, "02")], minutes: 1)
        try history.write(.report, [(.summary, "二")], in: 1, after: [], minutes: 2)
        let known = history.entries
        let link = try history.write(
            .link,
            [(.reason, "同一事件")],
            about: [0, 1],
            to: "330113003",
            minutes: 3
        )
        var files = [
            history.file("link_proposed", "a duplicate, as its street proposes it"),
            history.file("link_proposed_lead", "the same, of the case that leads", about: 1),
        ]
        var relation = history
        try relation.write(
            .relate,
            [(.relation, "repeat")],
            about: [0, 1],
            minutes: 4
        )
        files.append(relation.file("repeat", "reported again: no clocks"))
        let confirm: [(CaseField, String)] = [(.link, link.hash.description)]
        var own = history
        try own.write(.confirmLink, confirm, about: [0, 1], minutes: 5)
        files.append(own.file("link_own", "who proposed it agrees with itself"))
        var both = history
        try history.write(.confirmLink, confirm, in: 1, about: [0, 1], minutes: 5)
        files.append(history.file("link_merged", "the other side agrees"))
        try history.write(.unlink, confirm + [(.reason, "b")], in: 1, about: [0, 1], minutes: 6)
        files.append(history.file("link_undone", "it goes on where it was"))

        let back = try both.write(
            .link,
            [(.reason, "c")],
            in: 1,
            about: [1, 0],
            to: "330113002",
            after: known,
            minutes: 3
        )
        let linked = both.entries
        try both.write(.confirmLink, confirm, in: 1, about: [0, 1], after: linked, minutes: 7)
        try both.write(
            .confirmLink,
            [(.link, back.hash.description)],
            about: [1, 0],
            after: linked,
            minutes: 7
        )
        for about in 0...1 {
            files.append(
                both.file("merged_both_ways_\(about)", "one of the two stays open", about: about)
            )
        }
        return files
    }

    private static func terms() throws -> [VectorFile] {
        let day = 1440
        var history = try accepted("normal")
        try history.write(.suspend, [(.suspension, "01")], minutes: 5 * day)
        var files = [history.file("suspended", "a clock stands still")]
        try history.write(.resume, minutes: 9 * day)
        files.append(history.file("resumed", "four days later it goes on"))
        let due = CaseHistory.start + UInt64(60 * day) * 60_000
        let term: [(CaseField, String)] = [
            (.clock, "finish"), (.newDue, "\(due)"), (.reason, "a"),
        ]
        try history.write(.extend, term, minutes: 10 * day)
        files.append(history.file("extended", "the term is moved"))
        try history.write(.suspend, [(.suspension, "04")], minutes: 11 * day)
        try history.write(.resume, minutes: 12 * day)
        files.append(history.file("not_paused", "a reason for which no clock stands still"))
        return files
    }

    private static func files() throws -> [VectorFile] {
        var history = try accepted()
        try history.write(
            .mediate,
            [(.organisation, "调委会"), (.consent, "true"), (.interest, "none"), (.mode, "closed")],
            minutes: 60
        )
        try history.write(.session, [(.points, "各执一词"), (.present, "甲方")], minutes: 70)
        let known = history.entries
        try history.write(
            .agree,
            [
                (.form, "written"), (.item, "赔偿;现金;十日内"), (.itemTerms, "1796300000000"),
                (.effective, "1795440000000"), (.allSigned, "false"), (.signatures, "甲方"),
            ],
            minutes: 80
        )
        var refused = history
        try refused.write(
            .end,
            [(.endReason, "refused"), (.remediesTold, "true")],
            in: 1,
            after: known,
            minutes: 75
        )
        let file = refused.file("agreement_refused", "not all signed; a refusal elsewhere")
        try history.write(.apply, [(.court, "共享法庭")], minutes: 90)
        try history.write(.decide, [(.confirmation, "confirmed")], minutes: 100)
        try history.write(.perform, [(.itemNumber, "1"), (.done, "true")], minutes: 110)
        try history.write(.close, [(.outcome, "11"), (.way, "01")], minutes: 120)
        try history.write(.evaluate, [(.rating, "5")], minutes: 130)
        return [file, history.file("mediation", "the whole file of a mediation")]
    }

    private static func others() throws -> [VectorFile] {
        var council = CaseHistory()
        try council.write(
            .convene,
            [(.topic, "停车"), (.facilitator, "C-1"), (.neutrality, "none")]
        )
        let proposal = try council.write(.propose, [(.proposal, "划线")], minutes: 5)
        try council.write(
            .vote,
            [
                (.about, proposal.hash.description), (.votesFor, "12"), (.votesAgainst, "3"),
            ],
            minutes: 6
        )
        try council.write(.resolve, [(.decision, "划线"), (.due, "1796300000000")], minutes: 9)
        var covenant = CaseHistory()
        try covenant.write(
            .adopt,
            [(.name, "公约"), (.rules, "出租不群租"), (.adoptedBy, "居民大会")]
        )
        try covenant.write(.reportBreach, [(.ruleNumber, "1")], minutes: 5)
        var alert = CaseHistory()
        try alert.write(
            .raise,
            [(.alertKind, "elder-power"), (.source, "power"), (.externalID, "9")]
        )
        let known = alert.entries
        try alert.write(.dismiss, [(.reason, "外出")], minutes: 5)
        try alert.write(.confirmAlert, in: 1, after: known, minutes: 6)
        var dwelling = CaseHistory()
        try dwelling.write(.enter, [(.address, "330113002001"), (.people, "4")])
        try dwelling.write(.checkIn, [(.people, "2")], minutes: 5)
        var place = CaseHistory()
        try place.write(
            .recordPlace,
            [(.placeCode, "330113002001"), (.placeLevel, "village"), (.name, "新城社区")]
        )
        try place.write(.amendPlace, [(.households, "396")], minutes: 5)
        return [
            council.file("council", "a council resolves"),
            covenant.file("covenant", "a covenant and a breach of it"),
            alert.file("alert", "an alert that is right and a false alarm"),
            dwelling.file("dwelling", "tenants move in"),
            place.file("place", "a node of the address code"),
        ]
    }

    private static func policies() throws -> [VectorFile] {
        var history = CaseHistory()
        try history.write(.report, [(.summary, "一")])
        try history.write(.register, [(.category, "02")], minutes: 1)
        try history.write(
            .setProfile,
            [
                (.profileCode, "street"), (.clocks, "notice=3w"), (.validFrom, "1795000000000"),
                (.isDefault, "true"),
            ],
            in: 1,
            after: [],
            minutes: 2
        )
        history.policies = [history.subjects[1]]
        var files = [history.file("policy_profile", "the area's profile gives the clocks")]
        try history.write(
            .setCalendar,
            [(.year, "2026"), (.holidays, "20261124"), (.workdays, "20261128")],
            in: 1,
            after: [],
            minutes: 3
        )
        history.policies = Array(history.subjects.dropFirst())
        files.append(history.file("policy_calendar", "a day off moves the term"))
        files.append(history.file("policy_subject", "the policy itself", about: 1))
        return files
    }

    private static func ratified() throws -> [VectorFile] {
        var history = try registered()
        let late = try history.write(.accept, [(.profile, "none")], in: 1, minutes: 2)
        history.rights[late.hash] = .contested
        var files = [history.file("contested", "beyond the end of its author's right")]
        let known = history.entries
        let first = try ratify(&history, in: 2, known, minutes: 10)
        history.rights[late.hash] = .ratified(by: [first.hash])
        files.append(history.file("ratified", "an office above gives it effect"))
        try history.write(.dispatch, [(.unit, "物业")], in: 2, minutes: 12)
        files.append(history.file("ratified_on", "and the case goes on from there"))
        let second = try ratify(&history, in: 3, known, minutes: 9)
        history.rights[late.hash] = .ratified(by: [first.hash, second.hash])
        files.append(history.file("ratified_twice", "an older one arrives from elsewhere"))

        var unknown = try registered()
        let newer = try unknown.write(.note, [(.text, "a")], in: 1, minutes: 2) { header in
            header.operation = "case.later"
        }
        let mark = try ratify(&unknown, in: 2, unknown.entries, minutes: 3)
        unknown.rights[newer.hash] = .ratified(by: [mark.hash])
        try unknown.write(.accept, in: 2, minutes: 4)
        files.append(unknown.file("ratified_unknown", "what is ratified needs a version"))
        return files
    }

    static func ratify(
        _ history: inout CaseHistory,
        in log: Int,
        _ known: [PlacedEntry],
        minutes: UInt64
    ) throws -> PlacedEntry {
        let id = CaseHistory.logs[log]
        var header = Header(
            ledger: sha256([0]),
            log: id,
            sequence: UInt64(history.entries.count { $0.log == id }),
            time: CaseHistory.start + minutes * 60_000,
            subjects: [SubjectID(openedIn: sha256([0]), at: 0), history.subjects[0]],
            operation: "grant.ratify"
        )
        return history.append(&header, after: known)
    }
}
