import Cases
import Crypto
import Encoding
import Ledger
import Testing

private func convened(interest: String = "none", facilitator: String = "C-1") throws -> World {
    var world = World()
    try world.write(
        .convene,
        [
            .topic: .text("楼道堆物"), .facilitator: .text(facilitator),
            .neutrality: .text(interest), .people: .unsigned(23),
        ]
    )
    world.syncAll()
    return world
}

private func from(_ entries: PlacedEntry...) -> [CaseField: CBORValue] {
    [.from: .array(entries.map { .bytes($0.hash.bytes) })]
}

extension World {
    @discardableResult
    fileprivate mutating func propose(
        _ text: String,
        _ more: [CaseField: CBORValue] = [:],
        in log: Int = 0,
        seconds: Int = 0
    ) throws -> PlacedEntry {
        try write(
            .propose,
            more.merging([.proposal: .text(text)]) { $1 },
            in: log,
            seconds: seconds
        )
    }

    @discardableResult
    fileprivate mutating func vote(
        _ about: PlacedEntry,
        _ votes: UInt64,
        in log: Int = 0,
        seconds: Int = 0
    ) throws -> PlacedEntry {
        try write(
            .vote,
            [
                .about: .bytes(about.hash.bytes), .votesFor: .unsigned(votes),
                .votesAgainst: .unsigned(1),
            ],
            in: log,
            seconds: seconds
        )
    }

    fileprivate func council() throws -> CouncilRecord {
        try #require(CouncilRecord(fold()))
    }
}

struct CouncilRecordTests {
    @Test func splitAndMergedProposalsKeepTheirTrace() throws {
        var world = try convened()
        let whole = try world.propose("清理并建棚", [.proposer: .text("01")])
        let clean = try world.propose("清理", from(whole))
        let shed = try world.propose("建棚", from(whole))
        let both = try world.propose("先清后建", from(clean, shed))
        try world.propose("先清后建,分两期", from(both))
        let record = try world.council()
        #expect(record.proposals.map(\.name) == ["P1", "P2", "P3", "P4", "P5"])
        #expect(record.proposals.map(\.origin) == [.brought, .split, .split, .merged, .revised])
        #expect(record.proposals.map(\.sources) == [[], [1], [1], [2, 3], [4]])
        #expect(record.proposals.map(\.successors) == [[2, 3], [4], [4], [5], []])
        #expect(record.proposals[4].ancestors == [1, 2, 3, 4])
        #expect(record.proposals.map(\.isSuperseded) == [true, true, true, true, false])
        #expect(record.proposals[0].proposer.text == "01")
        #expect(record.proposals(called: "p4").map(\.ordinal) == [4])
        let digits = String(both.hash.description.prefix(8))
        #expect(record.proposals(called: digits).map(\.ordinal) == [4])
        for wrong in ["P0", "P6", "P", "abc", "zzzz", "", "P-1", "4"] {
            #expect(record.proposals(called: wrong).isEmpty, "\(wrong)")
        }
    }

    @Test func theLatestTallyCountsAndConcurrentOnesBothStand() throws {
        var world = try convened()
        let first = try world.propose("甲")
        world.syncAll()
        try world.vote(first, 10)
        try world.vote(first, 12, seconds: 1)
        var tallies = try world.council().proposals[0].tallies
        #expect(tallies.map(\.votesFor.number) == [12])
        try world.vote(first, 20, in: 1)
        tallies = try world.council().proposals[0].tallies
        #expect(Set(tallies.map(\.votesFor.number)) == [12, 20])
        world.syncAll()
        try world.vote(first, 21, in: 1, seconds: -60)
        #expect(try world.council().proposals[0].tallies.map(\.votesFor.number) == [21])
    }

    @Test func aTallyOfNothingThatIsHereStandsApart() throws {
        var world = try convened()
        let first = try world.propose("甲")
        let stranger = World.start
        try world.write(
            .vote,
            [
                .about: .bytes(sha256([1]).bytes), .votesFor: .unsigned(stranger),
                .votesAgainst: .unsigned(0),
            ]
        )
        try world.propose("乙", [.from: .array([.bytes(sha256([2]).bytes)])])
        let record = try world.council()
        #expect(record.otherTallies.count == 1 && record.proposals[0].tallies.isEmpty)
        #expect(record.proposals[1].origin == .revised && record.proposals[1].sources.isEmpty)
        #expect(!record.proposals[0].isSuperseded && record.proposals[0].act.entry == first.hash)
    }

    @Test func aResolutionIsOverdueUntilItIsCarriedOutWithProof() throws {
        var world = try convened(interest: "declared")
        let first = try world.propose("甲")
        try world.propose("乙")
        let due = World.start + 1000
        try world.write(
            .resolve,
            [
                .decision: .text("照甲办"), .about: .bytes(first.hash.bytes),
                .unit: .text("物业"), .due: .unsigned(due),
            ]
        )
        var record = try world.council()
        #expect(record.hasInterest && record.proposals.map(\.isAdopted) == [true, false])
        #expect(!record.isOverdue(now: due) && record.isOverdue(now: due + 1))
        try world.write(.follow, [.text: .text("已动工")])
        try world.write(.fulfil, [.text: .text("完工"), .proof: .bytes(sha256([3]).bytes)])
        record = try world.council()
        #expect(record.followUps.count == 2 && !record.isOverdue(now: due + 1))
        #expect(record.view.stage == .fulfilled)
        #expect(record.followUps.last?[.proof] == .value(.bytes(sha256([3]).bytes)))
    }

    @Test func concurrentResolutionsBothStand() throws {
        var world = try convened()
        try world.propose("甲")
        world.syncAll()
        try world.write(.resolve, [.decision: .text("办")])
        try world.write(.resolve, [.decision: .text("缓办")], in: 1)
        let record = try world.council()
        #expect(record.resolutions.count == 2 && record[.decision].isContradictory)
        #expect(Set(record[.decision].said.map(\.held.text)) == ["办", "缓办"])
    }

    @Test func figuresAreCountedByFacilitatorWhateverTheOrder() throws {
        var one = try convened()
        let first = try one.propose("甲")
        try one.propose("甲一", from(first))
        try one.write(
            .resolve,
            [.decision: .text("办"), .about: .bytes(first.hash.bytes), .due: .unsigned(5)],
            seconds: 60
        )
        var two = try convened(interest: "declared", facilitator: "C-2")
        try two.write(.dissolve, [.reason: .text("意见不一")])
        let three = try convened(facilitator: "C-2")
        let records = try [one, two, three].map { try $0.council() }
        let figures = CouncilFigures(records, now: World.start)
        #expect(CouncilFigures(records.reversed(), now: World.start) == figures)
        #expect(figures.total.sessions == 3 && figures.total.proposals == 2)
        #expect(figures.total.brought == 1 && figures.total.regrouped == 1)
        #expect(figures.total.adopted == 1 && figures.total.resolved == 1)
        #expect(figures.total.overdue == 1 && figures.total.carriedOut == 0)
        #expect(figures.total.dissolved == 1 && figures.total.withInterest == 1)
        #expect(figures.total.timeToResolution == 60_000)
        #expect(figures.facilitators.map(\.number) == ["C-2", "C-1"])
        #expect(figures.facilitators.map(\.counts.sessions) == [2, 1])
        #expect(CouncilFigures([], now: 0).facilitators.isEmpty)
    }
}
