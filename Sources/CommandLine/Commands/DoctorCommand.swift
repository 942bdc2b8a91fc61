internal import Audit
internal import Cases
internal import Foundation
internal import NodeRuntime
internal import Storage

extension Program {
    static let doctorCommand = Command(
        "doctor",
        flags: [
            Command.Flag(
                "deep",
                Label("大节点也逐案查看", "look at every case also where there are many")
            )
        ],
        group: .node,
        Label("有什么不对、下一步做什么", "what is wrong and the next step"),
        run: DoctorCommand.run
    )
}

/// `linli doctor`.
enum DoctorCommand {
    static func run(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        guard FileManager.default.fileExists(atPath: home.databasePath) else {
            throw HomeError.notJoined(home.path)
        }
        var gathering = HealthGathering(home, isDeep: call.has("deep"))
        let facts = gathering.run()
        let findings = HealthJudge.findings(facts)
        for finding in findings {
            if call.isJSON {
                call.output.line(json(finding, call.output).line)
            } else {
                print(finding, call.output)
            }
        }
        for untold in facts.untold {
            call.output.remark(
                Output.printable(
                    call.output.text(
                        "没有查看 \(untold.what): \(untold.reason)",
                        "not looked at: \(untold.what): \(untold.reason)"
                    )
                )
            )
        }
        if findings.isEmpty, facts.untold.isEmpty {
            if !call.isJSON { call.output.line(call.output.text("一切正常", "healthy")) }
            return .good
        }
        return findings.isEmpty ? .unknown : .bad
    }

    private static func json(_ finding: HealthFinding, _ output: Output) -> JSON {
        [
            "code": .text(finding.code.rawValue),
            "gravity": .text(finding.gravity.rawValue),
            "what": .text(output.text(finding.what)),
            "since": .count(finding.since),
            "next": .text(output.text(finding.next)),
        ]
    }

    private static func print(_ finding: HealthFinding, _ output: Output) {
        let gravity =
            switch finding.gravity {
            case .alarm: output.text("警报", "ALARM")
            case .warning: output.text("注意", "warning")
            }
        let since = finding.since.map {
            output.text(" (自 \(output.minute($0)))", " (since \(output.minute($0)))")
        }
        output.line(
            output.strong(gravity) + "  \(finding.code.rawValue)  "
                + Output.printable(output.text(finding.what) + (since ?? ""))
        )
        output.line("    → " + Output.printable(output.text(finding.next)))
    }
}
