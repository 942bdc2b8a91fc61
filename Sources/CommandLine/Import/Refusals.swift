internal import Foundation

/// The file of rows that an import did not take, made when the first of them comes.
///
/// Each row stands as it stood in the source, below a line `# line N: reason`, so that a person
/// can mend it and import it again. It may hold persons' data: mode 0600.
final class Refusals {
    /// Where the rows go.
    let path: String
    /// How many there are.
    private(set) var count = 0

    private var file: FileHandle?

    /// Rows go to `path`, or to `fallback` if there is none.
    ///
    /// - Throws: ``CommandError`` if the file exists: nothing is written over.
    init(path: String?, or fallback: String) throws(CommandError) {
        self.path = path ?? fallback
        guard !FileManager.default.fileExists(atPath: self.path) else {
            throw CommandError(.usage, "\(self.path) exists", hint: "name a new file")
        }
    }

    /// Keeps a row that could not be read.
    func keep(_ row: RefusedRow) throws(CommandError) {
        try keep(line: row.line, reason: row.reason.description, original: row.original)
    }

    /// Keeps why a row was not taken, and the row if it is at hand.
    func keep(line: Int, reason: String, original: [UInt8] = []) throws(CommandError) {
        count += 1
        do {
            let file = try self.file ?? create()
            self.file = file
            var text = Array("# line \(line): \(reason)\n".utf8) + original
            if !original.isEmpty { text += [UInt8(ascii: "\n")] }
            try file.write(contentsOf: Data(text))
        } catch {
            throw CommandError(
                .unknown,
                "can not write \(path)",
                hint: "import the file again: rows that were taken are skipped"
            )
        }
    }

    private func create() throws -> FileHandle {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError(.unknown, "can not create \(path)") }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
