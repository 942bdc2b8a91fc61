/// Finds where records end, one byte after another.
protocol RecordScanner: Sendable {
    /// Takes the next byte and says whether the record ends here; the byte is not part of it.
    mutating func ends(at byte: UInt8) -> Bool

    /// What is wrong with a last record that the end of the file ends; nil if nothing is.
    func faultAtEnd(isBlank: Bool) -> RefusalReason?

    /// The record without what does not belong to it at either end.
    static func trim(_ record: ArraySlice<UInt8>) -> ArraySlice<UInt8>
}

/// Cuts a stream of bytes into records, whatever the chunks it arrives in.
///
/// Holds one chunk and one record, never more than ``ImportLimits/recordBytes`` of the latter:
/// the rest of a longer record is passed over, with its quotes followed, so that nothing within
/// a text is taken for a record. Blank records are skipped, and so is a UTF-8 byte order mark.
struct RecordCutter<Scanner: RecordScanner>: Sendable {
    /// One record, or the beginning of one with what is wrong with it.
    struct Record: Sendable {
        let line: Int
        let bytes: [UInt8]
        let fault: RefusalReason?
    }

    private var scanner: Scanner
    private var buffer: [UInt8] = []
    private var start = 0
    private var position = 0
    private var line = 1
    private var startLine = 1
    private var overlong: [UInt8]?
    private var isAtFileStart = true
    private var isFinished = false
    private var isDone = false

    init(_ scanner: Scanner) {
        self.scanner = scanner
    }

    /// Adds bytes; call ``next()`` until it gives nil before adding more.
    mutating func received(_ chunk: [UInt8]) {
        buffer.removeFirst(start)
        position -= start
        start = 0
        buffer.append(contentsOf: chunk)
    }

    /// The file has ended: the last record needs no line end.
    mutating func finish() {
        isFinished = true
    }

    /// The next whole record; nil if there is none before more bytes come.
    mutating func next() -> Record? {
        guard skipByteOrderMark() else { return nil }
        while position < buffer.count {
            let byte = buffer[position]
            let isEnd = scanner.ends(at: byte)
            position += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            if isEnd, let record = take(upTo: position - 1, atEnd: false) { return record }
        }
        if isFinished {
            return isDone ? nil : take(upTo: position, atEnd: true)
        }
        if position - start > ImportLimits.recordBytes {
            overlong = overlong ?? Array(buffer[start..<start + ImportLimits.recordBytes])
        }
        if overlong != nil { start = position }
        return nil
    }

    /// False while it is unknown whether the file starts with the mark.
    private mutating func skipByteOrderMark() -> Bool {
        guard isAtFileStart else { return true }
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        if buffer.count < mark.count, mark.starts(with: buffer), !isFinished { return false }
        isAtFileStart = false
        if buffer.starts(with: mark) {
            start = mark.count
            position = mark.count
        }
        return true
    }

    private mutating func take(upTo end: Int, atEnd: Bool) -> Record? {
        let whole = overlong.map { $0[...] } ?? buffer[start..<end]
        let kept = Scanner.trim(whole)
        let skipped = whole[whole.startIndex..<kept.startIndex]
        let firstLine = startLine + skipped.count { $0 == UInt8(ascii: "\n") }
        var fault = atEnd ? scanner.faultAtEnd(isBlank: kept.isEmpty) : nil
        if overlong != nil || kept.count > ImportLimits.recordBytes { fault = fault ?? .tooLong }
        start = position
        startLine = line
        overlong = nil
        isDone = atEnd
        guard !kept.isEmpty || fault != nil else { return nil }
        let bytes = Array(kept.prefix(ImportLimits.recordBytes))
        return Record(line: firstLine, bytes: bytes, fault: fault)
    }
}
