import Foundation

/// One number that was measured.
struct Figure: Codable {
    /// What it is.
    let name: String
    /// The median of the repetitions, or the one result.
    let value: Double
    /// The best of the repetitions; nil if there was one.
    let best: Double?
    /// What the numbers count.
    let unit: String

    init(_ name: String, _ value: Double, _ unit: String, best: Double? = nil) {
        self.name = name
        self.value = value
        self.best = best
        self.unit = unit
    }

    /// How often something was done a second, of several runs given in seconds each.
    static func rate(_ name: String, of count: Int, in runs: [Double], _ unit: String) -> Figure {
        let rates = runs.map { Double(count) / max($0, 1e-9) }
        return Figure(name, rates.median, unit, best: runs.count > 1 ? rates.max() : nil)
    }

    /// Median, and 99th percentile if there are enough, of times in seconds.
    static func latency(_ name: String, _ times: [Double]) -> [Figure] {
        let micro = times.map { $0 * 1e6 }
        let middle = Figure(name + ", p50", micro.median, "µs", best: micro.min())
        guard times.count >= 100 else { return [middle] }
        return [middle, Figure(name + ", p99", micro.percentile(0.99), "µs")]
    }
}

extension [Double] {
    /// The middle one in order of size.
    var median: Double { percentile(0.5) }

    /// The one below which this fraction of them lies.
    func percentile(_ fraction: Double) -> Double {
        guard !isEmpty else { return 0 }
        return sorted()[Swift.min(count - 1, Int(Double(count) * fraction))]
    }
}

/// Measures how long something takes.
enum Stopwatch {
    /// Seconds since some moment, by a clock that never goes back.
    static func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    /// Seconds of processor time that this process has used, over all cores.
    ///
    /// It shows a gain where other programs make the clock's figures unsteady.
    static func processor() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    /// Seconds that `body` takes.
    static func time(_ body: () throws -> Void) rethrows -> Double {
        let start = now()
        try body()
        return now() - start
    }

    /// Seconds of each of three runs.
    static func threeTimes(_ body: () throws -> Void) rethrows -> [Double] {
        try (0..<3).map { _ in try time(body) }
    }
}

/// All figures of a run.
struct Report: Codable {
    /// Where the figures come from.
    struct Machine: Codable {
        let processor: String
        let cores: Int
        let kernel: String
    }

    /// The figures of one measurement.
    struct Section: Codable {
        let name: String
        let summary: String
        let isRaw: Bool
        let figures: [Figure]
    }

    let date: Date
    let machine: Machine
    let entries: Int
    private(set) var sections: [Section] = []

    init(entries: Int) {
        date = Date()
        self.entries = entries
        machine = Machine(
            processor: Self.processor,
            cores: ProcessInfo.processInfo.activeProcessorCount,
            kernel: Self.text("/proc/sys/kernel/osrelease")
        )
    }

    @MainActor
    mutating func add(_ benchmark: Benchmark, _ figures: [Figure]) {
        sections.append(
            Section(
                name: benchmark.name,
                summary: benchmark.summary,
                isRaw: benchmark.isRaw,
                figures: figures
            )
        )
    }

    /// One object, keys sorted.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// Aligned columns; the machine's limits first.
    var table: String {
        var lines = [
            "\(date.formatted(.iso8601)), \(machine.cores) cores, \(machine.processor), "
                + "Linux \(machine.kernel), \(entries) entries"
        ]
        for isRaw in [true, false] where sections.contains(where: { $0.isRaw == isRaw }) {
            lines += [
                "",
                (isRaw ? "limits of this machine" : "ours").padded(to: 58)
                    + "median".aligned(to: 12) + "best".aligned(to: 12),
            ]
            for section in sections where section.isRaw == isRaw {
                for (index, figure) in section.figures.enumerated() {
                    lines.append(
                        (index == 0 ? section.name : "").padded(to: 17)
                            + figure.name.padded(to: 41)
                            + Self.number(figure.value).aligned(to: 12)
                            + (figure.best.map(Self.number) ?? "").aligned(to: 12)
                            + "  " + figure.unit
                    )
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func number(_ value: Double) -> String {
        value >= 100 ? String(Int(value.rounded())) : String((value * 100).rounded() / 100)
    }

    private static func text(_ path: String) -> String {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: data, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static var processor: String {
        let line = text("/proc/cpuinfo").split(separator: "\n").first {
            $0.hasPrefix("model name")
        }
        let name = line?.split(separator: ":").last ?? "unknown"
        return name.trimmingCharacters(in: .whitespaces)
    }
}
