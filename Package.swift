// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode, warnings are errors, unsafe code is spelled out.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    excluding files: [String] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies + ["TestSupport"],
        exclude: files,
        swiftSettings: strict
    )
}

/// Every target of the levels below `level` that a target of that level may import.
func below(_ level: Int) -> [Target.Dependency] {
    let levels: [[Target.Dependency]] = [
        ["Encoding"], ["Crypto"], ["TransparencyLog"], ["Ledger"], ["Cases", "Replication"],
        ["Replica", "Audit"], ["Storage", "Transport"],
    ]
    return Array(levels.prefix(level).joined())
}

// The layers, lowest first; ArchitectureTests holds the sources to this table.
let package = Package(
    name: "linli",
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
        library("Encoding"),
        library("Crypto", ["Encoding", "COpenSSL"]),
        library("TransparencyLog", ["Encoding", "Crypto"]),
        library("Ledger", below(3)),
        library("Cases", below(4)),
        library("Replication", below(4)),
        library("Replica", below(5)),
        library("Audit", below(5)),
        library("Storage", below(6) + ["CSQLite"]),
        library("Transport", ["Encoding", "Crypto", "COpenSSL"]),
        library("Simulation", below(6)),
        library("NodeRuntime", below(7)),
        library("CommandLine", below(7) + ["NodeRuntime"]),
        program("linli", ["CommandLine"]),
        program("linli-sim", ["Simulation"]),
        program("linli-bench", below(7) + ["NodeRuntime"]),

        .target(
            name: "TestSupport",
            dependencies: ["Encoding"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "LedgerFixtures",
            dependencies: below(4) + ["TestSupport"],
            path: "Tests/LedgerFixtures",
            swiftSettings: strict
        ),
        tests("EncodingTests", below(1)),
        tests("CryptoTests", below(2)),
        tests("TransparencyLogTests", below(3)),
        tests("LedgerTests", below(4) + ["LedgerFixtures"]),
        tests("CasesTests", below(5) + ["LedgerFixtures"]),
        tests("ReplicationTests", below(5)),
        tests("ReplicaTests", below(6)),
        tests("AuditTests", below(7) + ["NodeRuntime"]),
        tests("StorageTests", below(7) + ["LedgerFixtures"]),
        tests("TransportTests", below(7)),
        tests("SimulationTests", below(6) + ["Simulation"]),
        tests("NodeRuntimeTests", below(7) + ["NodeRuntime", "LedgerFixtures", "CSQLite"]),
        tests("SystemTests", below(7) + ["NodeRuntime"], excluding: ["transcripts"]),
        tests("CommandLineTests", below(7) + ["NodeRuntime", "CommandLine"]),
        tests("ConformanceTests", below(7) + ["NodeRuntime", "LedgerFixtures"]),
        tests("ArchitectureTests"),
    ],
    swiftLanguageModes: [.v6]
)
