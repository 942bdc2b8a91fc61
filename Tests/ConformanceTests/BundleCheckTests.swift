import Foundation
import TestSupport
import Testing

/// skipped: `LINLI_PYTHON` or `python3` lacks the packages cbor2 and cryptography.
@Suite(.enabled(if: Python.hasPackages))
struct BundleCheckTests {
    @Test func theCheckInPythonTakesABundleOfTheProductAndNoOther() throws {
        let good = try #require(try BundleVectors.all().first).bytes("bundle")
        let folder = try ScratchFolder()
        func check(_ bytes: [UInt8]) throws -> (code: Int32, output: String) {
            let path = folder.path + "/bundle"
            try Data(bytes).write(to: URL(filePath: path))
            return try Python.run([Python.protocolDirectory + "/bundle.py", path])
        }
        let (code, output) = try check(good)
        #expect(code == 0 && output.contains("good: 7 entries of 1 logs"), "\(output)")
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<25 {
            var changed = good
            let place = Int.random(in: 0..<good.count, using: &generator)
            changed[place] ^= UInt8.random(in: 1...255, using: &generator)
            let (code, output) = try check(changed)
            #expect(code == 1 && !output.contains("Traceback"), "\(place): \(output)")
        }
        #expect(try check(good.dropLast(20) + []).code == 1)
        #expect(try Python.run([Python.protocolDirectory + "/bundle.py", "/none"]).code == 2)
    }
}
