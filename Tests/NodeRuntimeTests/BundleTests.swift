import Crypto
import Encoding
import Foundation
import Ledger
import LedgerFixtures
import NodeRuntime
import Replication
import Storage
import TestSupport
import Testing
import TransparencyLog

@Suite struct BundleTests {
    @Test func threeHomesWithoutNetworkComeToHoldTheSameByFiles() async throws {
        let bench = try BundleBench()
        let city = try bench.town.founded()
        let east = try bench.town.joined("east", .street, "330105013", by: city)
        let west = try bench.town.joined("west", .street, "330106002", by: city)
        try await bench.write(3, at: city)
        for home in [east, west] {
            let taken = try await bench.read(try await bench.bundle(city), into: home)
            #expect(taken.isGood && taken.taken == 6)
            try await bench.write(20, at: home)
        }
        // The stick goes east, west, city, east: nobody meets anybody.
        #expect(try await bench.read(try await bench.bundle(east), into: west).taken == 21)
        let back = try await bench.read(try await bench.bundle(west), into: city)
        #expect(back.isGood && back.taken == 42)
        #expect(try await bench.read(try await bench.bundle(city), into: east).taken == 21)
        let pictures = try [city, east, west].map(bench.picture)
        #expect(Set(pictures).count == 1)
        for home in [city, east, west] {
            #expect(try bench.store(home).uncheckedCount == 0)
            #expect(try bench.store(home).count(.init()) == 43)
        }
    }

    @Test func readingTwiceChangesNothing() async throws {
        let bench = try BundleBench()
        let (city, street) = try await bench.pair(600)
        let file = try await bench.bundle(city)
        #expect(try await bench.read(file, into: street).taken == 602)
        let picture = try bench.picture(street)
        let again = try await bench.read(file, into: street)
        #expect(again.isGood && again.taken == 0 && again.entries == 602)
        #expect(try bench.picture(street) == picture)
    }

    /// A bundle that continues what is held, one that overlaps it, and one that leaves a gap.
    @Test func whatIsHeldDecidesWhatIsTaken() async throws {
        let bench = try BundleBench()
        let (city, street) = try await bench.pair(300)
        let log = try #require(try bench.store(city).identity?.log)
        let first = try await bench.bundle(city)
        try await bench.write(300, at: city)
        func held(_ size: UInt64) throws -> [Digest: LogPosition] {
            let root = try #require(try bench.store(city).root(of: log, size: size))
            return [log: LogPosition(log: log, size: size, root: root)]
        }
        let late = try await bench.bundle(city, held: held(310))
        let early = try await bench.bundle(city, held: held(100))
        let gap = try await bench.read(late, into: street)
        #expect(!gap.isGood && gap.gaps == [log: 0] && gap.taken == 0)
        #expect(try await bench.read(first, into: street).taken == 302)
        #expect(try await bench.read(late, into: street).gaps == [log: 302])
        let overlap = try await bench.read(early, into: street)
        #expect(overlap.isGood && overlap.taken == 300)
        #expect(try await bench.read(late, into: street).isGood)
        #expect(try bench.store(street).log(log)?.size == 602)
    }

    @Test func aBundleCutOffAtAnyPlaceGivesWholePackages() async throws {
        var generator = SeededGenerator(seed: 7)
        let bench = try BundleBench()
        let (city, street) = try await bench.pair(700)
        let file = try await bench.bundle(city)
        let frames = try BundleBench.frames(file)
        let bytes = frames.flatMap { $0 }
        var boundary = 0
        var places: [Int] = []
        for frame in frames {
            places += [boundary, boundary + Int.random(in: 1..<frame.count, using: &generator)]
            boundary += frame.count
        }
        var lastTaken: UInt64 = 0
        for (number, place) in places.enumerated() {
            let home = try bench.copy(street, "cut-\(number)")
            let cut = try bench.file(Array(bytes[..<place]))
            if place < frames[0].count {
                await #expect(throws: BundleError.notABundle) {
                    try await bench.read(cut, into: home)
                }
                continue
            }
            let result = try await bench.read(cut, into: home)
            #expect(!result.isWhole && !result.isGood && result.brokenAt != nil, "\(place)")
            #expect(result.taken >= lastTaken && result.taken <= 702, "\(place)")
            #expect(result.taken == 702 || result.taken.isMultiple(of: 256), "\(place)")
            lastTaken = result.taken
            #expect(try bench.isPrefix(home, of: city), "\(place)")
            #expect(try await bench.read(file, into: home).isGood)
            #expect(try bench.store(home).entryCount == 703)
        }
        #expect(lastTaken == 702)
    }

    @Test func aFlippedByteNeverMakesAWrongEntry() async throws {
        var generator = SeededGenerator(seed: 11)
        let bench = try BundleBench()
        let (city, street) = try await bench.pair(60)
        let file = try await bench.bundle(city)
        let bytes = Array(try Data(contentsOf: URL(filePath: file)))
        for round in 0..<80 {
            let home = try bench.copy(street, "flip-\(round)")
            var changed = bytes
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            changed[place] ^= UInt8.random(in: 1...255, using: &generator)
            do {
                let result = try await bench.read(try bench.file(changed), into: home)
                #expect(!result.isWhole && !result.isGood, "\(place)")
            } catch is BundleError {
                // Its head is damaged: nothing of it is used.
                #expect(try bench.store(home).entryCount == 1)
            }
            #expect(try bench.isPrefix(home, of: city), "\(place)")
            #expect(try await bench.read(file, into: home).isGood, "\(place)")
        }
    }

    @Test func logsComeInWhateverOrderTheFileHasThem() async throws {
        let bench = try BundleBench()
        let city = try bench.town.founded()
        let street = try bench.town.joined("street", .street, "330105013", by: city)
        let other = try bench.town.joined("other", .street, "330105014", by: city)
        try await bench.read(try await bench.bundle(city), into: street)
        try await bench.write(5, at: street)
        let file = try await bench.bundle(street)
        // The street's log first, which the reader's roster does not name yet.
        let frames = try BundleBench.frames(file).map { try BundleFrame(decoding: Array($0[4...])) }
        #expect(frames.count == 7)
        var assembler = BundleAssembler()
        let turned = [0, 1, 4, 5, 2, 3].flatMap { assembler.append(frames[$0]) }
        let result = try await bench.read(
            try bench.file(turned + assembler.finish()),
            into: other
        )
        #expect(result.isGood && result.taken == 9)
        #expect(try bench.isPrefix(street, of: other))
    }

    @Test func aStrangersBundleIsRefused() async throws {
        let bench = try BundleBench()
        let (city, street) = try await bench.pair(3)
        let stranger = try bench.town.founded("stranger")
        try await bench.write(3, at: stranger)
        let file = try await bench.bundle(stranger)
        let result = try await bench.read(file, into: street)
        #expect(!result.isGood && result.taken == 0)
        #expect(try bench.store(street).entryCount == 1)

        // One that says it is ours has logs that our roster does not name.
        var frames = try BundleBench.frames(file).map { try BundleFrame(decoding: Array($0[4...])) }
        guard case .header(var header) = frames[0] else { return }
        header.ledger = try #require(try bench.store(city).identity?.ledger)
        frames[0] = .header(header)
        var assembler = BundleAssembler()
        let bytes = frames.dropLast().flatMap { assembler.append($0) }
        let lie = try await bench.read(try bench.file(bytes + assembler.finish()), into: street)
        #expect(lie.isWhole && !lie.isGood && lie.taken == 0 && lie.unnamed.count == 1)
        #expect(try bench.store(street).entryCount == 1)
    }
}

extension BundleBench {
    /// A city with so many cases and a street that has only joined.
    func pair(_ count: Int) async throws -> (city: Home, street: Home) {
        let city = try town.founded()
        let street = try town.joined("street", .street, "330105013", by: city)
        try await write(count, at: city)
        return (city, street)
    }
}
