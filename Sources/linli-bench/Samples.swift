import Cases
import Crypto
import Encoding
import Ledger
import NodeRuntime
import Storage

/// Entries such as nodes write, with texts of usual length; each differs by its number.
enum Samples {
    private static let streets = ["文晖街道", "潮鸣街道", "天水街道", "长庆街道", "武林街道"]
    private static let matters = [
        "楼上住户深夜装修噪音扰民,多次沟通无果,请求协调处理", "小区停车位被长期占用,双方争执",
        "垃圾清运不及时,异味影响一楼住户", "电动自行车在楼道充电,邻里发生纠纷",
        "物业费涨价未公示,业主要求说明", "屋顶渗水,责任划分有争议",
    ]

    /// A case that a person reports.
    static func report(_ number: Int) throws -> AppendItem {
        var draft = CaseDraft(.report)
        try draft.set(.summary, "\(matters[number % matters.count])(第 \(number) 件)")
        try draft.set(.place, "\(streets[number % streets.count]) \(number % 97) 号")
        try draft.set(.channel, "02")
        return try item(draft)
    }

    /// A record of another system, as an import takes it.
    static func takeOver(_ number: Int) throws -> AppendItem {
        var draft = CaseDraft(.takeOver)
        let id = "101\(1_000_000 + number)"
        let opened = UInt64(1_420_070_400_000 + number * 61_000)
        try draft.set(.source, .text("bench"))
        try draft.set(.externalID, .text(id))
        try draft.set(.reportedAt, .unsigned(opened))
        try draft.set(.state, .text("closed"))
        try draft.set(.closedAt, .unsigned(opened + 86_400_000))
        try draft.set(.target, .unsigned(opened + 172_800_000))
        try draft.set(.summary, .text(matters[number % matters.count]))
        try draft.set(.place, .text("\(streets[number % streets.count]) \(number % 97) 号"))
        try draft.set(.sourceCategory, .text("城市管理 / 市容环境"))
        return try item(draft, reference: sha256(Array(id.utf8)))
    }

    /// The header of ``row(_:)``.
    static let header = "id,opened,due,closed,state,summary,category,place\n"

    /// What `linli import` has to be told about ``row(_:)``.
    static let map = """
        {
          "source": "bench",
          "timeZone": "Asia/Shanghai",
          "timeFormat": "yyyy-MM-dd HH:mm:ss",
          "columns": {
            "externalID": "id", "openedAt": "opened", "dueAt": "due", "closedAt": "closed",
            "state": { "column": "state", "closedValues": ["Closed"] },
            "summary": "summary", "category": ["category"], "place": "place"
          }
        }
        """

    /// A row of a CSV that gives a record much as ``takeOver(_:)`` does.
    static func row(_ number: Int) -> String {
        let day = "2015-0\(1 + number / 28 % 9)-\(10 + number % 19)"
        let street = streets[number % streets.count]
        return "101\(1_000_000 + number),\(day) 08:15:00,\(day) 18:00:00,\(day) 16:20:00,Closed,"
            + "\"\(matters[number % matters.count])\",城市管理,\(street) \(number % 97) 号\n"
    }

    private static func item(_ draft: CaseDraft, reference: Digest? = nil) throws -> AppendItem {
        let content = try draft.compiled()
        let entry = EntryDraft(
            operation: draft.operation.name,
            subject: .opened,
            fields: content.fields,
            parts: content.parts,
            scope: Scope("330105013")
        )
        return AppendItem(entry, reference: reference)
    }
}
