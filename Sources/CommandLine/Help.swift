internal import Cases

/// Prints what the commands say of themselves.
struct Help {
    private let output: Output

    init(_ output: Output) { self.output = output }

    func printOverview() {
        output.line(
            output.text(
                "linli 邻里 — 街道社会治理中心的分布式案件台账",
                "linli 邻里 — a replicated case ledger of street-level governance centres"
            )
        )
        for group in Command.Group.allCases {
            output.line()
            output.line(output.strong(title(group)))
            for command in Program.commands where command.group == group {
                let name = (command.words + command.arguments).joined(separator: " ")
                output.line("  " + Output.fit(name, 26) + "  " + output.text(command.help))
            }
        }
        output.line()
        output.line(
            output.text(
                "每个命令的参数: linli COMMAND --help; 一类操作的岗位与阶段: linli help case。退出码: 0 好; 1 结果不好; 2 无法判断; 64 用法错误。",
                "Flags of a command: linli COMMAND --help; who may do what in which stage: "
                    + "linli help case. "
                    + "Exit: 0 good, 1 bad answer, 2 could not tell, 64 usage."
            )
        )
    }

    func printCommand(_ command: Command) {
        let name = (["linli"] + command.words + command.arguments).joined(separator: " ")
        output.line("\(name) [--flags]")
        output.line(output.text(command.help))
        output.line()
        for flag in command.flags + Command.commonFlags {
            let name = "--\(flag.name)" + (flag.value.map { " \($0)" } ?? "")
            output.line("  " + Output.fit(name, 26) + "  " + output.text(flag.help))
        }
    }

    private func title(_ group: Command.Group) -> String {
        switch group {
        case .node: output.text("节点", "Nodes")
        case .cases: output.text("案件办理", "Work on cases")
        case .community: output.text("议事、公约、预警、地址、规则", "Councils, alerts, places, policies")
        case .view: output.text("合并视图", "The merged view")
        case .audit: output.text("核验", "Verification")
        }
    }
}
