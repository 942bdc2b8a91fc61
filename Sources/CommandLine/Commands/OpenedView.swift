internal import Cases
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Replication
internal import Storage

/// The merged view that a command lists, and what it rests on.
struct OpenedView {
    let store: Store
    let basis: Basis

    /// The basis within a snapshot of the store, which may have grown since it was opened.
    func again() throws -> Basis {
        basis.isSaved ? basis : try Basis(store, now: basis.now)
    }
}

extension Command.Flag {
    /// Of every command that lists the merged view: which view, and for what time.
    static let viewing = [
        Command.Flag(
            "as-of",
            "FILE",
            Label(
                "按所存前沿重算视图 (linli frontier save)",
                "the view as of this saved frontier (linli frontier save)"
            )
        ),
        Command.Flag(
            "now",
            "TIME",
            Label(
                "以此时计算超期;前沿与此时相同则输出相同",
                "compute overdue for this time; the same frontier then gives the same bytes"
            )
        ),
    ]
}

extension Invocation {
    /// The view that `--as-of` and `--now` name: what the home holds now, if they are not given.
    ///
    /// - Throws: ``CommandError``, ``RewindError``, ``HomeError``, ``StoreError``, ``SQLiteError``.
    func openView() throws -> OpenedView {
        let given = try now()
        let store = try openStore()
        guard let path = self["as-of"] else {
            return OpenedView(
                store: store,
                basis: try Basis(store, now: given ?? SystemSource.wallMilliseconds())
            )
        }
        let saved = try savedFrontier(path)
        let (rewound, absentParts) = try openStore(asOf: saved)
        return OpenedView(
            store: rewound,
            basis: Basis(rewound: rewound, absentParts: absentParts, now: given ?? saved.now)
        )
    }

    /// The view as of a saved frontier, and how many parts within it are not held any more.
    func openStore(asOf saved: SavedFrontier) throws -> (store: Store, absentParts: UInt64) {
        let rewound = try openStore().rewound(to: saved, in: try home().scratchDirectory) {
            done,
            total in output.progress("\(done)/\(total)")
        }
        output.progress("", isLast: output.isErrorTerminal)
        return rewound
    }

    /// The time that `--now` gives.
    func now() throws(CommandError) -> UInt64? {
        guard let text = self["now"] else { return nil }
        guard let now = LedgerTime.instant(text) else {
            throw CommandError(
                .usage,
                "--now is \"\(text)\", want a time such as 2026-11-23T15:04"
            )
        }
        return now
    }

    /// Reads a saved frontier; `-` is standard input.
    func savedFrontier(_ path: String) throws(CommandError) -> SavedFrontier {
        let bytes: Data?
        do {
            let file =
                path == "-"
                ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
            bytes = try file.read(upToCount: SavedFrontier.byteMax + 1)
        } catch {
            throw CommandError(.unknown, "can not read \(path)")
        }
        do {
            return try SavedFrontier(text: String(decoding: bytes ?? Data(), as: UTF8.self))
        } catch {
            throw CommandError(
                .bad,
                "\(path): \(error)",
                hint: "linli frontier save writes one"
            )
        }
    }
}
