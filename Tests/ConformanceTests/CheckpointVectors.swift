import Crypto
import Encoding
import Foundation
import Ledger
import Storage
import Testing
import TransparencyLog

/// Vectors of `checkpoint.md`: leaves, trees, notes, the fence.
enum CheckpointVectors {
    static func all() throws -> [VectorFile] {
        try leaves() + trees() + notes() + cosignatures() + fences()
    }

    static func key(_ name: String) throws -> SigningKey {
        try SigningKey(seed: sha256(Array(name.utf8)))
    }

    private static func leaves() throws -> [VectorFile] {
        let author = try key("author")
        let other = try key("other")
        let header = EntryVectors.minimal.encoded
        let leaf = try Leaf.sign(message: sha256(header), key: author).bytes
        func file(_ name: String, _ what: String, _ leaf: [UInt8]) -> VectorFile {
            VectorFile(
                "checkpoint/leaf_\(name)",
                what: what,
                expect: name.hasPrefix("good") ? "good" : "bad"
            )
            .with("header", header).with("key", author.publicKey.bytes).with("leaf", leaf)
            .with("hash", TreeHasher().leafHash(leaf))
        }
        let foreign = try Leaf.sign(message: sha256(header), key: other).bytes
        var signature = leaf
        signature[50] ^= 1
        // The author signs the header's hash as if it were the checksum.
        let unhashed = try author.sign(
            Array("sigsum.org/v1/tree-leaf\0".utf8) + sha256(header).bytes
        )
        return [
            file("good", "signed by the author", leaf),
            file("bad_signature", "a bit of the signature is flipped", signature),
            file("bad_checksum", "checksum of another header", sha256([0]).bytes + leaf[32...]),
            file("bad_key_hash", "names another key", leaf[..<96] + other.publicKey.hash.bytes),
            file("bad_author", "signed by another key, which it names", foreign),
            file(
                "bad_message",
                "the entry hash is signed, not its SHA-256",
                leaf[..<32] + unhashed + leaf[96...]
            ),
        ]
    }

    /// Roots that others published for eight leaves: transparency-dev/merkle, certificate-transparency.
    private static func trees() -> [VectorFile] {
        let leaves = [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ]
        return roots.enumerated().map { size, root in
            let file = VectorFile(
                "checkpoint/tree_\(size)",
                what: "RFC 9162 tree of \(size) leaves, published by others",
                expect: "good"
            )
            return leaves.prefix(size).reduce(file) { $0.with("leaf", $1) }.with("root", root)
        }
    }

    private static func cosignatures() throws -> [VectorFile] {
        let signed = try SignedCheckpoint.sign(
            size: 300,
            root: sha256(Array("root".utf8)),
            with: try key("log")
        )
        let witness = try key("witness")
        let verifier = VerifierKey(witness: witness.publicKey)
        func file(_ name: String, _ what: String, _ cosignature: Cosignature) throws -> VectorFile {
            let line = try #require(cosignature.line(verifier))
            let note = try Note(
                text: signed.note.text,
                signatures: signed.note.signatures + [line]
            )
            let expect = name.hasPrefix("good") ? "good" : "bad"
            return VectorFile("checkpoint/cosigned_\(name)", what: what, expect: expect)
                .with("vkey", verifier.text).with("note", note.bytes)
                .with("time", "\(cosignature.time)")
        }
        let good = try Cosignature.sign(signed.checkpoint, time: 1_795_000_000, with: witness)
        let later = Cosignature(
            keyHash: good.keyHash,
            time: good.time + 1,
            signature: good.signature
        )
        let plain = Cosignature(
            keyHash: good.keyHash,
            time: good.time,
            signature: try witness.sign(signed.note.text)
        )
        return [
            try file("good", "a witness's line under a checkpoint", good),
            try file("bad_time", "another time than was signed", later),
            try file("bad_plain", "the checkpoint is signed without the time", plain),
        ]
    }

    /// Whether the witness's line under a note is good and of the time that the file says.
    static func isCosigned(_ file: VectorFile) throws -> Bool {
        guard let note = try? Note(try file.bytes("note")),
            let checkpoint = Checkpoint(text: note.text),
            let verifier = try? VerifierKey(file["vkey"] ?? "")
        else { return false }
        let cosignature = note.signatures.lazy.compactMap { Cosignature($0, of: verifier) }.first
        return cosignature.map { cosignature in
            "\(cosignature.time)" == file["time"]
                && cosignature.isGood(of: checkpoint, by: verifier.key)
        } ?? false
    }

    private static func notes() throws -> [VectorFile] {
        let log = try key("log")
        let other = try key("other")
        let root = sha256(Array("root".utf8))
        let good = try SignedCheckpoint.sign(size: 300, root: root, with: log).note
        func file(_ name: String, _ what: String, _ note: [UInt8]) -> VectorFile {
            VectorFile(
                "checkpoint/note_\(name)",
                what: what,
                expect: name.hasPrefix("good") ? "good" : "bad"
            )
            .with("vkey", VerifierKey(log: log.publicKey).text).with("note", note)
            .with("size", "300").with("root", root)
        }
        /// A note over any text, truly signed.
        func signed(_ text: String, by key: SigningKey, named name: String? = nil) throws -> [UInt8]
        {
            let verifier = VerifierKey(log: key.publicKey)
            let line = NoteSignature(
                name: name ?? verifier.name,
                keyID: verifier.keyID,
                payload: try key.sign(Array(text.utf8))
            )
            return try Note(text: Array(text.utf8), signatures: [line].compactMap { $0 }).bytes
        }
        let origin = Checkpoint.origin(of: log.publicKey.hash)
        let encoded = base64(root.bytes)
        let foreign = NoteSignature(name: "witness.example", keyID: 7, payload: [1, 2, 3])
        let withForeign = try Note(
            text: good.text,
            signatures: [foreign].compactMap { $0 } + good.signatures
        )
        let text = String(decoding: good.bytes, as: UTF8.self)
        var flipped = good.bytes
        flipped[flipped.count - 10] = flipped[flipped.count - 10] == 0x41 ? 0x42 : 0x41
        func replaced(_ old: String, _ new: String) -> [UInt8] {
            Array(text.replacingOccurrences(of: old, with: new).utf8)
        }
        return [
            file("good", "signed by the log's key", good.bytes),
            file("good_other_lines", "a line of a key that is not known", withForeign.bytes),
            file("bad_signature", "a sign of the signature is changed", flipped),
            file("bad_size", "size is changed under the signature", replaced("\n300\n", "\n301\n")),
            file(
                "bad_other_key",
                "signed by another key, of which the line is",
                try signed("\(origin)\n300\n\(encoded)\n", by: other)
            ),
            file(
                "bad_origin",
                "truly signed, of another origin",
                try signed("example.org/log\n300\n\(encoded)\n", by: log)
            ),
            file(
                "bad_size_zero_led",
                "size with a leading zero",
                try signed("\(origin)\n0300\n\(encoded)\n", by: log)
            ),
            file(
                "bad_root_31",
                "root of 31 bytes",
                try signed("\(origin)\n300\n\(base64(Array(root.bytes.dropLast())))\n", by: log)
            ),
            file(
                "bad_extension",
                "an extension line",
                try signed("\(origin)\n300\n\(encoded)\nmore\n", by: log)
            ),
            file(
                "bad_empty_root",
                "size zero with another root than the empty tree's",
                try signed("\(origin)\n0\n\(encoded)\n", by: log)
            ),
            file("bad_no_signature", "no signature line", good.text),
            file("bad_no_blank", "no blank line", replaced("\n\n", "\n")),
            file("bad_carriage_return", "lines end in CR LF", replaced("\n", "\r\n")),
            file("bad_hyphen", "a hyphen where the em dash is", replaced("\u{2014}", "-")),
        ]
    }

    private static func fences() throws -> [VectorFile] {
        let log = sha256(Array("log".utf8))
        let path = FileManager.default.temporaryDirectory.path + "/linli-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let marks = [
            Fence.Mark(size: 4, root: sha256([4])), Fence.Mark(size: 9, root: sha256([9])),
        ]
        let fence = try Fence(path: path, log: log, isNew: true)
        for mark in marks { try fence.raise(to: mark) }
        let good = Array(try Data(contentsOf: URL(filePath: path)))
        func file(_ name: String, _ what: String, _ bytes: [UInt8], _ mark: Fence.Mark?)
            -> VectorFile
        {
            let file = VectorFile(
                "checkpoint/fence_\(name)",
                what: what,
                expect: name.hasPrefix("good") ? "good" : "bad"
            )
            .with("log", name.hasSuffix("log") ? sha256([1]) : log).with("fence", bytes)
            guard let mark else { return file }
            return file.with("size", "\(mark.size)").with("root", mark.root)
        }
        func damaged(_ offsets: [Int]) -> [UInt8] {
            var bytes = good
            for offset in offsets { bytes[offset] ^= 1 }
            return bytes
        }
        return [
            file("good", "the second raise stands in the first slot", good, marks[1]),
            file(
                "good_torn",
                "the newer slot is torn, the older one counts",
                damaged([70]),
                marks[0]
            ),
            file("bad_damaged", "both slots are torn", damaged([70, 512 + 70]), nil),
            file("bad_log", "it belongs to another log", good, nil),
        ]
    }
}
