import Crypto
import Encoding
import Ledger
import Replica
import Replication
import TestSupport
import Testing

@Suite struct ConvergenceTests {
    @Test func twoNodesWithEqualFrontiersSendOneHelloEach() throws {
        let world = try World(City(2), seed: 1)
        let log = world.city.log(1)
        // Node 0 holds node 1's log from the start.
        try world.nodes[0].store.adopt(
            world.nodes[1].store.logs[log]?.entries ?? [],
            log: log,
            key: world.city.offices[1].log
        )
        world.restart(0)
        #expect(world.frontiers.count == 1)
        world.configure(0, peers: [1])
        world.run(milliseconds: 20_000)
        #expect(world.hellos.count == 2)
        #expect(world.hellos.allSatisfy { $0 <= 300 })
        #expect(world.otherFrames == 0)
        #expect(world.hasConverged)
    }

    @Test func aFreshNodeCatchesUpInPackages() throws {
        let world = try World(City(3), seed: 2, knowsRoster: false)
        try world.write(0, (0..<2_000).map { _ in report() })
        world.configure(2, peers: [0])
        #expect(
            world.run(milliseconds: 20_000) {
                world.nodes[2].store.size(world.city.log(0)) == 2_003
            }
        )
        #expect(world.entriesSent < 2_003 + 10)
        // All but the roster entries of a bulk package stay to be checked.
        #expect(world.nodes[2].store.signatures.count { $0 == .unchecked } > 1_900)
        #expect(!world.nodes[2].store.signatures.contains(.forged))
    }

    @Test func entriesTooLargeForOneFrameComeInSeveral() throws {
        let world = try World(City(2), seed: 3)
        try world.write(0, (0..<40).map { _ in report(150_000) } + [report(700_000), report()])
        world.configure(1, peers: [0])
        #expect(world.run(milliseconds: 20_000) { world.hasConverged })
        #expect(world.nodes[1].notices.count == 1)
    }

    @Test func aLineOfThreeRelaysWhatOneWrites() throws {
        let world = try World(City(3), seed: 4, knowsRoster: false)
        world.blocked = [[0, 2]]
        world.configure(1, peers: [0])
        world.configure(2, peers: [1])
        #expect(world.run(milliseconds: 120_000) { world.hasConverged })
        // Live entries pass on at once, not with the next comparison.
        try world.write(0, [report()])
        #expect(world.run(milliseconds: 200) { world.frontiers.count == 1 })
        try world.write(2, [report()])
        #expect(world.run(milliseconds: 200) { world.frontiers.count == 1 })
        #expect(world.nodes[2].store.signatures.last == .good)
        // Everybody comes to know who holds it.
        world.run(milliseconds: 3_000)
        let own = world.city.log(2)
        #expect(world.nodes[2].machine.holders(of: own) == 1)
    }

    @Test func aBatchTooLargeToPushIsAnnouncedAndPulled() throws {
        let world = try World(City(3), seed: 5)
        world.configure(1, peers: [0])
        world.configure(2, peers: [0])
        #expect(world.run(milliseconds: 20_000) { world.hasConverged })
        try world.write(1, (0..<100).map { _ in report() })
        #expect(world.run(milliseconds: 4_000) { world.hasConverged })
    }

    @Test func oneSeedGivesOneHistory() throws {
        func history() throws -> [String] {
            let world = try World(City(5), seed: 99, knowsRoster: false)
            for node in 1..<5 { world.configure(node, peers: [node - 1, (node + 1) % 5]) }
            for writer in 0..<5 {
                try world.write(writer, (0..<30).map { _ in report() })
                world.run(milliseconds: 5_000)
            }
            return world.transcript
        }
        let first = try history()
        #expect(first.count > 100)
        #expect(try history() == first)
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func everybodyConvergesWhateverTheNetworkDoes(seed: UInt64) throws {
        print("seed \(seed)")
        let count = 2 + Int(seed % 4)
        let world = try World(City(count), seed: seed, knowsRoster: false)
        world.delay = 200
        for node in 1..<count {
            let peers = (0..<count).filter { $0 != node }
            world.configure(node, peers: peers.shuffled(using: &world.generator))
        }
        for _ in 0..<40 {
            let writer = Int.random(in: 0..<count, using: &world.generator)
            let size = [1, 1, 3, 40].randomElement(using: &world.generator) ?? 1
            try world.write(writer, (0..<size).map { _ in report() })
            if let id = world.ends.keys.sorted().randomElement(using: &world.generator),
                Bool.random(using: &world.generator)
            {
                world.cut(id)
            }
            switch Int.random(in: 0..<8, using: &world.generator) {
            case 0: world.restart(writer)
            case 1: world.nodes[writer].store.failures = 1
            case 2:
                let other = Int.random(in: 0..<count, using: &world.generator)
                if other != writer { world.connect(writer, other, dialed: nil) }
            default: break
            }
            let pause = UInt64.random(in: 0...1_500, using: &world.generator)
            world.run(milliseconds: pause)
        }
        for node in 1..<count {
            world.configure(node, peers: (0..<count).filter { $0 != node })
        }
        #expect(world.run(milliseconds: 300_000) { world.hasConverged })
        for node in world.nodes {
            #expect(node.evidence.isEmpty)
            #expect(node.stops.isEmpty)
            #expect(node.store.forged.isEmpty)
            for case .closed(_, _, let reason, let detail) in node.notices {
                #expect([.duplicate, .notMember].contains(reason), "\(reason) \(detail)")
            }
        }
    }
}
