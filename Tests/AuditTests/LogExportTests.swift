import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Storage
import Testing
import TransparencyLog

@Suite struct LogExportTests {
    private func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }

    @Test func anExportHoldsTheEntriesAsTheyAre() throws {
        let ledger = try TestLedger()
        let store = ledger.city.store
        let log = ledger.street.log
        let directory = ledger.folder + "/export"
        let export = try exportLog(store, log: log, ownCheckpoint: nil, to: directory)
        let entries = try store.entries(of: log, 0..<1_000)
        #expect(export.checkpoint.size == UInt64(entries.count))
        #expect(export.parts == UInt64(entries.reduce(0) { $0 + $1.parts.count }))
        #expect(export.absentParts == 0)
        #expect(try bytes(directory + "/leaves") == entries.flatMap(\.leaf))
        let headers = entries.flatMap { entry in
            bigEndianBytes(UInt64(entry.header.count))[4...] + entry.header
        }
        #expect(try bytes(directory + "/headers") == headers)
        let parts = entries.enumerated().flatMap { sequence, entry in
            entry.parts.enumerated().flatMap { index, part -> [UInt8] in
                guard let part else { return [] }
                return bigEndianBytes(UInt64(sequence)) + [UInt8(index)] + part.salt.bytes
                    + bigEndianBytes(UInt64(part.bytes.count))[4...] + part.bytes
            }
        }
        #expect(try bytes(directory + "/parts") == parts)
        let line = try #require(String(validating: bytes(directory + "/vkey"), as: UTF8.self))
        let key = try VerifierKey(String(line.dropLast()))
        let note = try bytes(directory + "/checkpoint")
        #expect(try SignedCheckpoint.verify(note, logKey: key.key).checkpoint == export.checkpoint)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(
            names.sorted()
                == ["README.txt", "authors", "checkpoint", "headers", "leaves", "parts", "vkey"]
        )
        #expect(try FileManager.default.contentsOfDirectory(atPath: ledger.folder).count == 4)
    }

    @Test func theOwnLogGoesWithACheckpointSignedNow() throws {
        let ledger = try TestLedger()
        let city = ledger.city
        let directory = ledger.folder + "/export"
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: false
        )
        #expect(throws: LogExportError.noCheckpoint(city.log)) {
            try exportLog(city.store, log: city.log, ownCheckpoint: nil, to: directory)
        }
        let state = try #require(city.store.log(city.log))
        let checkpoint = try SignedCheckpoint.sign(
            size: state.size,
            root: state.root,
            with: city.logKey
        )
        let export = try exportLog(
            city.store,
            log: city.log,
            ownCheckpoint: checkpoint,
            to: directory
        )
        #expect(export.checkpoint == checkpoint.checkpoint)
    }

    @Test func nothingIsLeftWhereAnExportFails() throws {
        let ledger = try TestLedger()
        let city = ledger.city
        let directory = ledger.folder + "/export"
        let wrong = try SignedCheckpoint.sign(size: 3, root: sha256([1]), with: city.logKey)
        #expect(throws: LogExportError.notVouchedFor(size: 3)) {
            try exportLog(city.store, log: city.log, ownCheckpoint: wrong, to: directory)
        }
        #expect(throws: LogExportError.notEmpty(city.directory)) {
            try exportLog(
                city.store,
                log: ledger.street.log,
                ownCheckpoint: nil,
                to: city.directory
            )
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: ledger.folder)
        #expect(names.sorted() == ["city", "former", "street"])
    }
}
