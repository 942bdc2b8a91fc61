import Foundation
import Storage

/// Measures this machine's raw limits and our own figures in one run.
@MainActor
enum Bench {
    /// Every measurement, in the order in which they run.
    static let all: [Benchmark] = [
        Benchmark("sha256", isRaw: true, "SHA-256 of 128 bytes", RawLimits.sha256),
        Benchmark("ed25519", isRaw: true, "Ed25519, one core and all", RawLimits.ed25519),
        Benchmark("sqlite", isRaw: true, "rows of 400 bytes", RawLimits.sqlite),
        Benchmark("fdatasync", isRaw: true, "a page written and synced", RawLimits.fdatasync),
        Benchmark("tls", isRaw: true, "loopback, both keys proven", RawTLS.measure),
        Benchmark("append", isRaw: false, "one entry, durable on return", Writing.append),
        Benchmark("bulk", isRaw: false, "batches of 1000", Writing.bulk),
        Benchmark("import", isRaw: false, "a CSV by linli import", Writing.importFile),
        Benchmark("disk", isRaw: false, "what entries take", Writing.disk),
        Benchmark("verify", isRaw: false, "history from the database", Verifying.measure),
        Benchmark("catchup", isRaw: false, "fresh node, both in this process", CatchUp.within),
        Benchmark("catchup-process", isRaw: false, "fresh node by linli sync", CatchUp.outside),
        Benchmark("live", isRaw: false, "durable here to visible there", Live.measure),
        Benchmark("meet", isRaw: false, "nodes with equal frontiers", Meeting.measure),
    ]

    /// Runs what the arguments name.
    ///
    /// - Returns: the exit code: 0, 2 if something could not be measured, 64 for wrong usage.
    static func run(_ arguments: [String]) async -> Int32 {
        let options: Options
        do {
            options = try Options(Array(arguments.dropFirst()), known: all.map(\.name))
        } catch {
            remark("linli-bench: error: \(error)\nhint: linli-bench --help")
            return 64
        }
        guard !options.wantsHelp else {
            print(Options.help(all))
            return 0
        }
        do {
            let world = try World(options)
            defer { world.removeScratch() }
            var report = Report(entries: options.entries)
            for benchmark in all where options.wants(benchmark.name) {
                remark("\(benchmark.name): \(benchmark.summary)")
                report.add(benchmark, try await benchmark.run(world))
            }
            print(options.isJSON ? try report.json : report.table)
            return 0
        } catch {
            remark("linli-bench: error: \(error)")
            return 2
        }
    }

    /// Tells people what goes on, apart from the figures.
    static func remark(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

/// One measurement of the table.
@MainActor
struct Benchmark {
    /// What `--only` names.
    let name: String
    /// Whether it measures the machine rather than us.
    let isRaw: Bool
    /// What is measured, in a few words.
    let summary: String
    /// Measures.
    let run: (World) async throws -> [Figure]

    init(
        _ name: String,
        isRaw: Bool,
        _ summary: String,
        _ run: @escaping (World) async throws -> [Figure]
    ) {
        self.name = name
        self.isRaw = isRaw
        self.summary = summary
        self.run = run
    }
}

/// A measurement could not be made.
struct BenchError: Error, CustomStringConvertible {
    /// What is wrong.
    let description: String

    init(_ description: String) { self.description = description }
}
