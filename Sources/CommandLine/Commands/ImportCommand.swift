internal import Cases
internal import Foundation
internal import NodeRuntime
internal import Storage

extension Program {
    static let importCommand = Command(
        "import",
        ["FILE"],
        flags: [
            Command.Flag(
                "format",
                "csv|open311|mediation",
                Label("必填。文件格式", "required; what the file is")
            ),
            Command.Flag(
                "map",
                "FILE",
                Label(
                    "CSV 各列或调解卷宗各键的含义,见 Nodes/import",
                    "what columns of a CSV or keys of mediation files are; see Nodes/import"
                )
            ),
            Command.Flag(
                "source",
                "NAME",
                Label(
                    "来源系统代号(open311,无 --map 的 mediation)",
                    "short name of the other system: open311, and mediation without --map"
                )
            ),
            Command.Flag(
                "refused",
                "FILE",
                Label("未接收的行写入此新文件,默认在节点目录", "new file for rows not taken; in the home if left out")
            ),
            Command.Flag("batch", "N", Label("每批条数,默认 1000", "records a batch, 1000 if left out")),
        ] + Command.Flag.signing,
        group: .cases,
        Label(
            "导入其他系统的记录,按来源编号幂等; - 为标准输入",
            "takes over records of another system, once by their id; - is standard input"
        )
    ) { invocation in
        let (format, source) = try importFormat(invocation)
        let batch = try invocation.number("batch", in: 1...10_000, or: 1000)
        let home = try invocation.home()
        let path = invocation.arguments[0]
        let file = try openFile(path)
        let refusals = try Refusals(
            path: invocation["refused"],
            or: "\(home.path)/refused-\(source)-\(SystemSource.wallMilliseconds()).txt"
        )
        let area = try invocation.openStore().policy.sealedFields(in: [home.scope()])
        if !area.isEmpty {
            invocation.output.remark(
                invocation.output.text(
                    "linli: 本地区规定密封若干文字,而导入按明文写入",
                    "linli: a policy seals texts here, and an import writes them in clear"
                )
            )
        }
        let run = try ImportRun(
            home: home,
            openStore: invocation.openStore,
            batchSize: batch,
            refusals: refusals,
            author: try invocation.author(),
            output: invocation.output
        )
        do {
            var reader = ImportReader(format)
            while let chunk = try readChunk(file, path) { try run.take(try reader.received(chunk)) }
            try run.take(try reader.finished())
            return try run.finish(isJSON: invocation.isJSON)
        } catch {
            throw run.cutShort(by: error, isJSON: invocation.isJSON)
        }
    }

    private static func importFormat(
        _ invocation: Invocation
    ) throws -> (ImportReader.Format, SourceCode) {
        switch try invocation.required("format") {
        case "csv":
            let path = try invocation.required("map")
            guard !invocation.has("source") else {
                throw CommandError(.usage, "--source is for open311; a map names its own")
            }
            let map = try ImportMap(json: try readMap(path))
            return (.csv(map), map.source)
        case "mediation" where invocation.has("map"):
            guard !invocation.has("source") else {
                throw CommandError(.usage, "--source and --map are both given; a map names its own")
            }
            let map = try MediationMap(json: try readMap(try invocation.required("map")))
            return (.mediation(map), map.source)
        case "mediation":
            let source = try sourceCode(invocation)
            return (.mediation(MediationMap(source: source)), source)
        case "open311":
            guard !invocation.has("map") else {
                throw CommandError(.usage, "--map is for csv; open311 has fields of its own")
            }
            let source = try sourceCode(invocation)
            return (.open311(source), source)
        case let format:
            throw CommandError(.usage, "--format is \"\(format)\", want csv, open311 or mediation")
        }
    }

    private static func readMap(_ path: String) throws -> [UInt8] {
        Array(try openFile(path).readToEnd() ?? Data())
    }

    private static func sourceCode(_ invocation: Invocation) throws(CommandError) -> SourceCode {
        let name = try invocation.required("source")
        guard let source = SourceCode(name) else {
            throw CommandError(.usage, "--source is \"\(name)\", want 1 to 32 of a-z, 0-9 and -")
        }
        return source
    }

    private static func openFile(_ path: String) throws(CommandError) -> FileHandle {
        guard path != "-" else { return .standardInput }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandError(.unknown, "can not open \(path)")
        }
        return file
    }

    /// The next bytes of the file; nil at its end.
    private static func readChunk(
        _ file: FileHandle,
        _ path: String
    ) throws(CommandError) -> [UInt8]? {
        do {
            guard let data = try file.read(upToCount: 64 << 10), !data.isEmpty else { return nil }
            return Array(data)
        } catch {
            throw CommandError(
                .unknown,
                "can not read \(path)",
                hint: "import the file again: rows that were taken are skipped"
            )
        }
    }
}
