package import Crypto
internal import Encoding
package import Ledger

/// A frontier in a file: which entries a view was folded from, by which rules and for what time.
///
/// Whoever holds these entries can make the view again, to the byte.
///
/// - Source: `Protocol/frontier.md`.
package struct SavedFrontier: Hashable, Sendable {
    /// The ledger.
    package let ledger: Digest
    /// Version of the rules by which entries are folded.
    package let foldVersion: UInt64
    /// For what time overdue was computed, milliseconds since 1970.
    package let now: UInt64
    /// Logs of which something was held, of a forked log each history, rising by log, size, root.
    package let positions: [LogPosition]

    /// Most bytes of a file.
    package static let byteMax = 1 << 20
    private static let title = "linli/frontier/v1"

    /// Leaves out empty logs; the order of `positions` does not matter.
    package init(ledger: Digest, foldVersion: UInt64, now: UInt64, positions: [LogPosition]) {
        self.ledger = ledger
        self.foldVersion = foldVersion
        self.now = now
        self.positions = positions.filter { $0.size > 0 }.sorted(by: Self.isBefore)
    }

    private static func isBefore(_ left: LogPosition, _ right: LogPosition) -> Bool {
        (left.log, left.size, left.root) < (right.log, right.size, right.root)
    }

    /// The frontier's digest, which lists and reports print.
    package var digest: Digest { frontierDigest(positions) }

    /// The file.
    package var text: String {
        var lines = [Self.title, "ledger \(ledger)", "fold \(foldVersion)", "now \(now)"]
        lines += positions.map { "log \($0.log) \($0.size) \($0.root)" }
        lines.append("frontier \(digest)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads a file.
    ///
    /// - Throws: ``SavedFrontierError`` for anything but what ``text`` gives.
    package init(text: String) throws(SavedFrontierError) {
        guard text.utf8.count <= Self.byteMax else { throw .tooLong }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first.map(String.init) == Self.title else { throw .otherFile }
        guard lines.count >= 6, lines[lines.count - 1].isEmpty else { throw .line(lines.count) }
        func fields(_ index: Int, _ name: String, _ count: Int) throws(SavedFrontierError)
            -> [String]
        {
            let words = lines[index].split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == count + 1, words[0] == name else { throw .line(index + 1) }
            return words.dropFirst().map(String.init)
        }
        func number(_ text: String, _ index: Int) throws(SavedFrontierError) -> UInt64 {
            guard let number = UInt64(text), String(number) == text else { throw .line(index + 1) }
            return number
        }
        func digest(_ text: String, _ index: Int) throws(SavedFrontierError) -> Digest {
            guard let digest = Digest(hex: text), digest.description == text else {
                throw .line(index + 1)
            }
            return digest
        }
        ledger = try digest(try fields(1, "ledger", 1)[0], 1)
        foldVersion = try number(try fields(2, "fold", 1)[0], 2)
        now = try number(try fields(3, "now", 1)[0], 3)
        var positions: [LogPosition] = []
        for index in 4..<lines.count - 2 {
            let words = try fields(index, "log", 3)
            let position = LogPosition(
                log: try digest(words[0], index),
                size: try number(words[1], index),
                root: try digest(words[2], index)
            )
            guard position.size > 0,
                positions.last.map({ Self.isBefore($0, position) }) ?? true
            else {
                throw .line(index + 1)
            }
            positions.append(position)
        }
        self.positions = positions
        let claimed = try digest(try fields(lines.count - 2, "frontier", 1)[0], lines.count - 2)
        guard claimed == self.digest else { throw .wrongDigest }
    }
}

/// Why a file is no saved frontier.
package enum SavedFrontierError: Error, Hashable, Sendable {
    /// It is something else, or of another version.
    case otherFile
    /// It is longer than a frontier can be.
    case tooLong
    /// This line, counted from 1, is not what should stand there.
    case line(Int)
    /// Its last line is not the digest of the others.
    case wrongDigest
}

extension SavedFrontierError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherFile: "it is no saved frontier of version 1"
        case .tooLong: "it has more than \(SavedFrontier.byteMax) bytes"
        case .line(let number): "line \(number) is not what should stand there"
        case .wrongDigest: "its last line is not the digest of its logs: it was changed"
        }
    }
}
