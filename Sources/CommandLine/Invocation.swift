package import NodeRuntime
package import Storage

/// A command line that was understood, with where its output goes.
package struct Invocation: Sendable {
    /// Arguments without flag, as many as the command names or the optional ones fewer.
    package let arguments: [String]
    /// Where to write.
    package let output: Output
    /// How the program was called, for what it prints of itself.
    package let program: String

    private let values: [String: [String]]
    private let environment: [String: String]
    /// Asked once, however often a command opens the home.
    private let passphrase: KeyPassphrase

    init(
        arguments: [String],
        values: [String: [String]],
        environment: [String: String],
        program: String,
        output: Output
    ) {
        self.arguments = arguments
        self.values = values
        self.environment = environment
        self.program = program
        self.output = output
        passphrase = KeyPassphrase { () throws(HomeError) in try Passphrase.ofHome(values, output) }
    }

    /// The value of a flag, the last one if it was repeated.
    package subscript(flag: String) -> String? { values[flag]?.last }

    /// All values of a flag.
    package func all(_ flag: String) -> [String] { values[flag] ?? [] }

    /// Whether a flag was given.
    package func has(_ flag: String) -> Bool { values[flag] != nil }

    /// Whether machine output is wanted.
    package var isJSON: Bool { has("json") }

    /// A flag's value that can not be left out.
    ///
    /// - Throws: ``CommandError``.
    package func required(_ flag: String) throws(CommandError) -> String {
        guard let value = self[flag] else {
            throw CommandError(.usage, "--\(flag) is missing", hint: "\(program) --help")
        }
        return value
    }

    /// A whole number in a range.
    ///
    /// - Throws: ``CommandError``.
    package func number(
        _ flag: String,
        in range: ClosedRange<Int>,
        or fallback: Int
    ) throws(CommandError) -> Int {
        guard let text = self[flag] else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw CommandError(
                .usage,
                "--\(flag) is \"\(text)\", want a whole number from \(range.lowerBound) to"
                    + " \(range.upperBound)"
            )
        }
        return number
    }

    /// The home that `--home` or `LINLI_HOME` names.
    ///
    /// - Throws: ``CommandError``, ``HomeError``.
    package func home() throws -> Home {
        guard let path = self["home"] ?? environment["LINLI_HOME"], !path.isEmpty else {
            throw CommandError(
                .usage,
                "no home is named",
                hint: "give --home DIR or set LINLI_HOME"
            )
        }
        var home = try Home(path: path)
        home.passphrase = passphrase
        return home
    }

    /// The home's database, for reading only.
    ///
    /// - Throws: ``CommandError``, ``HomeError``, ``StoreError``, ``SQLiteError``.
    package func openStore() throws -> Store {
        let home = try home()
        guard home.hasDatabase else { throw home.absence() }
        let store = try Store(path: home.databasePath, mode: .readOnly)
        guard store.identity != nil else { throw home.absence() }
        return store
    }
}
