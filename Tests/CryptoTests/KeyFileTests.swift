import Crypto
import Encoding
import Foundation
import Testing

@Suite struct KeyFileTests {
    @Test func aSigningKeyReadsAsItWasWritten() throws {
        let key = try SigningKey(seed: sha256([1]))
        let read = try SigningKey(pem: key.pem())
        #expect(read.publicKey == key.publicKey)
        #expect(try read.sign([1]) == key.sign([1]))
    }

    @Test func aSealKeyReadsAsItWasWritten() throws {
        let key = try SealKey(seed: sha256([1]))
        #expect(try SealKey(pem: key.pem()).publicKey == key.publicKey)
    }

    // Alice's key of RFC 7748 section 6.1.
    @Test func aSealKeyHasThePublicHalfOfTheStandard() throws {
        let seed = try #require(
            Bytes32(hex: "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
        )
        #expect(
            try SealKey(seed: seed).publicKey.description
                == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
        )
    }

    // The 12 bytes before an Ed25519 or X25519 key in DER, RFC 8410 section 4.
    @Test func opensslReadsBothKinds() throws {
        let signing = try SigningKey(seed: sha256([1]))
        let seal = try SealKey(seed: sha256([2]))
        let signingDER = try opensslPublicKey(signing.pem())
        #expect(hex(signingDER) == "302a300506032b6570032100\(signing.publicKey.bytes)")
        let sealDER = try opensslPublicKey(seal.pem())
        #expect(hex(sealDER) == "302a300506032b656e032100\(seal.publicKey)")
    }

    @Test func anEncryptedKeyIsReadWithItsPassphraseOnly() throws {
        let key = try SigningKey(seed: sha256([1]))
        let secret = Array("口令 secret".utf8)
        let pem = try key.pem(passphrase: secret, random: sha256([2]))
        #expect(SigningKey.isEncrypted(pem: pem))
        #expect(try !SigningKey.isEncrypted(pem: key.pem()))
        #expect(try SigningKey(pem: pem, passphrase: secret).publicKey == key.publicKey)
        #expect(throws: CryptoError.self) { try SigningKey(pem: pem) }
        for wrong in [[], Array("secret".utf8), secret + [32]] {
            #expect(throws: CryptoError.self) { try SigningKey(pem: pem, passphrase: wrong) }
        }
        for wrong in [[], [0], secret + [0]] as [[UInt8]] {
            #expect(throws: CryptoError.self) {
                try key.pem(passphrase: wrong, random: sha256([2]))
            }
        }
        // A key that others encrypted with OpenSSL's own defaults.
        let other = try SigningKey(pem: encryptedPEM, passphrase: Array("secret".utf8))
        #expect(throws: CryptoError.self) { try SigningKey(pem: encryptedPEM, passphrase: [1]) }
        #expect(other.publicKey != key.publicKey)
    }

    @Test func opensslReadsAnEncryptedKey() throws {
        let key = try SigningKey(seed: sha256([1]))
        let pem = try key.pem(passphrase: Array("secret".utf8), random: sha256([2]))
        let der = try opensslPublicKey(pem, ["-passin", "pass:secret"])
        #expect(hex(der) == "302a300506032b6570032100\(key.publicKey.bytes)")
    }

    @Test func aKeyOfTheOtherKindIsRefused() throws {
        let signing = try SigningKey(seed: sha256([1])).pem()
        let seal = try SealKey(seed: sha256([1])).pem()
        let wanted = "the key file holds a key of another type than wanted"
        let first = #expect(throws: CryptoError.self) { try SigningKey(pem: seal) }
        let second = #expect(throws: CryptoError.self) { try SealKey(pem: signing) }
        #expect(first?.description == wanted)
        #expect(second?.description == wanted)
    }

    // An encrypted key of `openssl genpkey -algorithm ed25519 -aes-256-cbc -pass pass:secret`:
    // refused at once, without asking for a passphrase on the terminal.
    @Test(arguments: [
        "", "no key",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        encryptedPEM,
    ])
    func whatIsNoKeyIsRefused(text: String) {
        #expect(throws: CryptoError.self) { try SigningKey(pem: text) }
    }

    @Test func aFailureLeavesNothingForTheNextOne() throws {
        #expect(throws: CryptoError.self) { try SigningKey(pem: "no key") }
        let first = #expect(throws: CryptoError.self) { try SigningKey(pem: "") }
        let again = #expect(throws: CryptoError.self) { try SigningKey(pem: "") }
        #expect(first == again)
        #expect(first?.call == "PEM_read_bio_PrivateKey")
        #expect(first?.code != 0)
    }

    /// What `openssl pkey -pubout -outform DER` answers to a key file.
    private func opensslPublicKey(
        _ pem: String,
        _ options: [String] = []
    ) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl", "pkey", "-pubout", "-outform", "DER"] + options
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(pem.utf8))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(answer ?? Data())
    }
}

private let encryptedPEM = """
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj3DVq7A6rB6AICCAAw
    DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEM2EtOK0k7f+891jxSs+qIYEQLFs
    3KGcn2g5oj9g9ADr7Dq0KDJ8hnF2omR9fzH0+wIliDXE7oWBxIsXhuRZWQr4d78m
    Ghhs0ke59wFCqK+GJPc=
    -----END ENCRYPTED PRIVATE KEY-----

    """
