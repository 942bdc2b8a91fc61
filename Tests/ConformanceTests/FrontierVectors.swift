import Crypto
import Encoding
import Ledger
import Replication

/// A saved frontier, and what may be wrong with one.
enum FrontierVectors {
    static func all() -> [VectorFile] {
        func digest(_ name: String) -> Digest { sha256(Array(name.utf8)) }
        let positions = ["a", "b", "c"].enumerated().map { index, name in
            LogPosition(log: digest(name), size: UInt64(index) * 300 + 1, root: digest(name + "r"))
        }
        let good = SavedFrontier(
            ledger: digest("ledger"),
            foldVersion: 2,
            now: 1_767_225_600_000,
            positions: positions
        ).text
        let empty = SavedFrontier(
            ledger: digest("ledger"),
            foldVersion: 2,
            now: 0,
            positions: []
        ).text
        var lines = good.split(separator: "\n").map(String.init)
        lines.swapAt(4, 5)
        let files = [
            ("changed_size", "a size is another", good.replacing(" 301 ", with: " 302 ")),
            (
                "changed_digest", "the digest is another",
                good.replacing("frontier ", with: "frontier 0")
            ),
            ("unsorted", "the logs do not rise", lines.joined(separator: "\n") + "\n"),
            (
                "leading_zero", "a number begins with zero",
                good.replacing("fold 2", with: "fold 02")
            ),
            (
                "upper_case", "digits in upper case",
                good.uppercased().replacing("LINLI/FRONTIER/V1", with: "linli/frontier/v1")
            ),
            ("without_end", "the last line feed is missing", String(good.dropLast())),
            ("longer", "a line behind the end", good + "\n"),
            ("two_spaces", "words are parted by two spaces", good.replacing("now ", with: "now  ")),
            (
                "carriage_return", "lines end as on other systems",
                good.replacing("\n", with: "\r\n")
            ),
            ("other_version", "of another version", good.replacing("/v1", with: "/v2")),
            ("nothing", "nothing", ""),
        ]
        return [
            VectorFile("frontier/file_good", what: "three logs", expect: "good")
                .with("file", Array(good.utf8)),
            VectorFile(
                "frontier/file_no_logs",
                what: "of a node that holds nothing",
                expect: "good"
            )
            .with("file", Array(empty.utf8)),
        ]
            + files.map { name, what, text in
                VectorFile("frontier/file_bad_\(name)", what: what, expect: "bad")
                    .with("file", Array(text.utf8))
            }
    }

    /// Whether the product reads the file, and would write the same.
    static func isGood(_ file: VectorFile) throws -> Bool {
        let text = String(decoding: try file.bytes("file"), as: UTF8.self)
        guard let saved = try? SavedFrontier(text: text) else { return false }
        return saved.text == text
    }
}
