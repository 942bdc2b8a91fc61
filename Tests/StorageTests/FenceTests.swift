import Crypto
import Encoding
import Foundation
import TestSupport
import Testing

@testable import Storage

private let log = sha256([1])

private func mark(_ size: UInt64) -> Fence.Mark {
    Fence.Mark(size: size, root: sha256(bigEndianBytes(size)))
}

private func contents(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

@Test func aFenceRemembersItsHighestMark() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("fence")
    let fence = try Fence(path: path, log: log, isNew: true)
    #expect(fence.mark == nil)
    #expect(try Fence(path: path, log: log, isNew: false).mark == nil)
    for size in 1...9 as ClosedRange<UInt64> {
        try fence.raise(to: mark(size))
        #expect(try Fence(path: path, log: log, isNew: false).mark == mark(size))
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
}

@Test func aFenceNeverGoesDown() throws {
    let directory = try TemporaryDirectory()
    let fence = try Fence(path: directory.file("fence"), log: log, isNew: true)
    try fence.raise(to: mark(5))
    try fence.raise(to: mark(5))
    #expect(throws: Fence.Failure.self) { try fence.raise(to: mark(4)) }
    let other = Fence.Mark(size: 5, root: .zero)
    #expect(throws: Fence.Failure.self) { try fence.raise(to: other) }
    #expect(fence.mark == mark(5))
    try fence.raise(to: mark(6))
}

@Test func aFenceIsMadeOnceAndOpenedOnlyIfItIsThere() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("fence")
    #expect(throws: Fence.Failure.system(call: "open", number: ENOENT)) {
        try Fence(path: path, log: log, isNew: false)
    }
    _ = try Fence(path: path, log: log, isNew: true)
    #expect(throws: Fence.Failure.system(call: "open", number: EEXIST)) {
        try Fence(path: path, log: log, isNew: true)
    }
}

@Test func aFenceOfAnotherLogIsRefused() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("fence")
    try Fence(path: path, log: log, isNew: true).raise(to: mark(1))
    #expect(throws: Fence.Failure.otherLog(log)) {
        try Fence(path: path, log: sha256([2]), isNew: false)
    }
}

/// A power cut can leave any part of the slot that was being written, and nothing else.
@Test func aTornSlotLeavesTheOneBefore() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("fence")
    let fence = try Fence(path: path, log: log, isNew: true)
    for size in 1...4 as ClosedRange<UInt64> { try fence.raise(to: mark(size)) }
    let before = try contents(path)
    try fence.raise(to: mark(5))
    let after = try contents(path)
    let changed = after.indices.filter { after[$0] != before[$0] }
    let slot = try #require(changed.first) / 512
    #expect(changed.allSatisfy { $0 / 512 == slot })
    for cut in stride(from: slot * 512, through: slot * 512 + 512, by: 3) {
        let torn = Array(after[..<cut] + before[cut...])
        let file = directory.file("torn-\(cut)")
        try Data(torn).write(to: URL(filePath: file))
        let held = try Fence(path: file, log: log, isNew: false).mark
        #expect(held == mark(4) || cut > slot * 512 + 128 && held == mark(5))
    }
}

@Test func aFenceWithoutAWholeSlotIsDamagedNotNew() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("fence")
    try Fence(path: path, log: log, isNew: true).raise(to: mark(1))
    let good = try contents(path)
    for index in 512..<640 {
        var bad = good
        bad[index] ^= 1
        try Data(bad).write(to: URL(filePath: path))
        #expect(throws: Fence.Failure.damaged) {
            try Fence(path: path, log: log, isNew: false)
        }
    }
    for count in [1, 511, 600, 1000] {
        try Data(good.prefix(count)).write(to: URL(filePath: path))
        #expect(throws: Fence.Failure.damaged) {
            try Fence(path: path, log: log, isNew: false)
        }
    }
}
