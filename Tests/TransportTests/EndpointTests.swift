import Testing

@testable import Transport

@Suite struct EndpointTests {
    @Test(
        arguments: [
            ("street.example:4433", "street.example", 4433),
            ("192.0.2.1:0", "192.0.2.1", 0),
            ("[2001:db8::1]:65535", "2001:db8::1", 65535),
            ("[fe80::1%eth0]:1", "fe80::1%eth0", 1),
        ] as [(String, String, UInt16)]
    )
    func aWellFormedEndpointIsReadAndWrittenBack(
        text: String,
        host: String,
        port: UInt16
    ) throws {
        let endpoint = try #require(Endpoint(text))
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
        #expect(endpoint.description == text)
    }

    @Test(arguments: [
        "", ":", "host", "host:", ":80", "host:65536", "host:+1", "host:-1", "host: 1", "host:1 ",
        "host:٣", "2001:db8::1:80", "[]:80", "[host]:80", "[::1]", "[::1]80", "a b:80", "a/b:80",
        "http://host:80", "user@host:80", "höst:80", "host\n:80",
    ])
    func anythingElseIsNotAnEndpoint(text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test(arguments: [
        ("192.0.2.7:1", "192.0.2.7:1", 4),
        ("[::ffff:192.0.2.7]:1", "192.0.2.7:1", 4),
        ("[2001:db8:1:2:3:4:5:6]:1", "[2001:db8:1:2:3:4:5:6]:1", 8),
    ])
    func anAddressIsWrittenInNumbersAndCountedByItsNetwork(
        text: String,
        written: String,
        networkBytes: Int
    ) throws {
        let endpoint = try #require(Endpoint(text))
        let address = try SocketAddress.lookUp(endpoint, isNumeric: true)[0]
        #expect(address.endpoint.description == written)
        #expect(address.network.count == networkBytes)
    }

    @Test func oneIPv6NetworkIsOneNeighbour() throws {
        let texts = ["[2001:db8::1]:1", "[2001:db8::ffff:0:0:2]:2", "[2001:db8:0:1::1]:1"]
        let networks = try texts.map { text in
            try SocketAddress.lookUp(#require(Endpoint(text)), isNumeric: true)[0].network
        }
        #expect(networks[0] == networks[1])
        #expect(networks[0] != networks[2])
    }
}
