/// Reads a file of another system's records, chunk by chunk, in the order of the file.
///
///     var reader = ImportReader(.csv(map))
///     while let chunk = try file.read() { handle(try reader.received(chunk)) }
///     handle(try reader.finished())
///
/// Memory is bounded by one chunk, the records in it and one row of at most
/// ``ImportLimits/recordBytes``, for CSV, for a JSON array and for one object a line alike.
/// Chunks of about 64 KiB serve well. The same bytes give the same results however they are cut.
package struct ImportReader: Sendable {
    /// What the bytes are.
    package enum Format: Sendable {
        /// CSV with a header row, in UTF-8.
        case csv(ImportMap)
        /// GeoReport v2 service requests of this system: a JSON array, or one object a line.
        case open311(SourceCode)
        /// Mediation files, their keys named by this map: a JSON array, or one object a line.
        case mediation(MediationMap)
    }

    /// A record, or the row that gave none.
    package typealias Outcome = Result<ImportRecord, RefusedRow>

    private let format: Format
    private var rows = CSVReader()
    private var convert: CSVImport?
    private var objects = RecordCutter(JSONScanner())

    /// Starts at the beginning of a file.
    package init(_ format: Format) {
        self.format = format
    }

    /// The next bytes of the file came in; gives what they complete.
    ///
    /// - Throws: if the header does not serve the map; nothing can be read then.
    package mutating func received(_ chunk: [UInt8]) throws(ImportError) -> [Outcome] {
        switch format {
        case .csv(let map):
            rows.received(chunk)
            return try takeRows(map)
        case .open311(let source):
            objects.received(chunk)
            return takeObjects(GeoReport(source: source).record)
        case .mediation(let map):
            objects.received(chunk)
            return takeObjects(MediationReport(map).record)
        }
    }

    /// The file has ended; gives what is left.
    ///
    /// - Throws: if there was no header, or one that does not serve the map.
    package mutating func finished() throws(ImportError) -> [Outcome] {
        switch format {
        case .csv(let map):
            rows.finish()
            let outcomes = try takeRows(map)
            guard convert != nil else { throw .noHeader }
            return outcomes
        case .open311(let source):
            objects.finish()
            return takeObjects(GeoReport(source: source).record)
        case .mediation(let map):
            objects.finish()
            return takeObjects(MediationReport(map).record)
        }
    }

    private mutating func takeRows(_ map: ImportMap) throws(ImportError) -> [Outcome] {
        var outcomes: [Outcome] = []
        while let next = rows.next() {
            switch next {
            case .failure(let refused):
                guard convert != nil else { throw .unreadableHeader(refused.reason) }
                outcomes.append(.failure(refused))
            case .success(let row):
                if convert == nil {
                    convert = try CSVImport(map, header: row)
                } else if let outcome = convert?.outcome(of: row) {
                    outcomes.append(outcome)
                }
            }
        }
        return outcomes
    }

    private mutating func takeObjects(
        _ record: ([UInt8], Int) throws(RefusalReason) -> ImportRecord
    ) -> [Outcome] {
        var outcomes: [Outcome] = []
        while let object = objects.next() {
            do throws(RefusalReason) {
                if let fault = object.fault { throw fault }
                outcomes.append(.success(try record(object.bytes, object.line)))
            } catch {
                outcomes.append(
                    .failure(RefusedRow(line: object.line, reason: error, original: object.bytes))
                )
            }
        }
        return outcomes
    }
}

extension CSVImport {
    fileprivate mutating func outcome(of row: CSVRecord) -> ImportReader.Outcome {
        do throws(RefusalReason) {
            return .success(try record(row))
        } catch {
            return .failure(RefusedRow(line: row.line, reason: error, original: row.original))
        }
    }
}

/// Why a whole file can not be read by its map.
package enum ImportError: Error, Hashable, Sendable {
    /// The file is empty.
    case noHeader
    /// The first row is not well formed or not UTF-8; the file may be of another encoding.
    case unreadableHeader(RefusalReason)
    /// The map names a column that the header does not have.
    case missingColumn(String)
    /// The map names a column that the header has more than once.
    case repeatedColumn(String)
}

extension ImportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noHeader: "file is empty, want a header row"
        case .unreadableHeader(let reason): "header can not be read: \(reason)"
        case .missingColumn(let name): "header has no column \"\(name)\", which the map names"
        case .repeatedColumn(let name): "header has the column \"\(name)\" more than once"
        }
    }
}
