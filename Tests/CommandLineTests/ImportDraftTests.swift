import Cases
import Encoding
import Testing

@testable import CommandLine

struct ImportDraftTests {
    private func record() throws -> ImportRecord {
        ImportRecord(
            externalID: "101",
            source: try #require(SourceCode("boston-311")),
            openedAt: 1_420_070_400_000,
            dueAt: 1_420_156_800_000,
            closedAt: 1_420_243_200_000,
            isClosed: true,
            claim: .overdue,
            summary: "Pothole",
            closingNote: "Filled",
            reply: "Done",
            category: "Street / Pothole",
            place: "1 Main St",
            channel: "phone",
            line: 2
        )
    }

    /// Header fields and fields in parts, by flag.
    private func values(_ draft: CaseDraft) throws -> [String: CBORValue] {
        let content = try draft.compiled()
        let parts = try content.parts.flatMap { part -> [CBORPair] in
            guard case .map(let pairs) = try CBORValue(decoding: part) else { return [] }
            return pairs
        }
        let pairs = (content.fields + parts).filter { $0.key != EntryValues.partFieldsKey }
        return Dictionary(
            uniqueKeysWithValues: pairs.map { (CaseField.name(of: $0.key), $0.value) }
        )
    }

    @Test func aNewRecordIsTakenWithEverythingItSays() throws {
        #expect(
            try values(record().openingDraft()) == [
                "source": .text("boston-311"), "external-id": .text("101"),
                "reported-at": .unsigned(1_420_070_400_000), "state": .text("closed"),
                "target": .unsigned(1_420_156_800_000),
                "closed-at": .unsigned(1_420_243_200_000), "claim": .text("overdue"),
                "summary": .text("Pothole"), "place": .text("1 Main St"),
                "source-category": .text("Street / Pothole"), "source-channel": .text("phone"),
                "resolution": .text("Filled"), "reply": .text("Done"),
            ]
        )
    }

    @Test func whatTheSourceLeavesOutIsLeftOut() throws {
        var record = try record()
        (record.dueAt, record.closedAt, record.claim) = (nil, nil, nil)
        (record.summary, record.closingNote, record.reply) = (nil, nil, nil)
        (record.category, record.place, record.channel) = (nil, nil, nil)
        record.isClosed = false
        #expect(
            try values(record.openingDraft()) == [
                "source": .text("boston-311"), "external-id": .text("101"),
                "reported-at": .unsigned(1_420_070_400_000), "state": .text("open"),
            ]
        )
    }

    @Test func aTimeBeyondTheLedgersIsRefusedForItsField() throws {
        var record = try record()
        record.dueAt = FieldType.instantLimit
        #expect(throws: CaseDraftError.wrongType(flag: "target")) { try record.openingDraft() }
    }

    @Test func textsOfTheSourcesOwnLengthAreTaken() throws {
        var record = try record()
        record.summary = String(repeating: "a", count: ImportLimits.text)
        record.category = String(repeating: "b", count: ImportLimits.category)
        #expect(throws: Never.self) { try record.openingDraft() }
    }
}
