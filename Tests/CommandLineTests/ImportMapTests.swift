import CommandLine
import Testing

@Suite struct ImportMapTests {
    private func map(_ json: String) throws -> ImportMap { try ImportMap(json: Array(json.utf8)) }

    private func whole(
        head: String = #""source":"s","timeZone":"UTC","timeFormat":"yyyy-MM-dd HH:mm","#,
        columns: String = #""externalID":"i","openedAt":"o""#
    ) -> String {
        "{\(head)\"columns\":{\(columns)}}"
    }

    @Test func theSmallestMapHasIdAndOpeningTime() throws {
        let map = try map(whole())
        #expect(map.source.description == "s")
        #expect(map.columns.externalID == "i" && map.columns.openedAt == "o")
        #expect(map.columns.summary.isEmpty && map.columns.state == nil)
    }

    @Test func oneColumnOrSeveral() throws {
        let one = try map(whole(columns: #""externalID":"i","openedAt":"o","summary":"t""#))
        #expect(one.columns.summary == ["t"])
        let two = try map(whole(columns: #""externalID":"i","openedAt":"o","category":["a","b"]"#))
        #expect(two.columns.category == ["a", "b"])
    }

    @Test(arguments: [
        ("[]", ImportMapError.wrongKind("map", want: "an object")),
        ("{", .notJSON),
        ("{}", .missing("source")),
        (
            #"{"sources":"s"}"#,
            .unknownKey("sources", known: ["source", "timeZone", "timeFormat", "columns"])
        ),
        (
            #"{"source":"Boston 311"}"#,
            .badValue("source", got: "Boston 311", want: "1 to 32 of a-z, 0-9 and -")
        ),
        (
            #"{"source":"s","timeZone":"Mars/Base"}"#,
            .badValue("timeZone", got: "Mars/Base", want: "a name such as Asia/Shanghai")
        ),
        (
            #"{"source":"s","timeZone":"UTC","timeFormat":"yyyy-MM"}"#,
            .badValue("timeFormat", got: "yyyy-MM", want: "a form such as yyyy-MM-dd HH:mm:ss")
        ),
        (#"{"source":7}"#, .wrongKind("source", want: "a text that is not empty")),
    ])
    func whatIsWrongIsNamed(json: String, want: ImportMapError) {
        #expect(throws: want) { try map(json) }
    }

    @Test(arguments: [
        (#""externalID":"i""#, ImportMapError.missing("columns.openedAt")),
        (
            #""externalID":"i","openedAt":"o","state":{"column":"c"}"#,
            .missing("columns.state.closedValues")
        ),
        (
            #""externalID":"i","openedAt":"o","claim":{"column":"c","values":["x"]}"#,
            .unknownKey("columns.claim.values", known: ["column", "overdueValues"])
        ),
        (
            #""externalID":"i","openedAt":"o","state":"c""#,
            .wrongKind("columns.state", want: "an object")
        ),
        (
            #""externalID":"i","openedAt":"o","summary":[]"#,
            .wrongKind(
                "columns.summary",
                want: "one text, or several in an array, none empty or twice"
            )
        ),
        (
            #""externalID":"i","openedAt":"o","place":"""#,
            .wrongKind("columns.place", want: "a text that is not empty")
        ),
    ])
    func whatIsWrongWithinColumnsIsNamedByItsPath(columns: String, want: ImportMapError) {
        #expect(throws: want) { try map(whole(columns: columns)) }
    }

    @Test func aHugeMapIsNotParsed() {
        let json = [UInt8](repeating: UInt8(ascii: "["), count: ImportMap.bytesMax + 1)
        #expect(throws: ImportMapError.tooLarge(json.count)) { try ImportMap(json: json) }
        #expect(throws: ImportMapError.notJSON) { try ImportMap(json: json.dropLast()) }
    }

    @Test(arguments: ["boston311", "zhengwu"])
    func theMapsOfNodesAreTaken(name: String) throws {
        #expect(try ImportMap(json: try SharedData.map(name)).source.description == name)
    }
}
