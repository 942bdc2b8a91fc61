import Cases
import TestSupport
import Testing

private let context = ["杭州市", "拱墅区", "武林街道"]

private func read(_ text: String) -> PlaceReading { PlaceText.read(text, within: context) }

@Suite struct PlaceTextTests {
    /// Texts of one row mean the same place, and the first of them is canonical.
    @Test(arguments: [
        [
            "丽发新城3幢", "丽发新城３栋", "丽发新城 3 号楼", "丽发新城三幢", "丽发新城3号", "丽发新城3#楼",
            "丽发新城03幢", "丽发新城-3幢", "丽发新城第3幢", "武林街道丽发新城3幢",
            "杭州市拱墅区武林街道丽发新城3幢", "杭州市 拱墅区，丽发新城 3栋",
        ],
        [
            "丽发新城3幢2单元301室", "丽发新城3-2-301", "丽发新城3－2－301室", "丽发新城3幢2-301",
            "丽发新城3号楼2单元301", "丽发新城三幢二单元三〇一室", "丽发新城3幢2单元三百零一室",
            "丽发新城3#2单元301号", "丽发新城3栋\n2单元301房",
        ],
        ["都市水乡水秀苑", "都市水乡-水秀苑", "都市水乡·水秀苑", "都市水乡（水秀苑）"],
        ["滨江万家花城12幢", "滨江•万家花城十二幢", "滨江—万家花城12栋"],
        ["文三路553号", "文三路 ５５３ 号", "文三路五百五十三号", "文三路0553号"],
        ["莫干山路18-1号", "莫干山路18号之1", "莫干山路18之1号", "莫干山路18－1号"],
        ["文三路553号3幢", "文三路553号3栋", "文三路553号-3号楼"],
        ["十五家园2幢", "十五家园二幢", "十五家园二号楼"],
        ["丽发新城地下1层", "丽发新城负一楼", "丽发新城B1层"],
        ["丽发新城3幢3层", "丽发新城3幢三楼", "丽发新城3栋3F"],
        ["第二网格", "第2网格", "2号网格", "5060802第二网格", "第02网格", "第 二 网格"],
        ["白荡海社区第四网格", "白荡海社区4号网格", "白荡海社区5060804第四网格"],
        ["第四网格丽发新城3幢", "丽发新城第四网格3栋"],
    ])
    func textsThatMeanTheSame(texts: [String]) throws {
        let first = read(texts[0])
        #expect(first.isCanonical && first.address?.text == texts[0])
        for text in texts.dropFirst() {
            let reading = read(text)
            #expect(reading.address == first.address, "\(text): \(reading.faults.map(\.name))")
            #expect(reading.key == first.key && reading.buildingKey == first.buildingKey)
            #expect(!reading.isCanonical, "\(text)")
        }
    }

    /// Texts that differ in what matters never share a key.
    @Test(arguments: [
        ["丽发新城小区", "A2区丽发新城小区", "A1区丽发新城小区", "丽发新城"],
        ["文三路小区", "文三路", "文三路553号", "文三路553幢", "文三路553-1号"],
        ["丽发新城3幢", "丽发新城13幢", "丽发新城3A幢", "丽发新城3单元", "丽发新城3幢门口"],
        ["翠苑三区8幢", "翠苑三8幢", "翠苑38幢", "翠苑3区8幢"],
        ["丽发新城1幢", "丽发新城1幢-10幢", "丽发新城1、2幢", "丽发新城10幢"],
        ["第一网格", "第二网格", "第十二网格", "白荡海社区第一网格", "蔡马社区第一网格"],
        ["白荡海社区服务中心", "蔡马社区服务中心"],
        ["丽发新城地下1层", "丽发新城1层", "丽发新城-1层", "丽发新城1幢"],
    ])
    func textsThatDiffer(texts: [String]) {
        let keys = texts.map { read($0).key }
        #expect(!keys.contains(nil) && Set(keys).count == texts.count, "\(keys)")
    }

    @Test(arguments: [
        ("1", "bare-number 1"), ("丽发新城3", "bare-number 3"), ("1幢-10幢", "range building"),
        ("丽发新城1-10幢", "range building"), ("丽发新城1幢至10幢", "range building"),
        ("丽发新城1、2幢", "range building"), ("丽发新城1幢和2幢", "range building"),
        ("丽发新城3-301", "ambiguous 3-301"), ("丽发新城3-2单元", "ambiguous 3-2单元"),
        ("文三路10-20号", "ambiguous 10-20号"), ("文三路10至20号", "range plate"),
        ("丽发新城-1层", "ambiguous 1层"), ("丽发新城A座", "letter building"),
        ("A2区丽发新城小区", "not-chinese quarter"), ("丽发新城3幢门口", "text-after 门口"),
        ("第一网格第二网格", "several-grids"), ("第1000网格", "grid-number"),
        ("丽发新城3幢101-105室", "range room"), ("", "absent"), (" - ", "absent"), ("null", "absent"),
        ("武林街道1号线", "not-chinese quarter"),
    ])
    func whatNoRuleMends(text: String, name: String) {
        let reading = read(text)
        #expect(reading.address == nil && !reading.isCanonical)
        #expect(reading.faults.map(\.name).contains(name), "\(reading.faults.map(\.name))")
    }

    @Test func aRangeIsNeverABuilding() {
        for text in ["丽发新城1幢-10幢", "丽发新城1-10幢", "丽发新城1、2幢", "文三路10-20号"] {
            #expect(read(text).buildingKey == nil && read(text).key != nil)
        }
        #expect(read("丽发新城1幢-10幢").key == read("丽发新城1栋至10栋").key)
        #expect(read("1幢").buildingKey == nil && read("丽发新城").buildingKey == nil)
        #expect(read("丽发新城3幢门口").buildingKey == read("丽发新城3栋2单元").buildingKey)
        #expect(read("文三路553号丽发新城3幢").buildingKey == read("文三路553号3幢").buildingKey)
    }

    @Test func aDivisionIsNotStrippedAway() {
        #expect(read("武林街道").address?.text == "武林街道")
        #expect(read("杭州市武林街道").address?.text == "武林街道")
        #expect(PlaceText.read("拱墅区丽发新城").address?.text == "拱墅区丽发新城")
        #expect(read("杭州市杭州市丽发新城").address?.text == "丽发新城")
    }

    @Test func fieldsAreWrittenOneByOne() throws {
        let address = try #require(read("第四网格文三路553号丽发新城3幢2单元3层301室").address)
        #expect(
            PlaceField.allCases.map { address[$0] } == [
                "无", "第四网格", "文三路553号", "丽发新城", "3幢", "2单元", "3层", "301室",
            ]
        )
        #expect(address.value(.community) == nil)
    }

    @Test func longTextsAreNotRead() {
        let longest = String(repeating: "丽", count: PlaceText.longest)
        #expect(read(longest).isCanonical)
        #expect(read(longest + "丽").faults == [.tooLong] && read(longest + "丽").key == nil)
        #expect(PlaceText.check(longest + "丽", as: .quarter).faults == [.tooLong])
    }

    @Test func everyFaultIsExplained() {
        let faults: [PlaceFault] = [
            .wide, .lowercase, .spaces, .separators, .prefix("x"), .gridPrefix("x"),
            .numerals(.grid), .numerals(.unit), .zeros(.room), .word(.building, "栋"),
            .noWord(.room), .order, .absent, .tooLong, .range(.building), .ambiguous("x"),
            .bareNumber("1"), .letter(.building), .notChinese(.quarter), .gridNumber,
            .severalGrids, .textAfter("x"), .otherField(.unit),
        ]
        #expect(Set(faults.map(\.name)).count == faults.count)
        #expect(faults.allSatisfy { !$0.label.zh.isEmpty && !$0.label.en.isEmpty })
    }
}

@Suite struct PlaceCheckTests {
    @Test(arguments: [
        (PlaceField.building, "1幢", "1幢", ""), (.building, "1", "1幢", "no-word building"),
        (.building, "1栋", "1幢", "word building 栋"), (.building, "1号", "1幢", "word building 号"),
        (.building, "1号楼", "1幢", "word building 号楼"), (.building, "１幢", "1幢", "wide"),
        (.building, "一幢", "1幢", "numerals building"), (.building, "01幢", "1幢", "zeros building"),
        (.building, "1幢-10幢", "", "range building"), (.building, "A幢", "", "letter building"),
        (.building, "丽发新城1幢", "", "other-field building"),
        (.building, "1幢1单元", "", "other-field building"),
        (.building, "0幢", "", "other-field building"), (.building, "", "无", "absent"),
        (.building, "null", "无", "absent"), (.building, "无", "无", ""),
        (.unit, "2单元", "2单元", ""), (.unit, "东单元", "", "other-field unit"),
        (.unit, "1-2单元", "", "range unit"), (.floor, "3楼", "3层", "word floor 楼"),
        (.floor, "-1层", "", "ambiguous 1层"), (.floor, "负1层", "地下1层", "word floor 负"),
        (.floor, "B1", "地下1层", "word floor B|no-word floor"),
        (.room, "301A室", "301A室", ""), (.room, "3-301", "", "ambiguous 3-301"),
        (.grid, "第一网格", "第一网格", ""),
        (.grid, "5060802第二网格", "第二网格", "grid-prefix 5060802"),
        (.grid, "白荡海社区第四网格", "第四网格", "grid-prefix 白荡海社区"),
        (.grid, "第2网格", "第二网格", "numerals grid"),
        (.grid, "2号网格", "第二网格", "word grid 号网格|numerals grid"),
        (.grid, "42", "第四十二网格", "numerals grid|no-word grid"),
        (.grid, "网格", "", "grid-number"), (.grid, "第一网格3幢", "", "other-field grid"),
        (.quarter, "丽发新城", "丽发新城", ""),
        (.quarter, "都市水乡-水秀苑", "都市水乡水秀苑", "separators"),
        (.quarter, "滨江•万家花城", "滨江万家花城", "separators"),
        (.quarter, "A2区丽发新城小区", "", "not-chinese quarter"),
        (.quarter, "丽发新城3幢", "", "other-field quarter"),
        (.community, "白荡海社区", "白荡海社区", ""),
        (.community, "A社区", "", "not-chinese community"),
        (.plate, "文三路553号", "文三路553号", ""), (.plate, "553号", "", "other-field plate"),
    ])
    func entriesAreTakenOrRefusedWithTheReason(
        field: PlaceField,
        text: String,
        canonical: String,
        faults: String
    ) {
        let check = PlaceText.check(text, as: field)
        #expect(check.canonical ?? "" == canonical)
        #expect(check.faults.map(\.name).joined(separator: "|") == faults)
    }

    private static let pieces = [
        "丽发新城", "文三路", "社区", "白荡海社区", "第", "网格", "第四网格", "幢", "栋", "号", "号楼", "单元",
        "层", "楼", "室", "房", "#", "1", "3", "10", "301", "003", "0", "一", "十二", "三百零一", "百", "A",
        "b", "-", "－", "~", "、", "·", " ", "至", "和", "之", "地下", "负", "B1", "F", "村", "新村", "武林街道",
        "杭州市", "无", "🏠", "\u{200b}", "门口", "弄", "座",
    ]

    /// Whatever is written: what is canonical is read as itself, and mending changes no key.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func canonicalFormsAreFixed(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<250 {
            let count = Int.random(in: 1...9, using: &generator)
            let text = try (0..<count).map { _ in
                try #require(Self.pieces.randomElement(using: &generator))
            }.joined()
            let reading = read(text)
            let isMended = reading.faults.allSatisfy { $0.isMended && $0 != .absent }
            #expect((reading.address != nil) == isMended, "\(text)")
            if let address = reading.address {
                let again = read(address.text)
                #expect(again.isCanonical && again.address == address, "\(text)")
                #expect(again.key == reading.key, "\(text)")
                #expect(again.buildingKey == reading.buildingKey, "\(text)")
            }
            if reading.isCanonical { #expect(reading.address?.text == text, "\(text)") }
            for field in PlaceField.allCases {
                let check = PlaceText.check(text, as: field)
                #expect(check.faults.isEmpty == (check.canonical == text), "\(field) \(text)")
                guard let canonical = check.canonical else { continue }
                let again = PlaceText.check(canonical, as: field)
                #expect(again.faults.isEmpty, "\(field) \(text): \(again.faults.map(\.name))")
            }
        }
    }
}
