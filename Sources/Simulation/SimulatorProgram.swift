import Foundation

/// `linli-sim`: worlds from the command line.
package struct SimulatorProgram {
    private static let usage = """
        usage: linli-sim --seed S [--nodes N] [--events N] [--verbose]
               linli-sim --minutes M [--seed FIRST]
               linli-sim --nodes 191 [--hour SECONDS]

        One world by its seed; fresh ones for some minutes; or the city: 13 districts and so many
        streets on a day of which an hour takes 30 virtual seconds or as many as given. Exit codes: 0 all held, 1 a checker found something, 64 usage.
        """

    private var seed: UInt64?
    private var nodes: Int?
    private var events: Int?
    private var minutes: Double?
    private var isVerbose = false
    private var hour: UInt64 = 30_000

    /// Runs the program.
    ///
    /// - Returns: the exit code.
    package static func run(_ arguments: [String]) -> Int32 {
        var program = SimulatorProgram()
        guard program.read(arguments) else {
            FileHandle.standardError.write(Data((usage + "\n").utf8))
            return 64
        }
        do {
            return try program.run() ? 0 : 1
        } catch {
            FileHandle.standardError.write(Data("linli-sim: error: \(error)\n".utf8))
            return 2
        }
    }

    private mutating func read(_ arguments: [String]) -> Bool {
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            if flag == "--verbose" {
                isVerbose = true
                continue
            }
            guard let value = rest.popFirst() else { return false }
            switch flag {
            case "--seed": seed = UInt64(value)
            case "--nodes": nodes = Int(value).flatMap { $0 >= 3 ? $0 : nil }
            case "--events": events = Int(value)
            case "--hour": hour = UInt64(value).map { $0 * 1_000 } ?? hour
            case "--minutes": minutes = Double(value)
            default: return false
            }
        }
        return seed != nil || nodes != nil || minutes != nil
    }

    private func run() throws -> Bool {
        if let minutes { return try runFresh(minutes) }
        guard let seed else { return try CityDay.run(streets: nodes ?? 191, seed: 1, hour: hour) }
        return try runOne(
            SimulationOptions(seed: seed, nodes: nodes, events: events),
            printsOptions: true
        )
    }

    private func runFresh(_ minutes: Double) throws -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(Int(minutes * 60_000))
        var next = seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("first seed \(next)")
        var worlds = 0
        var events: UInt64 = 0
        while clock.now < end {
            let options = SimulationOptions(seed: next, nodes: nodes, events: self.events)
            let report = try Simulator.run(options)
            worlds += 1
            events += report.events
            if report.failure != nil {
                Self.explain(report)
                return false
            }
            next += 1
        }
        print("\(worlds) worlds and \(events) events, all held")
        return true
    }

    private func runOne(_ options: SimulationOptions, printsOptions: Bool) throws -> Bool {
        print(options)
        let report = try Simulator.run(options, isVerbose: isVerbose)
        guard report.failure == nil else {
            Self.explain(report)
            return false
        }
        print(Self.summary(report))
        return true
    }

    private static func summary(_ report: Simulator.Report) -> String {
        "held: events=\(report.events) writes=\(report.writes) refused=\(report.refusals)"
            + " cosignatures=\(report.cosignatures)"
            + " frames=\(report.frames) bytes=\(report.bytes)"
            + " healing-ms=\(report.healingMilliseconds) transcript=\(report.transcript)"
    }

    private static func explain(_ report: Simulator.Report) {
        print("failed: \(report.failure ?? "")")
        print("options: \(report.options)")
        print("transcript=\(report.transcript), the last of it:")
        for line in report.recent.suffix(40) { print("    \(line)") }
        print("again: linli-sim --seed \(report.options.seed) --verbose")
    }
}
