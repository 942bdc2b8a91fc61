/// Makes records of the rows of a CSV file, by a map.
struct CSVImport: Sendable {
    /// A column of the file: its name for people, its place for us.
    private struct Column: Sendable {
        let name: String
        let index: Int
    }

    private let map: ImportMap
    private let width: Int
    private let externalID: Column
    private let openedAt: Column
    private let dueAt: Column?
    private let closedAt: Column?
    private let state: Column?
    private let claim: Column?
    private let summary: [Column]
    private let closingNote: Column?
    private let reply: Column?
    private let category: [Column]
    private let place: Column?
    private let channel: Column?
    private let scope: Column?
    private var clock: LocalClock

    /// Finds the map's columns in the header row; the file may have others.
    init(_ map: ImportMap, header: CSVRecord) throws(ImportError) {
        var indices: [String: [Int]] = [:]
        for index in 0..<header.count {
            guard let name = header.text(at: index) else {
                throw .unreadableHeader(.notUTF8("row"))
            }
            indices[name, default: []].append(index)
        }
        func find(_ name: String) throws(ImportError) -> Column {
            guard let found = indices[name] else { throw .missingColumn(name) }
            guard found.count == 1 else { throw .repeatedColumn(name) }
            return Column(name: name, index: found[0])
        }
        func findIfMapped(_ name: String?) throws(ImportError) -> Column? {
            guard let name else { return nil }
            return try find(name)
        }
        let columns = map.columns
        self.map = map
        width = header.count
        externalID = try find(columns.externalID)
        openedAt = try find(columns.openedAt)
        dueAt = try findIfMapped(columns.dueAt)
        closedAt = try findIfMapped(columns.closedAt)
        state = try findIfMapped(columns.state?.column)
        claim = try findIfMapped(columns.claim?.column)
        summary = try columns.summary.map(find)
        closingNote = try findIfMapped(columns.closingNote)
        reply = try findIfMapped(columns.reply)
        category = try columns.category.map(find)
        place = try findIfMapped(columns.place)
        channel = try findIfMapped(columns.channel)
        scope = try findIfMapped(columns.scope)
        clock = LocalClock(map.timeZone)
    }

    /// The record of one row.
    mutating func record(_ row: CSVRecord) throws(RefusalReason) -> ImportRecord {
        guard row.count == width else { throw .fieldCount(got: row.count, want: width) }
        let id = try text(externalID, of: row, limit: ImportLimits.externalID)
        guard let id else { throw .noExternalID(externalID.name) }
        var isCertain = true
        let opened = try instant(openedAt, of: row, &isCertain)
        guard let opened else { throw .noOpeningTime(openedAt.name) }
        let due = try instant(dueAt, of: row, &isCertain)
        let closed = try instant(closedAt, of: row, &isCertain)
        let stateText = try text(state, of: row, limit: ImportLimits.channel)
        let isClosed =
            if let choice = map.columns.state {
                stateText.map(choice.values.contains) ?? false
            } else {
                closed != nil
            }
        let claimText = try text(claim, of: row, limit: ImportLimits.channel)
        let isOverdue = claimText.map { map.columns.claim?.values.contains($0) ?? false }
        return ImportRecord(
            externalID: id,
            source: map.source,
            openedAt: opened,
            dueAt: due,
            closedAt: closed,
            isClosed: isClosed,
            claim: isOverdue.map { $0 ? .overdue : .onTime },
            summary: try joined(summary, of: row, by: "\n", limit: ImportLimits.text),
            closingNote: try text(closingNote, of: row, limit: ImportLimits.text),
            reply: try text(reply, of: row, limit: ImportLimits.text),
            category: try joined(category, of: row, by: " / ", limit: ImportLimits.category),
            place: try text(place, of: row, limit: ImportLimits.place),
            channel: try text(channel, of: row, limit: ImportLimits.channel),
            scope: try streetCode(of: row),
            line: row.line,
            hasUncertainTime: !isCertain
        )
    }

    private func text(
        _ column: Column?,
        of row: CSVRecord,
        limit: Int
    ) throws(RefusalReason) -> String? {
        guard let column else { return nil }
        guard let text = row.text(at: column.index) else { throw .notUTF8(column.name) }
        return try importedText(text, of: column.name, limit: limit)
    }

    private func joined(
        _ columns: [Column],
        of row: CSVRecord,
        by separator: String,
        limit: Int
    ) throws(RefusalReason) -> String? {
        var whole: String?
        for column in columns {
            guard let next = try text(column, of: row, limit: limit) else { continue }
            whole = whole.map { $0 + separator + next } ?? next
        }
        guard let whole, let last = columns.last else { return nil }
        return try importedText(whole, of: last.name, limit: limit)
    }

    private mutating func instant(
        _ column: Column?,
        of row: CSVRecord,
        _ isCertain: inout Bool
    ) throws(RefusalReason) -> UInt64? {
        guard let column else { return nil }
        let stamp = row.bytes(at: column.index)
        if stamp.allSatisfy({ $0 == UInt8(ascii: " ") }) { return nil }
        guard let reading = map.timeFormat.read(stamp) else {
            throw .unreadableTime(column.name, want: map.timeFormat.text)
        }
        var seconds = reading.clockSeconds - (reading.offset ?? 0)
        if reading.offset == nil {
            let instant = clock.instant(reading.clockSeconds)
            seconds = instant.seconds
            isCertain = isCertain && instant.isCertain
        }
        guard seconds >= 0 else { throw .timeBefore1970(column.name) }
        return UInt64(seconds) * 1000 + UInt64(reading.milliseconds)
    }

    private func streetCode(of row: CSVRecord) throws(RefusalReason) -> String? {
        guard let scope, let code = try text(scope, of: row, limit: ImportLimits.channel) else {
            return nil
        }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard code.utf8.count == 9, code.utf8.allSatisfy(digits.contains) else {
            throw .unreadableScope(scope.name)
        }
        return code
    }
}
