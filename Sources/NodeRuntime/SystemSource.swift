package import Encoding
internal import Foundation

/// Where time and randomness come from in a real node; the levels below are given both.
package enum SystemSource {
    /// Wall clock, milliseconds since 1970.
    package static func wallMilliseconds() -> UInt64 { milliseconds(CLOCK_REALTIME) }

    /// A clock that never goes back, milliseconds since some moment.
    package static func monotonicMilliseconds() -> UInt64 { milliseconds(CLOCK_MONOTONIC) }

    /// Thirty-two fresh bytes from the kernel's generator.
    package static func random32() -> Bytes32 {
        var bytes = [UInt8](repeating: 0, count: Bytes32.count)
        // One system call; the kernel's generator can not fail for so few bytes.
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe getentropy(buffer.baseAddress, buffer.count)
        }
        precondition(result == 0, "the kernel gave no random bytes")
        return Bytes32(bytes, at: 0)
    }

    /// Eight fresh bytes from the kernel's generator.
    package static func randomNumber() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    private static func milliseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
