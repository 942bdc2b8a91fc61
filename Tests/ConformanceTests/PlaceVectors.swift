import Cases
import Ledger
import Testing

/// Address texts, retired codes and grids, with what becomes of them.
enum PlaceVectors {
    static func all() throws -> [VectorFile] {
        try reads.map(read) + checks.map(check) + successions.map(succession) + [grids()]
            + AliasVectors.all()
    }

    static func isGood(_ file: VectorFile) throws -> Bool {
        switch file.kind {
        case "read": try isAsSaid(read(name(file), text(file)), file) && file["address"] != nil
        case "check":
            try isAsSaid(
                check(
                    name(file),
                    field: #require(PlaceField(rawValue: file["field"] ?? "")),
                    text(file)
                ),
                file
            ) && file["canonical"] != nil
        case "succession":
            try isAsSaid(succession(name(file), file.all("row"), file.all("query")), file)
        case "grids": try isAsSaid(figures(file), file)
        case "alias": try AliasVectors.isGood(file)
        default: false
        }
    }

    private static func isAsSaid(_ computed: VectorFile, _ file: VectorFile) -> Bool {
        #expect(computed == file, "\(file.path)")
        return computed == file
    }

    /// The part of a file's name after its kind.
    private static func name(_ file: VectorFile) -> String {
        String(file.path.dropFirst("place/\(file.kind)_".count).dropLast(".txt".count))
    }

    private static func text(_ file: VectorFile) throws -> String { try #require(file["text"]) }

    // MARK: Texts

    private static let context = ["杭州市", "拱墅区", "武林街道"]

    private static let reads: [(String, String)] = [
        ("canonical", "丽发新城3幢2单元301室"), ("prefix", "杭州市拱墅区武林街道丽发新城3幢"),
        ("wide", "丽发新城３幢"), ("word", "丽发新城3栋"), ("word_hao", "丽发新城3号"),
        ("word_haolou", "丽发新城3号楼"), ("numerals", "朝晖六区三十二幢一百零一室"),
        ("numerals_in_name", "十五家园二幢"), ("zeros", "丽发新城03幢0301室"),
        ("dashed", "丽发新城3-2-301"), ("separator", "滨江•万家花城3幢"),
        ("plate", "文三路 553 号"), ("plate_beside", "莫干山路18号之1"), ("lane", "文三路12弄3号"),
        ("plate_and_building", "文三路553号丽发新城3幢"), ("basement", "丽发新城负一楼"),
        ("floor_and_room", "丽发新城3幢3楼301"), ("grid", "5060802第二网格"),
        ("grid_of_community", "白荡海社区第4网格"), ("grid_and_building", "丽发新城第四网格3幢"),
        ("name", "蔡马社区服务中心"), ("street", "武林街道"),
        ("bad_bare_number", "丽发新城3"), ("bad_range", "丽发新城1幢-10幢"),
        ("bad_range_short", "丽发新城1至10幢"), ("bad_list", "丽发新城1、2幢"),
        ("bad_dashed_two", "丽发新城3-301"), ("bad_plate_range", "文三路10-20号"),
        ("bad_letter", "丽发新城A座"), ("bad_not_chinese", "A2区丽发新城小区"),
        ("bad_text_after", "丽发新城3幢门口"), ("bad_several_grids", "第一网格第二网格"),
        ("bad_grid_number", "第1000网格"), ("bad_floor_dash", "丽发新城-1层"),
        ("bad_absent", "无"), ("bad_long", String(repeating: "丽", count: 201)),
    ]

    private static func read(_ name: String, _ text: String) -> VectorFile {
        let reading = PlaceText.read(text, within: context)
        var file = VectorFile(
            "place/read_\(name)",
            what: "the text of a place: \(name)",
            expect: reading.address == nil ? "bad" : "good"
        )
        for division in context { file = file.with("context", division) }
        file = file.with("text", text)
        for fault in reading.faults { file = file.with("fault", fault.name) }
        if let address = reading.address { file = file.with("address", address.text) }
        if let key = reading.key { file = file.with("key", key) }
        if let key = reading.buildingKey { file = file.with("building-key", key) }
        return file
    }

    private static let checks: [(String, PlaceField, String)] = [
        ("building", .building, "1幢"), ("building_number", .building, "1"),
        ("building_dong", .building, "1栋"), ("building_hao", .building, "1号"),
        ("building_absent", .building, ""), ("building_bad_range", .building, "1幢-10幢"),
        ("building_bad_letter", .building, "A幢"), ("building_bad_unit", .building, "1单元"),
        ("grid", .grid, "第一网格"), ("grid_code", .grid, "5060802第二网格"),
        ("grid_community", .grid, "白荡海社区第四网格"), ("grid_digits", .grid, "2号网格"),
        ("grid_bad_number", .grid, "网格"), ("quarter", .quarter, "丽发新城"),
        ("quarter_dash", .quarter, "都市水乡-水秀苑"), ("quarter_dot", .quarter, "滨江•万家花城"),
        ("quarter_bad_letter", .quarter, "A2区丽发新城小区"), ("unit", .unit, "二单元"),
        ("floor", .floor, "B1"), ("floor_bad_dash", .floor, "-1层"), ("room", .room, "301A室"),
        ("room_bad_dashed", .room, "3-301"), ("plate", .plate, "文三路五号"),
    ]

    private static func check(_ name: String, field: PlaceField, _ text: String) -> VectorFile {
        let check = PlaceText.check(text, as: field)
        var file = VectorFile(
            "place/check_\(name)",
            what: "an entry as \(field.rawValue): \(name)",
            expect: check.canonical == nil ? "bad" : "good"
        )
        .with("field", field.rawValue).with("text", text)
        for fault in check.faults { file = file.with("fault", fault.name) }
        if let canonical = check.canonical { file = file.with("canonical", canonical) }
        return file
    }

    // MARK: Codes

    /// Rows as `OLD NEW,NEW… TABLE EFFECTIVE`, queries as `CODE AT GIVEN`, `-` for none.
    private static let successions: [(String, rows: [String], queries: [String])] = [
        (
            "hangzhou",
            [
                "330103 330105 2021 -", "330103002 330105013 2021 -",
                "330104 330102,330114 2021 -", "330104005 330102011 2021 -",
            ],
            [
                "330105013 - -", "330103 - -", "330103002 - -", "330103002000 - -",
                "330103002005 - -", "330103777 - -", "330104 - -", "330104005001 - -",
                "330104777 - -",
            ]
        ),
        (
            "time",
            ["330125 330184 1994 768960000000", "330184 330110 2001 985536000000"],
            [
                "330125 - -", "330125 table:1994 -", "330125 table:1993 -",
                "330125 instant:985535999999 -", "330125 instant:985536000000 -", "330125 - 1994",
            ]
        ),
        (
            "stays",
            ["330110 330110,330113 2021 -", "330110005 330110005 2021 -"],
            ["330110 - -", "330110005 - -", "330110006 - -"]
        ),
        ("round", ["330101 330102 2021 -", "330102 330101 2021 -"], ["330101 - -"]),
        ("back", ["330101 330102 1990 -", "330102 330101 2000 -"], ["330101 - -", "330102 - -"]),
    ]

    private static func succession(
        _ name: String,
        _ rows: [String],
        _ queries: [String]
    ) throws -> VectorFile {
        var file = VectorFile(
            "place/succession_\(name)",
            what: "what became of codes: \(name)",
            expect: "good"
        )
        for row in rows { file = file.with("row", row) }
        let table = try CodeSuccession(rows.map(row))
        for query in queries {
            let words = query.split(separator: " ").map(String.init)
            let found = table.resolve(
                try scope(words[0]),
                at: try time(words[1]),
                given: words[2] == "-" ? nil : words[2]
            )
            let lists = [found.codes, found.candidates].map { codes in
                codes.isEmpty ? "-" : codes.map(\.code).joined(separator: ",")
            }
            file = file.with("query", query)
                .with("result", "\(found.outcome.rawValue) \(lists[0]) \(lists[1])")
        }
        return file
    }

    private static func scope(_ code: String) throws -> Scope { try #require(Scope(code)) }

    private static func row(_ text: String) throws -> SuccessionRow {
        let words = text.split(separator: " ").map(String.init)
        return try SuccessionRow(
            old: scope(words[0]),
            new: words[1].split(separator: ",").map { try scope(String($0)) },
            effective: UInt64(words[3]),
            basis: "vector",
            table: words[2]
        )
    }

    private static func time(_ text: String) throws -> CodeSuccession.Time {
        guard text != "-" else { return .newest }
        let words = text.split(separator: ":").map(String.init)
        return try words[0] == "table" ? .table(words[1]) : .instant(#require(UInt64(words[1])))
    }

    // MARK: Grids

    /// Two versions of a small street, with the cases of some grids.
    private static func grids() throws -> VectorFile {
        let file = VectorFile("place/grids_street", what: "two versions", expect: "good")
        let lines = [
            ("version", "2019 1000"), ("grid", "01 第一网格 575"), ("grid", "02 第二网格 576"),
            ("grid", "03 第三网格 -"), ("version", "2023 2000"), ("grid", "02 第二网格 396"),
            ("grid", "04 第四网格 755"), ("cases", "01 23"), ("cases", "04 7"),
        ]
        return try figures(lines.reduce(file) { $0.with($1.0, $1.1) })
    }

    /// A file with its `version`, `grid` and `cases` lines, and what follows from them.
    private static func figures(_ input: VectorFile) throws -> VectorFile {
        var file = VectorFile("place/grids_street", what: "two versions", expect: "good")
        var counts: [String: UInt64] = [:]
        var parts: [(id: String, from: UInt64, grids: [Grid])] = []
        for line in input.lines where ["version", "grid", "cases"].contains(line.name) {
            file = file.with(line.name, line.value)
            let words = line.value.split(separator: " ").map(String.init)
            switch line.name {
            case "version": parts.append((words[0], try #require(UInt64(words[1])), []))
            case "grid":
                let grid = Grid(code: words[0], name: words[1], households: UInt64(words[2]))
                parts[parts.count - 1].grids.append(grid)
            default: counts[words[0]] = UInt64(words[1])
            }
        }
        let versions = try parts.map {
            try GridVersion(id: $0.id, validFrom: $0.from, grids: $0.grids)
        }
        let table = try GridTable(street: scope("330105013"), versions: versions)
        for version in table.versions {
            let load = version.load(counts)
            file = file.with(
                "households-per-grid",
                "\(version.id) \(version.householdsPerGrid?.text ?? "-")"
            )
            for row in load.rows {
                let rate = row.per100Households?.text ?? "-"
                file = file.with("load", "\(version.id) \(row.grid.code) \(row.cases) \(rate)")
            }
            let rate = load.per100Households?.text ?? "-"
            file = file.with("load-of-all", "\(version.id) \(load.elsewhere) elsewhere, \(rate)")
        }
        for instant: UInt64 in [999, 1000, 1999, 2000] {
            file = file.with("at", "\(instant) \(table.version(at: instant)?.id ?? "-")")
        }
        let comparison = GridComparison(from: versions[0], to: versions[1])
        return file.with("added", comparison.added.map(\.code).joined(separator: ","))
            .with("gone", comparison.gone.map(\.code).joined(separator: ","))
            .with("kept", comparison.kept.map(\.before.code).joined(separator: ","))
    }
}
