/// What the command line asks for.
struct Options {
    /// Entries of the larger measurements.
    private(set) var entries = 100_000
    /// Where homes are made; nil for a fresh temporary directory.
    private(set) var directory: String?
    /// Whether to print JSON.
    private(set) var isJSON = false
    /// Whether only help is wanted.
    private(set) var wantsHelp = false
    private var only: Set<String> = []

    /// Reads the words after the program's name.
    init(_ words: [String], known: [String]) throws(BenchError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--help", "-h": wantsHelp = true
            case "--json": isJSON = true
            case "--entries":
                guard let number = rest.popFirst().flatMap({ Int($0) }), number >= 1000 else {
                    throw BenchError("--entries wants a number of at least 1000")
                }
                entries = number
            case "--directory":
                guard let path = rest.popFirst() else {
                    throw BenchError("--directory wants a path")
                }
                directory = path
            case "--only":
                let names = (rest.popFirst() ?? "").split(separator: ",").map(String.init)
                guard !names.isEmpty, let last = names.last,
                    let unknown = names.first(where: { !known.contains($0) }) ?? Optional(last),
                    known.contains(unknown)
                else { throw BenchError("--only wants names of \(known.joined(separator: ", "))") }
                only = Set(names)
            default: throw BenchError("unknown argument \"\(word)\"")
            }
        }
    }

    /// Whether a measurement is to be made.
    func wants(_ name: String) -> Bool { only.isEmpty || only.contains(name) }

    /// The text of `--help`.
    @MainActor
    static func help(_ benchmarks: [Benchmark]) -> String {
        let width = benchmarks.map(\.name.count).max() ?? 0
        let names = benchmarks.map { benchmark in
            "  " + benchmark.name.padded(to: width) + "  " + benchmark.summary
        }
        return """
            linli-bench [--entries N] [--only NAME,...] [--directory DIR] [--json]

            Prints the raw limits of this machine and our own figures beside them. Compare only
            figures of one run. Nothing else should run meanwhile.

              --entries N      entries of the larger measurements, 100000 if left out
              --only NAME,...  only these
              --directory DIR  where to make homes, on the disk to be measured; kept afterwards.
                               If left out, a temporary directory that is removed
              --json           one JSON object
              --help           this

            \(names.joined(separator: "\n"))
            """
    }
}

extension String {
    /// Filled up with spaces on the right.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// Filled up with spaces on the left.
    func aligned(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
