internal import Cases
internal import Encoding
internal import Ledger

/// One place of a file, as it is to be recorded.
struct PlaceRow: Sendable {
    /// The line of the file; the number of the row where the file's reader does not say.
    let line: Int
    let code: String
    let level: String
    let name: String
    let parent: String?
    let households: UInt64?
    /// Where the record lies.
    let scope: Scope
}

/// Places below the street from CSV with the columns `code,level,name,parent,households`.
///
/// A code begins with that of the village or street that the place lies in, twelve or nine digits;
/// what follows is up to the city's address base. The parent is required; households may be empty.
enum PlacesFile {
    private static let columns = ["code", "level", "name", "parent", "households"]
    private static let codeMax = 64
    private static let nameMax = 100

    /// Reads all rows or none.
    ///
    /// - Throws: ``CommandError`` with the line.
    static func read(_ bytes: [UInt8], _ path: String) throws(CommandError) -> [PlaceRow] {
        var codes: Set<String> = []
        func row(_ line: CodeTableReader<PlaceRow>.Line) throws(CodeTableError) -> PlaceRow {
            let code = try line.filled("code")
            guard code.utf8.count <= codeMax, let scope = Scope.covering(code: code),
                scope.code.utf8.count >= 9
            else {
                throw line.fail(.wrong("code", want: "one that begins with that of a street"))
            }
            guard codes.insert(code).inserted else {
                throw line.fail(.contradiction("\(code) is there twice"))
            }
            let level = try line.filled("level")
            guard let known = CodeList.placeLevels.code(meantBy: level) else {
                let near = CodeList.placeLevels.suggestions(for: level).map(\.code)
                let all = CodeList.placeLevels.codes.map(\.code)
                let want = (near.isEmpty ? all : near).joined(separator: ", ")
                throw line.fail(.wrong("level", want: "one of the list: \(want)"))
            }
            let name = try line.name("name")
            guard name.unicodeScalars.count <= nameMax else { throw line.fail(.long("name")) }
            let parent = try line.filled("parent")
            guard parent != code, parent.utf8.count <= codeMax else {
                throw line.fail(.wrong("parent", want: "the code of what it lies in"))
            }
            return PlaceRow(
                line: line.number,
                code: code,
                level: known.code,
                name: name,
                parent: parent,
                households: try line.count("households", max: GridVersion.mostHouseholds),
                scope: scope
            )
        }
        var reader = CodeTableReader<PlaceRow>(columns: columns)
        do throws(CodeTableError) {
            try reader.received(bytes, read: row)
            return try reader.finished(read: row)
        } catch {
            throw CommandError(.usage, "\(path): \(error)", hint: "nothing was written")
        }
    }

    /// The divisions of a code list as places: what only counts like a street is an area.
    ///
    /// - Throws: ``CommandError`` with the line.
    static func divisions(_ bytes: [UInt8], _ path: String) throws(CommandError) -> [PlaceRow] {
        var file = DivisionsFile()
        do throws(CodeTableError) {
            try file.received(bytes)
            return try file.finished().divisions.enumerated().map { index, division in
                let length = division.code.code.utf8.count
                let level =
                    switch length {
                    case 4: "city"
                    case 6: "district"
                    default: division.isUnit ? "street" : "area"
                    }
                let parent = Scope.lengths.last { $0 < length }
                return PlaceRow(
                    line: index + 2,
                    code: division.code.code,
                    level: level,
                    name: division.name,
                    parent: parent.map { String(division.code.code.prefix($0)) },
                    households: nil,
                    scope: division.code
                )
            }
        } catch {
            throw CommandError(.usage, "\(path): \(error)", hint: "nothing was written")
        }
    }

    /// Successions of a file that has neither dates nor a version.
    ///
    /// - Throws: ``CommandError`` with the line.
    static func successions(
        _ bytes: [UInt8],
        _ path: String,
        table: String,
        effective: UInt64?
    ) throws(CommandError) -> [SuccessionRow] {
        var file = SuccessionFile(table: table, effective: effective)
        do throws(CodeTableError) {
            try file.received(bytes)
            return try file.finished()
        } catch {
            throw CommandError(.usage, "\(path): \(error)", hint: "nothing was written")
        }
    }
}
