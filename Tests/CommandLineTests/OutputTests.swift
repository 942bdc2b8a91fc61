import Testing

@testable import CommandLine

struct OutputTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("案件", 4), ("A案", 3), ("\u{ff0c}", 2), ("e\u{301}", 1), ("𠮷", 2),
        ("한글", 4), ("…", 1),
    ])
    func chineseTakesTwoColumns(text: String, columns: Int) {
        #expect(Output.width(text) == columns)
    }

    @Test func whatFitsIsPaddedAndWhatDoesNotIsCut() {
        #expect(Output.fit("案件", 6) == "案件  ")
        #expect(Output.fit("案件", 4) == "案件")
        #expect(Output.fit("邻里纠纷", 6) == "邻里… ")
        #expect(Output.fit("abcdef", 4) == "abc…")
        for columns in 1...12 {
            for text in ["楼上漏水abc", "abcdefgh", "a楼b上c"] {
                #expect(Output.width(Output.fit(text, columns)) == columns)
            }
        }
    }

    @Test func whatOthersWroteCanNotSteerTheTerminal() {
        #expect(Output.printable("a\u{1b}[2Jb\nc\u{202e}d") == "a [2Jb c d")
    }

    @Test func columnsAlignAndTheLastIsWhole() {
        let output = Output(language: .zh)
        let lines = output.aligned([["编号", "a", "long text"], ["x", "案件", ""]], limit: 4)
        #expect(lines == ["编号  a     long text", "x     案件"])
    }

    @Test(arguments: [
        (["LANG": "zh_CN.UTF-8"], Output.Language.zh), (["LANG": "C"], .en), ([:], .en),
        (["LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"], .en),
    ])
    func theLocaleChoosesTheLanguage(environment: [String: String], language: Output.Language) {
        #expect(Output.language(ofLocale: environment) == language)
    }

    @Test func jsonKeepsTheOrderOfKeysAndEscapesControls() {
        let json: JSON = [
            "b": .text("楼\"上\\\n\t\u{1}"), "a": .array([.null, .bool(true), .number(-7)]),
            "c": .object([]),
        ]
        let line = #"{"b":"楼\"上\\\n\t\u0001","a":[null,true,-7],"c":{}}"#
        #expect(json.line == line)
        #expect(json.adding("d", .count(5)).line == line.dropLast() + #","d":5}"#)
    }
}
