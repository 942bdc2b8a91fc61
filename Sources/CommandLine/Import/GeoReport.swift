import Foundation

/// Makes records of the service requests of Open311.
///
/// | key | becomes |
/// |---|---|
/// | `service_request_id` | external id; a number is taken as its digits |
/// | `requested_datetime` | opening time |
/// | `expected_datetime` | due time |
/// | `status` | closed if it is `closed` in any case; anything else, or nothing, is open |
/// | `updated_datetime` | closing time if the status is closed: GeoReport has no other |
/// | `description` | summary |
/// | `status_notes` | closing note, also while it is open |
/// | `service_name`, without it `service_code` | category |
/// | `address`, without it `address_id` | place |
///
/// Times are ISO 8601 with an offset. Other keys are passed over. A value that is null or missing
/// is not there; one of another kind refuses the object.
///
/// - Source: GeoReport v2, "GET Service Requests", wiki.open311.org.
struct GeoReport: Sendable {
    private let source: SourceCode

    init(source: SourceCode) {
        self.source = source
    }

    /// Decodes one object that starts on `line`.
    func record(_ bytes: [UInt8], line: Int) throws(RefusalReason) -> ImportRecord {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8("row") }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)),
            case .object(let object) = value
        else { throw .notJSONObject }
        let id = try Self.text("service_request_id", in: object, limit: ImportLimits.externalID)
        guard let id else { throw .noExternalID("service_request_id") }
        let opened = try Self.instant("requested_datetime", in: object)
        guard let opened else { throw .noOpeningTime("requested_datetime") }
        let status = try Self.text("status", in: object, limit: ImportLimits.channel)
        let updated = try Self.instant("updated_datetime", in: object)
        let name = try Self.text("service_name", in: object, limit: ImportLimits.category)
        let code = try Self.text("service_code", in: object, limit: ImportLimits.category)
        let address = try Self.text("address", in: object, limit: ImportLimits.place)
        let addressID = try Self.text("address_id", in: object, limit: ImportLimits.place)
        let isClosed = status?.lowercased() == "closed"
        return ImportRecord(
            externalID: id,
            source: source,
            openedAt: opened,
            dueAt: try Self.instant("expected_datetime", in: object),
            closedAt: isClosed ? updated : nil,
            isClosed: isClosed,
            summary: try Self.text("description", in: object, limit: ImportLimits.text),
            closingNote: try Self.text("status_notes", in: object, limit: ImportLimits.text),
            category: name ?? code,
            place: address ?? addressID,
            line: line
        )
    }

    private static func text(
        _ key: String,
        in object: [String: JSONValue],
        limit: Int
    ) throws(RefusalReason) -> String? {
        switch object[key] {
        case nil, .null: nil
        case .integer(let number): String(number)
        case .text(let text): try importedText(text, of: key, limit: limit)
        default: throw .wrongKind(key, want: "a text")
        }
    }

    private static func instant(
        _ key: String,
        in object: [String: JSONValue]
    ) throws(RefusalReason) -> UInt64? {
        guard case .text(let text)? = object[key] else {
            switch object[key] {
            case nil, .null: return nil
            default: throw .wrongKind(key, want: "a text")
            }
        }
        let stamp = Array(text.utf8)[...]
        if stamp.allSatisfy({ $0 == UInt8(ascii: " ") }) { return nil }
        guard let reading = TimePattern.iso8601.read(stamp), let offset = reading.offset else {
            throw .unreadableTime(key, want: TimePattern.iso8601.text)
        }
        let seconds = reading.clockSeconds - offset
        guard seconds >= 0 else { throw .timeBefore1970(key) }
        return UInt64(seconds) * 1000 + UInt64(reading.milliseconds)
    }
}
