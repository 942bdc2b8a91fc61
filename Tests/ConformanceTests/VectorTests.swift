import Crypto
import Encoding
import Foundation
import Ledger
import Storage
import Testing
import TransparencyLog

/// `Protocol/vectors` is generated from fixed seeds and never changes for a released version.
///
/// `LINLI_WRITE_VECTORS=1` writes the files; otherwise they must be what is generated, byte for
/// byte, and every file must be one that a test below has read.
@Suite struct VectorTests {
    private static let isWriting =
        ProcessInfo.processInfo.environment["LINLI_WRITE_VECTORS"] == "1"

    private static func generated() throws -> [VectorFile] {
        try EncodingVectors.all + EntryVectors.all + CheckpointVectors.all()
            + RosterVectors.all() + AuthorityVectors.all() + ReplicationVectors.all()
            + CaseVectors.all() + PlaceVectors.all() + CalendarVectors.all() + BundleVectors.all()
            + FrontierVectors.all() + SealedVectors.all() + EvidenceVectors.all()
            + AuditVectors.all()
    }

    private static func stored() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: VectorFile.directory.path)
            .filter { $0.hasSuffix(".txt") && !$0.hasPrefix("export/") && $0.contains("/") }
            .sorted()
    }

    @Test func theFilesAreThoseThatTheSeedsGive() throws {
        let files = try Self.generated()
        #expect(Set(files.map(\.path)).count == files.count)
        if Self.isWriting {
            for file in files {
                let url = VectorFile.directory.appending(path: file.path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(file.text.utf8).write(to: url)
            }
        }
        #expect(try Self.stored() == files.map(\.path).sorted())
        for file in files {
            #expect(try VectorFile(reading: file.path) == file, "\(file.path)")
        }
    }

    @Test func everyFileIsReadAndIsAsItSays() throws {
        var consumed: [String] = []
        for path in try Self.stored() {
            let file = try #require(try VectorFile(reading: path))
            let verdict = try Self.isGood(file)
            let isGood: Bool = try #require(verdict as Bool?, "\(path): no test reads it")
            #expect(isGood == (file.expect == "good"), "\(path): \(file["what"] ?? "")")
            consumed.append(path)
        }
        #expect(try consumed == Self.stored())
        #expect(consumed.count > 100)
    }

    /// Whether the product takes what the file holds; nil for a kind that no case names.
    private static func isGood(_ file: VectorFile) throws -> Bool? {
        switch (file.area, file.kind) {
        case ("encoding", _): try encoding(file)
        case ("entry", "header"): try header(file)
        case ("entry", "place"): try place(file)
        case ("entry", "subject"): try subject(file)
        case ("entry", "part"): try part(file)
        case ("sealed", "opened"): try SealedVectors.isGood(file)
        case ("checkpoint", "leaf"): try leaf(file)
        case ("checkpoint", "tree"): try tree(file)
        case ("checkpoint", "note"): try note(file)
        case ("checkpoint", "fence"): try fence(file)
        case ("checkpoint", "cosigned"): try CheckpointVectors.isCosigned(file)
        case ("replication", "message"): try ReplicationVectors.isGood(file)
        case ("frontier", "file"): try FrontierVectors.isGood(file)
        case ("evidence", "manifest"): try EvidenceVectors.isGood(file)
        case ("audit", "state"), ("audit", "fork"): try AuditVectors.isGood(file)
        case ("bundle", "file"): try BundleVectors.isGood(file)
        case ("case", "fold"), ("case", "judged"): try CaseVectors.isGood(file)
        case ("place", _): try PlaceVectors.isGood(file)
        case ("calendar", _): try CalendarVectors.isGood(file)
        case ("roster", "set"): try rosterSet(file)
        case ("roster", "authority"): try authority(file)
        case ("roster", "person"): try person(file)
        case ("roster", "request"): try request(file)
        case ("roster", "invitation"): try invitation(file)
        default: nil
        }
    }

    private static func encoding(_ file: VectorFile) throws -> Bool {
        let bytes = try file.bytes("cbor")
        guard let value = try? CBORValue(decoding: bytes) else { return false }
        return value.encoded == bytes
            && file["value"].map { $0 == EncodingVectors.diagnostic(value) } ?? true
    }

    private static func header(_ file: VectorFile) throws -> Bool {
        let bytes = try file.bytes("header")
        #expect(sha256(bytes) == (try file.bytes32("hash")))
        guard let header = try? Header(decoding: bytes) else { return false }
        return !header.isUnderstood || header.encoded == bytes
    }

    private static func place(_ file: VectorFile) throws -> Bool {
        let bytes = try file.bytes("header")
        let header = try Header(decoding: bytes)
        let ledger = try file.bytes32("ledger")
        let log = try file.bytes32("log")
        let sequence = try file.number("sequence")
        return
            (try? header.check(
                hash: sha256(bytes),
                ledger: ledger,
                log: log,
                sequence: sequence
            )) != nil
    }

    private static func subject(_ file: VectorFile) throws -> Bool {
        let id = SubjectID(openedIn: try file.bytes32("log"), at: try file.number("sequence"))
        return try id.bytes == file.bytes("id")
    }

    private static func part(_ file: VectorFile) throws -> Bool {
        let part = Part(salt: try file.bytes32("salt"), bytes: try file.bytes("bytes"))
        return try part.commitment(SHA256Hasher()) == file.bytes32("commitment")
    }

    private static func leaf(_ file: VectorFile) throws -> Bool {
        let bytes = try file.bytes("leaf")
        #expect(TreeHasher().leafHash(bytes) == (try file.bytes32("hash")))
        let key = try PublicKey(file.bytes32("key"))
        let message = sha256(try file.bytes("header"))
        return Leaf(bytes)?.verifies(message: message, key: key) ?? false
    }

    private static func tree(_ file: VectorFile) throws -> Bool {
        let hasher = TreeHasher()
        var range = CompactRange()
        for leaf in file.all("leaf") {
            range.append(hasher.leafHash(unhex(leaf) ?? []), hasher: hasher)
        }
        return try range.root(hasher: hasher) == file.bytes32("root")
    }

    private static func note(_ file: VectorFile) throws -> Bool {
        let key = try VerifierKey(file["vkey"] ?? "")
        guard let signed = try? SignedCheckpoint.verify(file.bytes("note"), logKey: key.key) else {
            return false
        }
        let (size, root) = (try file.number("size"), try file.bytes32("root"))
        return signed.checkpoint.size == size && signed.checkpoint.root == root
    }

    private static func fence(_ file: VectorFile) throws -> Bool {
        let path = FileManager.default.temporaryDirectory.path + "/linli-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(file.bytes("fence")).write(to: URL(filePath: path))
        let log = try file.bytes32("log")
        guard let fence = try? Fence(path: path, log: log, isNew: false) else { return false }
        return try fence.mark == Fence.Mark(size: file.number("size"), root: file.bytes32("root"))
    }

    /// The entries of a roster set, each checked.
    private static func placed(_ file: VectorFile) throws -> [PlacedEntry] {
        try file.all("entry").map { line in
            let columns = line.split(separator: " ").map(String.init)
            let header = unhex(columns[0]) ?? []
            let parts = columns.dropFirst(2).map { column -> Part? in
                let halves = column.split(separator: "/").map(String.init)
                return Bytes32(hex: halves[0]).map { Part(salt: $0, bytes: unhex(halves[1]) ?? []) }
            }
            let entry = Entry(header: header, leaf: unhex(columns[1]) ?? [], parts: Array(parts))
            let read = try entry.check(SHA256Hasher()).get()
            return PlacedEntry(
                entry,
                header: read,
                hash: sha256(header),
                place: Place(log: read.log, sequence: read.sequence)
            )
        }
    }

    private static func rosterSet(_ file: VectorFile) throws -> Bool {
        let entries = try placed(file)
        let ledger = try file.bytes32("ledger")
        // The order in which the entries come must not show.
        return [entries, entries.reversed()].allSatisfy { entries in
            AuthorityVectors.effects(Roster(ledger: ledger, entries: entries))
                == file.all("effect")
        }
    }

    private static func authority(_ file: VectorFile) throws -> Bool {
        let roster = Roster(ledger: try file.bytes32("ledger"), entries: try placed(file))
        return try rosterSet(file)
            && file.all("verdict").allSatisfy { line in
                let columns = line.split(separator: " ").map(String.init)
                return AuthorityVectors.answered(columns, by: roster) == columns
            }
            && file.all("witness").allSatisfy { line in
                let log = line.split(separator: " ").first.flatMap { Digest(hex: String($0)) }
                return log.map { AuthorityVectors.witnessed($0, by: roster) } == line
            }
    }

    private static func person(_ file: VectorFile) throws -> Bool {
        let text = String(decoding: try file.bytes("text"), as: UTF8.self)
        guard let request = try? StaffRequest(armored: text) else { return false }
        return try request.number == file["number"] && request.fingerprint == file["fingerprint"]
            && request.key.bytes == file.bytes32("key")
    }

    private static func request(_ file: VectorFile) throws -> Bool {
        let text = String(decoding: try file.bytes("text"), as: UTF8.self)
        guard let request = try? EnrolmentRequest(armored: text) else { return false }
        guard file["fingerprint"] != nil else { return true }
        let keys = request.keys
        return try request.name == file["name"] && request.fingerprint == file["fingerprint"]
            && request.level.rawValue == file.number("level")
            && request.scope.code == file["scope"] && request.endpoint == file["endpoint"]
            && keys.log.bytes == file.bytes32("log")
            && keys.service.bytes == file.bytes32("service")
            && keys.witness.bytes == file.bytes32("witness") && keys.seal == file.bytes32("seal")
            && keys.tls.bytes == file.bytes32("tls")
            && keys.successor == file.bytes32("successor")
    }

    private static func invitation(_ file: VectorFile) throws -> Bool {
        let text = String(decoding: try file.bytes("text"), as: UTF8.self)
        guard let invitation = try? Invitation(armored: text) else { return false }
        return try invitation.ledger == file.bytes32("ledger")
            && invitation.founder == file.bytes32("founder")
            && invitation.enrolment == file.bytes32("enrolment")
            && invitation.log == file.bytes32("log")
            && invitation.inviter.bytes == file.bytes32("inviter")
            && invitation.endpoint ?? "" == file["endpoint"]
            && invitation.fingerprint == file["fingerprint"]
    }
}
