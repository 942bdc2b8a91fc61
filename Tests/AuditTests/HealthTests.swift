import Audit
import Cases
import Foundation
import Testing

/// Every finding, each from the one fact that makes it, and none from a healthy node.
@Suite struct HealthTests {
    private typealias Change = @Sendable (inout HealthFacts) -> Void

    private static func healthy() -> HealthFacts {
        var facts = HealthFacts(now: 1_795_000_000_000)
        facts.machine.freeBytes = 100 << 30
        facts.machine.totalBytes = 200 << 30
        facts.network.nodes = 4
        facts.network.skews = [("a", 20), ("b", -900), ("c", 59_000)]
        facts.own.listen = "street:7433"
        facts.own.rosterEndpoint = "street:7433"
        facts.own.wantsPerson = true
        facts.own.staff = 2
        return facts
    }

    private static let changes: [(HealthFinding.Code, Change)] = [
        (.stopped, { $0.own.stopped = ("a twin", 7) }),
        (.fenceMissing, { $0.own.fence = .missing }),
        (.fenceUnreadable, { $0.own.fence = .unreadable("neither slot is whole") }),
        (.fenceBehind, { $0.own.fence = .behind(held: 3, fence: 5) }),
        (.fenceBeside, { $0.own.fence = .beside(size: 5) }),
        (.databaseDamaged, { $0.machine.databaseProblems = ["row 1 missing"] }),
        (.diskFull, { $0.machine.freeBytes = 100 << 20 }),
        (.readOnly, { $0.machine.isReadOnly = true }),
        (.looseMode, { $0.machine.looseFiles = [("keys/log.pem", 0o644)] }),
        (.keyMissing, { $0.machine.missingFiles = ["keys/log.pem"] }),
        (.rightEnded, { $0.own.endedAt = 12 }),
        (.ownClock, { $0.network.skews = [("a", 90_000), ("b", 95_000), ("c", 100)] }),
        (.forked, { $0.work.forks = [.init(name: "东园", common: nil, contested: 0)] }),
        (.forkContested, { $0.work.forks = [.init(name: "东园", common: 5, contested: 2)] }),
        (.daemonAbsent, { $0.daemon = .absent }),
        (.daemonSilent, { $0.daemon = .silent("no answer") }),
        (.pathTooLong, { $0.machine.excessPathBytes = 9 }),
        (.walLarge, { $0.machine.walBytes = 1 << 30 }),
        (.notEnrolled, { $0.own.isEnrolled = false }),
        (.personWanted, { $0.own.staff = 0 }),
        (.endpointDiffers, { $0.own.listen = "street:7434" }),
        (.nobodyHeard, { $0.network.missing = [("a", 5), ("b", nil), ("c", 9)] }),
        (.nodeSilent, { $0.network.missing = [("a", 5)] }),
        (.peerClock, { $0.network.skews = [("a", 90_000), ("b", 3), ("c", 100)] }),
        (.peerUnreachable, { $0.network.unreachable = [("a:1", 5, "refused")] }),
        (.refused, { $0.network.refusals = [("bad-package", 3, 8)] }),
        (.neverOpened, { $0.network.unopened = ["b"] }),
        (.unchecked, { $0.work.unchecked = 1 }),
        (.unvouched, { $0.work.unvouched = [("wulin", 2)] }),
        (.partsMissing, { $0.work.missingParts = 1 }),
        (.viewStale, { $0.work.stale = 1 }),
        (.conflictLate, { $0.work.lateConflicts = [("330105013-1", 4)] }),
        (.offerLate, { $0.work.lateOffers = [("330105013-1", 4)] }),
        (.waiting, { $0.work.waiting = ["330105013-1"] }),
        (.newerVersion, { $0.work.newer = ["330105013-1"] }),
        (.strayMerging, { $0.work.strayMergings = ["330105013-1"] }),
    ]

    @Test func aHealthyNodeHasNoFindings() {
        #expect(HealthJudge.findings(Self.healthy()).isEmpty)
        // What could not be looked at is nothing that is wrong.
        var facts = Self.healthy()
        facts.untold = [.init("disk", "not mounted")]
        facts.machine.freeBytes = nil
        #expect(HealthJudge.findings(facts).isEmpty)
    }

    @Test func everyFindingComesFromItsFactAlone() {
        #expect(Self.changes.map(\.0) == HealthFinding.Code.allCases)
        for (code, change) in Self.changes {
            var facts = Self.healthy()
            change(&facts)
            let findings = HealthJudge.findings(facts)
            #expect(findings.map(\.code) == [code])
            for finding in findings {
                for text in [finding.what.zh, finding.what.en, finding.next.zh, finding.next.en] {
                    #expect(!text.isEmpty, "\(code)")
                }
                #expect(finding.what.zh != finding.what.en, "\(code)")
            }
        }
    }

    @Test func alarmsComeFirst() {
        var facts = Self.healthy()
        for (_, change) in Self.changes { change(&facts) }
        let gravities = HealthJudge.findings(facts).map(\.gravity)
        #expect(gravities == gravities.sorted { $0 == .alarm && $1 != .alarm })
        #expect(gravities.contains(.warning) && gravities.first == .alarm)
    }

    @Test func whatIsJustWithinItsBoundIsHealthy() {
        var facts = Self.healthy()
        facts.machine.freeBytes = HealthJudge.freeBytesLeast
        facts.machine.walBytes = HealthJudge.walBytesMost
        facts.network.skews = [("a", 60_000), ("b", -60_000)]
        facts.network.unreachable = [("a:1", HealthJudge.attemptsMost - 1, "refused")]
        #expect(HealthJudge.findings(facts).isEmpty)
        // A small disk is not full for being small.
        facts.machine.totalBytes = 1 << 30
        facts.machine.freeBytes = 60 << 20
        #expect(HealthJudge.findings(facts).isEmpty)
        facts.machine.freeBytes = 40 << 20
        #expect(HealthJudge.findings(facts).map(\.code) == [.diskFull])
    }

    @Test func manyOfOneKindAreCounted() {
        var facts = Self.healthy()
        facts.network.nodes = 191
        facts.network.missing = (0..<100).map { ("node \($0)", nil) }
        let findings = HealthJudge.findings(facts)
        #expect(findings.count == HealthJudge.kindMost + 1)
        #expect(findings.last?.what.en.contains("90 more") == true)
    }

    /// One peer against another: nobody can say which clock is wrong.
    @Test func onePeerDoesNotConvictThisClock() {
        var facts = Self.healthy()
        facts.network.skews = [("a", 90_000)]
        #expect(HealthJudge.findings(facts).map(\.code) == [.peerClock])
        facts.network.skews = [("a", 90_000), ("b", -90_000)]
        #expect(HealthJudge.findings(facts).map(\.code) == [.peerClock, .peerClock])
    }

    @Test func everyFindingHasItsRowInTheRunbook() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Nodes/README.md"),
            encoding: .utf8
        )
        for code in HealthFinding.Code.allCases {
            #expect(page.contains("`\(code.rawValue)`"), "\(code)")
        }
    }
}
