/// Puts frames together: four bytes of length, most significant first, then the payload.
///
/// Asks for exactly the bytes that the frame under way lacks, so nothing is kept twice.
struct FrameReader {
    /// Bytes of the length.
    static let headerCount = 4

    private var header = [UInt8](repeating: 0, count: headerCount)
    private var payload: [UInt8]?
    private var filled = 0

    /// Whether a frame has begun and not ended.
    var isInsideFrame: Bool { payload != nil || filled > 0 }

    /// Lends the buffer that wants bytes, and where the next one goes.
    mutating func fill<Failure: Error>(
        _ body: (inout [UInt8], Int) throws(Failure) -> TLSEngine.Reading
    ) throws(Failure) -> TLSEngine.Reading {
        let reading: TLSEngine.Reading
        if var bytes = payload.take() {
            defer { payload = bytes }
            reading = try body(&bytes, filled)
        } else {
            reading = try body(&header, filled)
        }
        if case .bytes(let count) = reading { filled += count }
        return reading
    }

    /// The frame, once it is whole.
    ///
    /// - Throws: ``TransportError/frameTooLong(_:)`` before anything is allocated for it.
    mutating func next() throws(TransportError) -> [UInt8]? {
        if payload == nil, filled == Self.headerCount {
            let count = header.reduce(0) { $0 << 8 | Int($1) }
            guard count <= TransportLimits.frameBytesMax else { throw .frameTooLong(count) }
            payload = [UInt8](repeating: 0, count: count)
            filled = 0
        }
        guard let frame = payload, filled == frame.count else { return nil }
        payload = nil
        filled = 0
        return frame
    }

    /// The four bytes before a payload of `count` bytes.
    static func header(_ count: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
    }
}
