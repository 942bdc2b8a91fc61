import Cases
import Crypto
import Foundation
import Ledger
import LedgerFixtures
import NodeRuntime
import Storage
import TestSupport
import Testing
import TransparencyLog

/// The power fails at each write, truncation and sync that SQLite does.
@Suite(.serialized) struct PowerLossTests {
    /// What was acknowledged after so many calls: entries of the own log, and the fence then.
    private struct Acknowledged {
        let calls: Int
        let size: UInt64
        let fence: [UInt8]
    }

    @Test func whateverThePowerLeavesOpensVerifiesAndGoesOn() throws {
        let town = try Town()
        let home = try town.founded()
        let street = try town.home("street", .street, "330105013")
        let start = try files(home)
        var acknowledged = [
            Acknowledged(calls: 0, size: try size(home), fence: try bytes(home.fencePath))
        ]
        let calls = try RecordedDisk.record(home.path) {
            func note() throws {
                acknowledged.append(
                    Acknowledged(
                        calls: RecordedDisk.count,
                        size: try #require(acknowledged.last).size,
                        fence: try bytes(home.fencePath)
                    )
                )
            }
            for round in 0..<2 {
                let keeper = try Keeper(home)
                for number in 0..<3 {
                    let count = number == 2 ? 12 : 1
                    let items = try (0..<count).map { try reported("案件 \(round) \(number) \($0)") }
                    let released = try keeper.append(items)
                    acknowledged.append(
                        Acknowledged(
                            calls: RecordedDisk.count,
                            size: released.appended.range.size,
                            fence: try bytes(home.fencePath)
                        )
                    )
                }
                // Its end takes the write-ahead log up into the database.
                _ = consume keeper
                try note()
                if round == 0 {
                    _ = try town.invitation(for: street, by: home, level: .street)
                    acknowledged.append(
                        Acknowledged(
                            calls: RecordedDisk.count,
                            size: try #require(acknowledged.last).size + 1,
                            fence: try bytes(home.fencePath)
                        )
                    )
                }
            }
        }
        #expect(
            calls.count > 60 && calls.contains { if case .truncate = $0 { true } else { false } }
        )

        var generator = SeededGenerator(seed: 7)
        var disk = DiskState(start)
        var tried = 0
        for (index, call) in calls.enumerated() {
            disk.apply(call)
            let last = try #require(acknowledged.last { $0.calls <= index + 1 })
            let lost = Set((0..<disk.pendingCount).filter { _ in Bool.random(using: &generator) })
            // Nothing of what was not synced, all of it but a part of the last, or some of it.
            let cuts = [
                disk.left({ _ in false }, tearsLast: false),
                disk.left({ _ in true }, tearsLast: true),
                disk.left({ !lost.contains($0) }, tearsLast: index.isMultiple(of: 2)),
            ]
            // What was synced has nothing in between to lose.
            for files in disk.pendingCount == 0 ? Array(cuts.prefix(1)) : cuts {
                tried += 1
                try check(
                    files,
                    last,
                    town,
                    home,
                    isThorough: tried.isMultiple(of: 7),
                    "call \(index)"
                )
            }
        }
        #expect(tried > 100)
        print("power cut at \(calls.count) calls, \(tried) disks looked at")
    }

    /// The database as the cut left it, in a copy of the home.
    private func check(
        _ files: [String: [UInt8]],
        _ last: Acknowledged,
        _ town: Town,
        _ home: Home,
        isThorough: Bool,
        _ place: String
    ) throws {
        let copy = town.path("cut")
        let manager = FileManager.default
        try? manager.removeItem(atPath: copy)
        try manager.copyItem(atPath: home.path, toPath: copy)
        for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
            try? manager.removeItem(atPath: copy + "/" + name)
        }
        for (name, bytes) in files where !name.hasSuffix("-shm") {
            try Data(bytes).write(to: URL(filePath: copy + "/" + name))
        }
        try Data(last.fence).write(to: URL(filePath: copy + "/fence"))
        let cut = try Home(path: copy)
        do {
            let keeper = try Keeper(cut)
            #expect(keeper.stopReason == nil, "\(place): \(String(describing: keeper.stopReason))")
            let held = try #require(keeper.store.log(keeper.identity.log)).size
            #expect(held >= last.size, "\(place): \(held) of \(last.size) acknowledged entries")
            let released = try keeper.append([try reported("danach")])
            #expect(released.appended.range.size == held + 1, "\(place)")
            #expect(try keeper.store.quickCheck(limit: 3).isEmpty, "\(place)")
        }
        guard isThorough else { return }
        let report = Store.verify(
            VerifyJob(
                databasePath: cut.databasePath,
                fencePath: cut.fencePath,
                ownLog: try cut.signingKey(.log).publicKey.hash,
                scratchDirectory: copy,
                threads: 1
            )
        )
        #expect(report.verdict == .good, "\(place): \(report.findings)")
    }

    private func files(_ home: Home) throws -> [String: [UInt8]] {
        ["ledger.db": try bytes(home.databasePath)]
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }

    private func size(_ home: Home) throws -> UInt64 {
        let store = try Store(path: home.databasePath, mode: .readOnly)
        return try #require(store.identity.flatMap { store.log($0.log) }).size
    }

    private func reported(_ summary: String) throws -> AppendItem {
        try report(summary, in: "330105013")
    }
}
