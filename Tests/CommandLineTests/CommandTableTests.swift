import Cases
import Testing

@testable import CommandLine

struct CommandTableTests {
    @Test func noFlagOfACommandIsNamedTwice() {
        for command in Program.commands {
            let names = (command.flags + Command.commonFlags).map(\.name)
            #expect(Set(names).count == names.count, "\(command.words) has a flag twice")
        }
    }

    @Test func noTwoCommandsHaveTheSameWords() {
        let words = Program.commands.map(\.words)
        #expect(Set(words).count == words.count)
    }

    @Test(arguments: CaseOperation.all.filter(\.isTyped))
    func everyFieldOfAnOperationHasItsFlags(operation: CaseOperation) throws {
        let command = try #require(
            Program.commands.first { $0.words == [operation.kind.rawValue, operation.verb] }
        )
        let named = operation.opens ? 0 : [.link, .relate].contains(operation.act) ? 2 : 1
        #expect(command.arguments.count == named)
        for use in operation.fields {
            let spec = use.field.spec
            let name = spec.isPersonal ? spec.flag + "-file" : spec.flag
            let flag = try #require(command.flags.first { $0.name == name })
            // Nobody can give persons' data in the command line.
            #expect(command.flags.contains { $0.name == spec.flag } == !spec.isPersonal)
            #expect(flag.value != nil)
            // What is answered is found by itself if there is one only.
            let isFilled = [.offer, .link, .assistance, .redaction].contains(use.field)
            #expect(flag.help.en.hasPrefix("required") == (use.isRequired && !isFilled))
            #expect(flag.isRepeated == (spec.type.itemsMax != nil && !spec.isPersonal))
            let hasFile = command.flags.contains { $0.name == spec.flag + "-file" }
            #expect(hasFile == spec.isSealable)
            guard case .code(let list) = spec.type else { continue }
            if list.codes.count <= 20 {
                for code in list.codes { #expect(flag.help.zh.contains(code.label.zh)) }
            } else {
                #expect(flag.help.zh.contains("linli codes \(spec.flag)"))
            }
        }
    }

    @Test(arguments: [("10m", 600_000), ("2h", 7_200_000), ("1d", 86_400_000), ("0m", 0)])
    func aTimeToComeIsReadWithItsUnit(text: String, milliseconds: UInt64) throws {
        #expect(try CaseSelection.duration(text) == milliseconds)
    }

    @Test(arguments: ["", "m", "10", "10s", "-1h", "1.5h", "3651d", "99999999999999999999h", "1 h"])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(throws: CommandError.self) { try CaseSelection.duration(text) }
    }
}
