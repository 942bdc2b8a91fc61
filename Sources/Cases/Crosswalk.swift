/// From the classes of GB/T 31000 to the categories by which people's mediation is counted, and
/// back.
///
/// Neither list is a refinement of the other: a class whose sub-classes go to different categories
/// has a row for each of these, and what a class itself says is the category of what it has most.
///
/// - Source: GB/T 31000-2015 事件类别; the 18 codes of a mediation system in use and the 15
///   categories of the justice administration's yearly statistics, which has 婚姻家庭继承 to 其他
///   in this order. Which class belongs to which category is this project's reading.
package enum Crosswalk {
    /// The codes of the mediation system.
    package static let mediation = CodeList(
        "X-TJ",
        [
            Code("01", "婚姻家庭", "marriage and family"), Code("02", "邻里", "neighbours"),
            Code("03", "房产宅基地", "housing and homesteads"), Code("04", "合同", "contracts"),
            Code("05", "生产经营", "production and business"),
            Code("06", "损害赔偿", "damages"), Code("07", "山林土地", "forest and land"),
            Code("08", "征地拆迁", "expropriation and demolition"),
            Code("09", "环境污染", "pollution"), Code("10", "劳动争议", "labour"),
            Code("11", "旅游", "travel"), Code("12", "消费", "consumers"),
            Code("13", "医疗", "medical"), Code("14", "道路交通", "road traffic"),
            Code("15", "物业管理", "property management"),
            Code("16", "知识产权", "intellectual property"), Code("17", "互联网", "internet"),
            Code("99", "其他", "other"),
        ]
    )

    /// The categories of the statistics, numbered here in their order.
    package static let statistics = CodeList(
        "X-SF",
        [
            Code("01", "婚姻家庭继承", "marriage, family, inheritance"),
            Code("02", "邻里", "neighbours"), Code("03", "房屋宅基地", "housing and homesteads"),
            Code("04", "赔偿", "damages"), Code("05", "合同", "contracts"),
            Code("06", "山林土地承包", "forest and land contracts"),
            Code("07", "征地拆迁", "expropriation and demolition"),
            Code("08", "劳动争议", "labour"), Code("09", "计划生育", "family planning"),
            Code("10", "村务管理", "village affairs"), Code("11", "环境保护", "environment"),
            Code("12", "交通事故", "traffic accidents"), Code("13", "医患", "doctors and patients"),
            Code("14", "物业", "property management"), Code("99", "其他", "other"),
        ]
    )

    private typealias Code = CodeList.Code

    /// What one class or sub-class counts as.
    package struct Row: Hashable, Sendable {
        /// Class or sub-class of GB/T 31000.
        package let category: String
        /// Code of the mediation system.
        package let mediation: String
        /// Category of the statistics.
        package let statistics: String
    }

    /// Every class, then the sub-classes that go elsewhere than theirs.
    package static let rows: [Row] = table.map { Row(category: $0, mediation: $1, statistics: $2) }

    /// What a class or sub-class counts as; nil for a code that the standard does not have.
    package static func row(of category: String) -> Row? {
        guard CodeList.eventTypes[category] != nil else { return nil }
        let own = byCategory[category]
        let wide = byCategory[String(category.prefix(2))]
        return (own ?? wide).map { row in
            Row(category: category, mediation: row.mediation, statistics: row.statistics)
        }
    }

    /// Classes and sub-classes that count as a code of the mediation system: of classes whose
    /// sub-classes do not all agree, the sub-classes.
    package static func categories(ofMediation code: String) -> [String] {
        categories { $0.mediation == code }
    }

    /// The same for a category of the statistics.
    package static func categories(ofStatistics code: String) -> [String] {
        categories { $0.statistics == code }
    }

    private static func categories(_ belongs: (Row) -> Bool) -> [String] {
        let classes = CodeList.eventTypes.codes.map(\.code).filter { $0.utf8.count == 2 }
        return classes.flatMap { first -> [String] in
            let kinds = CodeList.eventTypes.codes.map(\.code).filter {
                $0.utf8.count == 4 && $0.hasPrefix(first)
            }
            let found = kinds.filter { row(of: $0).map(belongs) ?? false }
            let isWhole = row(of: first).map(belongs) ?? false
            return found.count == kinds.count ? (isWhole ? [first] : []) : found
        }
    }

    private static let byCategory: [String: Row] = Dictionary(
        rows.map { ($0.category, $0) }
    ) { first, _ in first }

    /// Class or sub-class, mediation code, category of the statistics.
    private static let table: [(String, String, String)] = [
        ("01", "01", "01"), ("02", "02", "02"), ("03", "06", "04"),
        ("04", "99", "99"), ("0401", "06", "04"), ("0402", "15", "14"), ("0403", "03", "03"),
        ("05", "06", "04"), ("0502", "13", "13"), ("0503", "14", "12"), ("0504", "09", "11"),
        ("0505", "12", "04"), ("0506", "17", "04"),
        ("06", "04", "05"), ("0601", "12", "05"), ("0602", "03", "03"),
        ("07", "10", "08"), ("08", "04", "05"),
        ("09", "07", "06"), ("0902", "03", "03"),
        ("10", "05", "99"), ("1001", "16", "99"), ("1006", "99", "99"), ("1099", "99", "99"),
        ("11", "08", "07"), ("1104", "99", "99"), ("1199", "99", "99"),
        ("12", "99", "99"), ("1201", "99", "10"),
        ("13", "99", "99"), ("1307", "99", "09"),
        ("14", "99", "99"), ("15", "99", "99"), ("16", "99", "99"), ("99", "99", "99"),
    ]
}
