import Foundation
import TestSupport
import Testing

/// Command lines that are wrong, with the exit code and words of the error.
///
/// `R` is a reported case, `G` a registered, `A` an accepted, `D` a dispatched, `M` a mediating,
/// `O` one that is offered to another street, `C` a closed one; `N` is nowhere.
enum WrongInputs: String, CaseIterable, Sendable {
    case intake, handling, custody, links, closing, supervision

    var rows: [(code: Int32, line: String, says: String)] {
        switch self {
        case .intake:
            [
                (64, "report", "--summary is missing"),
                (64, "report --summary ", "--summary is empty"),
                (64, "report --summary 漏水 --channel 77", "--channel has no code 77"),
                (64, "report --summary 漏水 --scope 12345", "want 4, 6, 9 or 12 digits"),
                (1, "report --summary 漏水 --scope 330106001", "outside the scope"),
                (64, "report --summary 致电13800138000", "nothing was written"),
                (64, "report --summary 漏水 --at 2999-01-01", "future"),
                (64, "register R", "--category is missing"),
                (64, "register R --category 0x", "--category has no code"),
                (1, "register A --category 02", "not admissible"),
                (64, "evidence R --evidence abc --held-by 派出所", "--evidence is no hash"),
                (64, "amend R", "no field is set"),
                (1, "void A --reason 误录", "not admissible"),
                (1, "note N --text 已联系", "nothing called"),
            ]
        case .handling:
            [
                (1, "accept R", "not admissible"),
                (64, "accept G --profile nonsense", "--profile: no profile"),
                (64, "decline G --reason 不属本级", "--remedies-told is missing"),
                (64, "decline G --reason 不属本级 --remedies-told 是", "neither true nor false"),
                (64, "dispatch A", "--unit is missing"),
                (1, "dispatch R --unit 巡防", "not admissible"),
                (64, "dispatch A --unit 巡防 --due 明天", "--due is no time"),
                (64, "arrive D --method 步行", "--method has no code"),
                (64, "feedback D", "--text is missing"),
                (64, "suspend A --suspension 99", "--suspension has no code 99"),
                (1, "resume A", "not admissible"),
                (64, "extend A --clock finish --new-due 2027-01-01", "--reason is missing"),
                (
                    1, "extend A --clock accept --new-due 2027-01-01 --reason 忙",
                    "can not be extended"
                ),
                (1, "extend M --clock mediation --new-due 2027-03-01 --reason 忙", "have to agree"),
                (64, "command A --emergency 09 --order 撤离", "--emergency has no code 09"),
            ]
        case .custody:
            [
                (64, "offer A --reason 属地", "--to is missing"),
                (64, "offer A --to 99 --reason 属地", "want 4, 6, 9 or 12 digits"),
                (64, "offer A --to 330105014", "--reason is missing"),
                (1, "offer O --to 330105015 --reason 属地", "still without an answer"),
                (1, "offer A --to 330105013 --reason 属地", "has the case already"),
                (1, "offer C --to 330105014 --reason 属地", "not admissible"),
                (1, "take A", "nobody offers"),
                (1, "take O", "outside the scope"),
                (1, "reject A --rejection 01 --reason 不属", "nobody offers"),
                (64, "reject O --rejection 77 --reason 不属", "--rejection has no code 77"),
                (1, "return A --reason 不属", "opened here"),
                (1, "withdraw A", "nobody offers"),
                (1, "assign A --to 330105014 --reason 指定", "may not do that"),
                (64, "withdraw O --answer-by 2027-01-01", "no flag --answer-by"),
                (64, "assist A --reason 人手不足", "--to is missing"),
                (1, "assist A --to 330105013 --reason 人手不足", "has the case already"),
                (1, "assist C --to 330105014 --reason 人手不足", "not admissible"),
                (1, "release A", "nobody helps"),
            ]
        case .links:
            [
                (64, "link A", "LEAD is missing"),
                (64, "link A A --reason 重复", "one case"),
                (64, "link A R", "--reason is missing"),
                (1, "link A N --reason 重复", "nothing called"),
                (1, "confirm-link A", "no link"),
                (1, "unlink A --reason 误并", "no link"),
                (64, "relate A R", "--relation is missing"),
                (64, "relate A R --relation 表亲", "--relation has no code"),
                (64, "settle A --category 02", "--reason is missing"),
                (1, "settle A --category 02 --reason 核实", "nothing of that stands in conflict"),
                (1, "settle A --to 330105014 --reason 核实", "nothing of that stands in conflict"),
                (1, "settle A --stage closed --reason 核实", "nothing of that stands in conflict"),
                (64, "settle A --stage 半途 --reason 核实", "--stage has no code"),
            ]
        case .closing:
            [
                (64, "close A", "--outcome is missing"),
                (64, "close A --outcome 77", "--outcome has no code 77"),
                (1, "close R --outcome 11", "not admissible"),
                (64, "reopen C", "--reason is missing"),
                (1, "reopen A --reason 复发", "not admissible"),
                (64, "refer A --reason 属法院", "--referred-to is missing"),
                (64, "refer A --referred-to 月球 --reason 属法院", "--referred-to has no code"),
                (1, "answer A --answer 已判决", "not admissible"),
                (1, "take-back A --reason 退回", "not admissible"),
                (64, "evaluate C --rating 很好", "--rating is no whole number"),
                (64, "evaluate C --rating 9", "--rating is not of its form"),
                (1, "evaluate A --rating 5", "not admissible"),
                (1, "archive A", "not admissible"),
                (64, "visit C --visit-result 高兴", "--visit-result has no code"),
            ]
        case .supervision:
            [
                (64, "urge A", "--text is missing"),
                (1, "urge C --text 请办理", "not admissible"),
                (64, "supervise A --demand-due 2027-01-01", "--card is missing"),
                (
                    64, "supervise A --card green --demand-due 2027-01-01",
                    "--card has no code green"
                ),
                (64, "supervise A --card red", "--demand-due is missing"),
                (64, "supervise A --card red --demand-due 尽快", "--demand-due is no time"),
                (1, "supervise A --card red --demand-due 2027-01-01", "may not do that"),
                (64, "rectify A", "--text is missing"),
                (64, "rectify A --text 已整改 --done 是", "neither true nor false"),
                (1, "appraise A --effect 01", "not admissible"),
                (64, "appraise C --effect 09", "--effect has no code 09"),
                (1, "appraise C --effect 01", "may not do that"),
                (64, "audit A --finding 缺记录", "--gravity is missing"),
                (1, "audit A --finding 缺记录 --gravity note", "may not do that"),
            ]
        }
    }
}

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct WrongInputTests {
    /// A street with a case in each of the stages that the rows name.
    private func street(_ town: Town) async throws -> (Site, [String: String]) {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        #expect(try await street.run("sync").code == 0)
        #expect(await daemon.stop() == 0)
        let register = ["register", "--category", "0201"]
        let courses: [(name: String, steps: [[String]])] = [
            ("R", []), ("G", [register]), ("A", [register, ["accept"]]),
            ("D", [register, ["accept"], ["dispatch", "--unit", "巡防"]]),
            ("M", [register, ["accept"], ["mediate", "--consent", "true", "--interest", "none"]]),
            ("O", [register, ["accept"], ["offer", "--to", "330105014", "--reason", "属地"]]),
            ("C", [register, ["accept"], ["close", "--outcome", "21"]]),
        ]
        var names = ["N": "330105013-20200101-0000-1"]
        for (name, steps) in courses {
            let report = try await street.run("case", "report", "--summary", "漏水", "--json")
            let number = try #require(report["number"] as? String)
            names[name] = number
            for step in steps {
                let outcome = try await Linli.run(
                    ["case", step[0], number] + step.dropFirst() + ["--home", street.path],
                    in: town.directory
                )
                #expect(outcome.code == 0, "\(name) \(step): \(outcome.errors)")
            }
        }
        return (street, names)
    }

    @Test(arguments: WrongInputs.allCases)
    func wrongInputIsRefusedWithItsCodeAndAppendsNothing(family: WrongInputs) async throws {
        #expect(family.rows.count >= 10)
        let town = try Town()
        let (street, names) = try await street(town)
        func holdings() async throws -> String {
            let status = try await street.run("status", "--json")
            return "\(status["entries"] ?? "") \(status["frontier"] ?? "") \(status["view"] ?? "")"
        }
        let before = try await holdings()
        #expect(!before.hasPrefix(" "))
        for (code, line, says) in family.rows {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
                .map { names[String($0)] ?? String($0) }
            let outcome = try await Linli.run(
                ["case"] + words + ["--home", street.path],
                in: town.directory
            )
            #expect(outcome.code == code, "\(line): \(outcome.errors)")
            #expect(outcome.errors.hasPrefix("linli: error: "), "\(line): \(outcome.errors)")
            #expect(outcome.errors.contains(says), "\(line): \(outcome.errors)")
            #expect(outcome.output.isEmpty, "\(line)")
        }
        #expect(try await holdings() == before)
    }
}
