import Crypto
import Encoding
import Foundation
import Ledger
import Testing
import TransparencyLog

/// A directory of this test run's own, removed with its owner.
final class ScratchFolder {
    let path = FileManager.default.temporaryDirectory.path + "/linli-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Test func theSampleExportIsWhatTheSeedsGive() throws {
    let folder = try ScratchFolder()
    let written = try SampleExport.write(below: folder.path)
    if ProcessInfo.processInfo.environment["LINLI_WRITE_VECTORS"] == "1" {
        try? FileManager.default.removeItem(atPath: SampleExport.directory)
        try FileManager.default.createDirectory(
            atPath: SampleExport.directory,
            withIntermediateDirectories: true
        )
        for name in SampleExport.names {
            let data = try Data(contentsOf: URL(filePath: "\(written)/\(name)"))
            try data.write(to: URL(filePath: "\(SampleExport.directory)/\(name)"))
        }
    }
    let stored = try FileManager.default.contentsOfDirectory(atPath: SampleExport.directory)
    #expect(stored.sorted() == SampleExport.names)
    for name in SampleExport.names {
        let data = try Data(contentsOf: URL(filePath: "\(SampleExport.directory)/\(name)"))
        #expect(try Data(contentsOf: URL(filePath: "\(written)/\(name)")) == data, "\(name)")
    }
}

// skipped: without a Python that has the packages cbor2 and cryptography (see LINLI_PYTHON).
@Suite(.enabled(if: Python.hasPackages)) struct IndependentVerifierTests {
    @Test func theVectorsHoldForCodeThatIsNotOurs() throws {
        let (code, output) = try Python.run([Python.protocolDirectory + "/check_vectors.py"])
        #expect(code == 0, "\(output)")
    }

    /// Two implementations of the rules of authority agree on sets that nobody thought of.
    @Test func randomSetsGiveTheSameRosterElsewhere() throws {
        let folder = try ScratchFolder()
        let directory = URL(filePath: folder.path + "/roster")
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: false
        )
        for seed in 0..<40 as Range<UInt64> {
            let file = try AuthorityVectors.random(seed)
            let url = URL(filePath: "\(folder.path)/\(file.path)")
            try Data(file.text.utf8).write(to: url)
        }
        let script = Python.protocolDirectory + "/check_vectors.py"
        let (code, output) = try Python.run([script, folder.path])
        #expect(code == 0 && output.hasPrefix("40 vectors"), "\(output)")
    }

    /// Clocks too: paused and moved by who were apart, set and repealed by policies.
    @Test func randomHistoriesRunOutElsewhereAtTheSameInstants() throws {
        let folder = try ScratchFolder()
        let directory = URL(filePath: folder.path + "/case")
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: false
        )
        let isLong = ProcessInfo.processInfo.environment["LINLI_LONG"] != nil
        let count: UInt64 = isLong ? 4000 : 100
        for seed in 0..<count {
            let file = try ClockVectors.random(seed)
            let url = URL(filePath: "\(folder.path)/\(file.path)")
            try Data(file.text.utf8).write(to: url)
        }
        let script = Python.protocolDirectory + "/check_vectors.py"
        let (code, output) = try Python.run([script, folder.path])
        #expect(code == 0 && output.hasPrefix("\(count) vectors"), "\(output)")
    }

    @Test func theSampleExportIsGood() throws {
        let (code, output) = try Python.verify(SampleExport.directory)
        #expect(code == 0, "\(output)")
        #expect(output.hasSuffix(", complete as of checkpoint size 7\n"))
        let vkey = try String(
            contentsOfFile: SampleExport.directory + "/vkey",
            encoding: .utf8
        )
        let line = String(vkey.dropLast())
        #expect(try Python.verify(SampleExport.directory, ["--vkey", line]).code == 0)
        #expect(try Python.verify(SampleExport.directory, ["--vkey", line + "x"]).code == 1)
        let other = String(repeating: "0", count: 64)
        #expect(try Python.verify(SampleExport.directory, ["--ledger", other]).code == 1)
    }

    @Test func whatIsNotThereCanNotBeTold() throws {
        let folder = try ScratchFolder()
        #expect(try Python.verify(folder.path).code == 2)
    }

    /// What is done to one file of the export, by name.
    private static let tamperings: [(String, String, @Sendable (inout [UInt8]) -> Void)] = [
        ("a header byte", "headers", { $0[60] ^= 1 }),
        ("a leaf's signature", "leaves", { $0[128 + 40] ^= 1 }),
        ("a leaf's checksum", "leaves", { $0[2 * 128] ^= 1 }),
        ("a leaf's author", "leaves", { $0[3 * 128 + 100] ^= 1 }),
        (
            "swapped leaves", "leaves",
            { bytes in
                let first = bytes[128..<256]
                bytes.replaceSubrange(128..<256, with: Array(bytes[256..<384]))
                bytes.replaceSubrange(256..<384, with: Array(first))
            }
        ),
        ("a dropped last leaf", "leaves", { $0.removeLast(128) }),
        ("half a leaf", "leaves", { $0.removeLast(64) }),
        ("an author's key", "authors", { $0[20] ^= 1 }),
        ("half an author's key", "authors", { $0.removeLast(16) }),
        ("an author's key twice", "authors", { $0 += $0[32..<64] }),
        ("a part byte", "parts", { $0[$0.count - 1] ^= 1 }),
        ("a salt", "parts", { $0[10] ^= 1 }),
        ("a part's place", "parts", { $0[8] = 1 }),
        (
            "the checkpoint's size", "checkpoint",
            { bytes in
                guard let newline = bytes.firstIndex(of: 0x0a) else { return }
                bytes[newline + 1] ^= 1
            }
        ),
        (
            "the checkpoint's root", "checkpoint",
            { bytes in
                guard let newline = bytes.firstIndex(of: 0x0a) else { return }
                bytes[newline + 5] = bytes[newline + 5] == 0x41 ? 0x42 : 0x41
            }
        ),
        (
            "the checkpoint's signature", "checkpoint",
            { bytes in
                let index = bytes.count - 20
                bytes[index] = bytes[index] == 0x41 ? 0x42 : 0x41
            }
        ),
        (
            "the verifier key", "vkey",
            { bytes in
                let index = bytes.count - 20
                bytes[index] = bytes[index] == 0x41 ? 0x42 : 0x41
            }
        ),
    ]

    @Test func everyTamperingIsRefused() throws {
        for (what, name, change) in Self.tamperings {
            let folder = try ScratchFolder()
            let copy = try self.copy(to: folder)
            var bytes = Array(try Data(contentsOf: URL(filePath: "\(copy)/\(name)")))
            let before = bytes
            change(&bytes)
            #expect(bytes != before, "\(what)")
            try Data(bytes).write(to: URL(filePath: "\(copy)/\(name)"))
            let (code, output) = try Python.verify(copy)
            #expect(code == 1, "\(what): \(output)")
        }
    }

    /// Whole entries that go or change places, with their headers and parts.
    @Test func everyRearrangementIsRefused() throws {
        for (what, kept) in [
            ("first entry dropped", [1, 2, 3, 4, 5, 6]),
            ("last entry dropped", [0, 1, 2, 3, 4, 5]),
            ("one dropped from the middle", [0, 1, 3, 4, 5, 6]),
            ("two swapped", [0, 1, 3, 2, 4, 5, 6]),
            ("one repeated", [0, 1, 2, 3, 4, 5, 6, 6]),
        ] {
            let folder = try ScratchFolder()
            let copy = try self.copy(to: folder)
            let leaves = Array(try Data(contentsOf: URL(filePath: copy + "/leaves")))
            let headers = try self.headers(copy)
            let newLeaves = kept.flatMap { leaves[$0 * 128..<$0 * 128 + 128] }
            let newHeaders = kept.flatMap { index in
                bigEndianBytes(UInt64(headers[index].count))[4...] + headers[index]
            }
            try Data(newLeaves).write(to: URL(filePath: copy + "/leaves"))
            try Data(newHeaders).write(to: URL(filePath: copy + "/headers"))
            try Data().write(to: URL(filePath: copy + "/parts"))
            let (code, output) = try Python.verify(copy)
            #expect(code == 1, "\(what): \(output)")
        }
    }

    /// What is wrong with entry 0 is wrong with the log, a later header is a verdict on its entry.
    @Test func badHeadersOfATrulySignedLogAreJudgedByWhereTheyStand() throws {
        let headers = try self.headers(SampleExport.directory)
        let founding = headers[0]
        guard case .map(let pairs) = try CBORValue(decoding: founding),
            case .map(let fields)? = pairs.first(where: { $0.key == 9 })?.value
        else { throw VectorFile.Missing(name: "fields") }
        func founded(witness: [UInt8]) -> [UInt8] {
            let changed = fields.map { $0.key == 3 ? CBORPair(3, .bytes(witness)) : $0 }
            let others = pairs.map { $0.key == 9 ? CBORPair(9, .map(changed)) : $0 }
            return CBORValue.map(others).encoded
        }
        let note = headers[3]
        // The version as 18 01, where 01 is the only form.
        let long = [note[0], note[1], 0x18, 0x01] + note[3...]
        let small = founded(witness: [1] + [UInt8](repeating: 0, count: 31))
        let large = founded(witness: [UInt8](repeating: 0xff, count: 31) + [0x7f])
        for (code, what, given, word) in [
            (0, "good", headers, "good: 7"),
            (
                0, "not deterministic", Array(headers[..<3]) + [long],
                "note: entry 3: header is not deterministic CBOR; the entry has no effect"
            ), (0, "not CBOR", [founding, [0x61]], "note: entry 1: header is not CBOR"),
            (0, "another sequence", [founding, headers[2]], "note: entry 1: header names place 2"),
            (1, "not CBOR at first", [[0x61]], "entry 0: header is not CBOR"),
            (1, "small order", [small], "small order"),
            (1, "not canonical", [large], "canonical"),
            (1, "not opened", Array(headers[1...]), "want log.open"),
        ] {
            let folder = try ScratchFolder()
            try SampleExport.write(given, to: folder.path + "/export")
            let (exit, output) = try Python.verify(folder.path + "/export")
            #expect(exit == code, "\(what): \(output)")
            #expect(output.contains(word), "\(what): \(output)")
        }
    }

    @Test func anotherLogsCheckpointAndKeyAreRefused() throws {
        let folder = try ScratchFolder()
        let copy = try self.copy(to: folder)
        let key = try CheckpointVectors.key("district/log")
        let leaves = Array(try Data(contentsOf: URL(filePath: copy + "/leaves")))
        let hasher = TreeHasher()
        var range = CompactRange()
        for start in stride(from: 0, to: leaves.count, by: 128) {
            range.append(hasher.leafHash(Array(leaves[start..<start + 128])), hasher: hasher)
        }
        let signed = try SignedCheckpoint.sign(
            size: range.size,
            root: range.root(hasher: hasher),
            with: key
        )
        let vkey = VerifierKey(log: key.publicKey).text + "\n"
        try Data(vkey.utf8).write(to: URL(filePath: copy + "/vkey"))
        #expect(try Python.verify(copy).code == 1)
        try Data(signed.note.bytes).write(to: URL(filePath: copy + "/checkpoint"))
        let (code, output) = try Python.verify(copy)
        #expect(code == 1)
        #expect(output.contains("names another log"), "\(output)")
    }

    private func copy(to folder: ScratchFolder) throws -> String {
        let copy = folder.path + "/copy"
        try FileManager.default.copyItem(atPath: SampleExport.directory, toPath: copy)
        return copy
    }

    private func headers(_ directory: String) throws -> [[UInt8]] {
        let bytes = Array(try Data(contentsOf: URL(filePath: directory + "/headers")))
        var headers: [[UInt8]] = []
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            headers.append(Array(bytes[offset + 4..<offset + 4 + count]))
            offset += 4 + count
        }
        return headers
    }
}
