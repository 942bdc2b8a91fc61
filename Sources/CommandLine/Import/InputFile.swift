internal import Cases
internal import Foundation

/// Whole files that an operation's values come from.
enum InputFile {
    /// Most bytes: more than the largest table of codes that is taken.
    static let bytesMax = 64 << 20

    /// The bytes of a file; `-` is standard input.
    ///
    /// - Throws: ``CommandError``.
    static func bytes(_ path: String) throws(CommandError) -> [UInt8] {
        guard let file = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
            throw CommandError(.unknown, "can not open \(path)")
        }
        var bytes: [UInt8] = []
        do {
            while let data = try file.read(upToCount: 64 << 10), !data.isEmpty {
                bytes += data
                guard bytes.count <= bytesMax else {
                    throw CommandError(.usage, "\(path) has more than \(bytesMax) bytes")
                }
            }
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.unknown, "can not read \(path)")
        }
        return bytes
    }
}

/// The grids of a version, from CSV with the columns `code,name,households,area`.
enum GridsFile {
    private static let columns = ["code", "name", "households", "area"]

    /// Reads all rows or none.
    ///
    /// - Throws: ``CommandError`` with the line.
    static func read(_ bytes: [UInt8], _ path: String) throws(CommandError) -> [Grid] {
        var codes: Set<String> = []
        func grid(_ line: CodeTableReader<Grid>.Line) throws(CodeTableError) -> Grid {
            let code = try line.filled("code")
            guard let grid = Grid("\(code);\(try line.name("name"))"), grid.code == code else {
                throw line.fail(.wrong("code or name", want: "of its form"))
            }
            guard codes.insert(code).inserted else {
                throw line.fail(.contradiction("\(code) is there twice"))
            }
            return Grid(
                code: code,
                name: grid.name,
                households: try line.count("households", max: GridVersion.mostHouseholds),
                area: try line.count("area", max: 1_000_000_000_000)
            )
        }
        var reader = CodeTableReader<Grid>(columns: columns)
        do throws(CodeTableError) {
            try reader.received(bytes, read: grid)
            let grids = try reader.finished(read: grid)
            guard grids.count <= GridVersion.mostGrids else {
                throw CodeTableError(line: GridVersion.mostGrids + 2, fault: .tooManyRows)
            }
            return grids
        } catch {
            throw CommandError(.usage, "\(path): \(error)", hint: "nothing was written")
        }
    }
}

extension CodeTableReader.Line {
    /// A name: a text that can not steer a terminal and holds no person's number.
    func name(_ column: String) throws(CodeTableError) -> String {
        let text = try filled(column)
        do throws(CommandError) {
            try FreeText.checkForm(text, flag: column)
        } catch {
            throw fail(.wrong(column, want: "a text without control characters"))
        }
        if let kind = PersonalData.found(in: text) {
            throw fail(.contradiction("\(column) seems to hold \(kind.label)"))
        }
        return text
    }

    /// A whole number up to `max`; nil where nothing is written.
    func count(_ column: String, max: UInt64) throws(CodeTableError) -> UInt64? {
        let text = try text(column)
        guard !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ $0 &- 48 < 10 }), let count = UInt64(text), count <= max else {
            throw fail(.wrong(column, want: "a whole number up to \(max)"))
        }
        return count
    }
}

/// The days of a year as they were announced: a day a line, `20261001 off` or `20261010 work`.
///
/// Empty lines and what stands behind `#` are passed over.
struct CalendarFile {
    private var holidays: [String] = []
    private var workdays: [String] = []
    private var year: String?

    /// Reads all lines or none.
    ///
    /// - Throws: ``CommandError`` with the line.
    init(_ bytes: [UInt8], _ path: String) throws(CommandError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandError(.usage, "\(path) is not UTF-8")
        }
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            guard !words.isEmpty else { continue }
            guard words.count == 2, let day = CalendarDay(String(words[0])) else {
                throw Self.fail(path, index, "want a day and off or work, such as 20261001 off")
            }
            guard year == nil || year == "\(day.year)" else {
                throw Self.fail(path, index, "the day lies in another year than the first one")
            }
            year = "\(day.year)"
            switch words[1] {
            case "off", "放假": holidays.append(String(words[0]))
            case "work", "上班": workdays.append(String(words[0]))
            default: throw Self.fail(path, index, "want off or work behind the day")
            }
        }
        guard year != nil else { throw CommandError(.usage, "\(path) has no days") }
    }

    /// Sets the days, and the year if it is not given.
    func fill(_ values: inout CaseDraft) throws {
        if values[.year] == nil, let year { try values.set(.year, year) }
        if !holidays.isEmpty { try values.set(.holidays, items: holidays) }
        if !workdays.isEmpty { try values.set(.workdays, items: workdays) }
    }

    private static func fail(_ path: String, _ index: Int, _ reason: String) -> CommandError {
        CommandError(.usage, "\(path): line \(index + 1): \(reason)", hint: "nothing was written")
    }
}
