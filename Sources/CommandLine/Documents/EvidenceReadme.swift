/// What evidence says about its own files and their check by other tools.
enum EvidenceReadme {
    static let text = """
        一个案件的证据 / Evidence of one case

        statement.html  给人看的一页 / one page for people
        manifest        所附条目与各部分的状态 / which entries, and what became of each part
        policy          所据日志的公钥 (Sigsum policy) / the logs' keys
        keys/           公钥 / public keys: KEYHASH.pub (OpenSSH), KEYHASH.pem
        entries/HASH/   一条 / one entry:
          header        永久部分, 其 SHA-256 即 HASH / permanent; HASH is its SHA-256
          leaf          128 字节 / checksum, author's signature, SHA-256 of the author's key
          proof         Sigsum 证明第 2 版 / Sigsum proof, version 2
          part-N salt-N 所披露的内容与盐 / a part that was disclosed, with its salt

        用本程序离线核验 / with Linli, offline:

            linli check DIR [--policy FILE] [--ledger HASH]

        不用本程序 / without Linli. In DIR, for an entry E whose line "leaf=" in its proof begins
        with the key hash K (sigsum-verify is in Debian's sigsum-go):

            sigsum-verify -k keys/K.pub -p policy entries/E/proof < entries/E/header

        shows that K signed this header and that it stands in the log. With openssl alone, the
        author's signature: the signed bytes are "sigsum.org/v1/tree-leaf", a zero byte, and the
        first 32 bytes of leaf; the signature is the next 64.

            { printf 'sigsum.org/v1/tree-leaf\\0'; head -c 32 entries/E/leaf; } > ../signed
            tail -c +33 entries/E/leaf | head -c 64 > ../signature
            openssl pkeyutl -verify -pubin -inkey keys/K.pem -rawin \\
                -in ../signed -sigfile ../signature
            openssl dgst -sha256 -binary entries/E/header | openssl dgst -sha256

        the last of which prints the first 32 bytes of leaf. With Python and the ledger
        specification's verifier:

            python3 evidence.py DIR [--policy FILE] [--ledger HASH]

        谁的公钥, 由所附名册条目一直追溯到创立条目; 创立条目须从他处核对。
        Whose key it is follows from the roster entries here, up to the founding entry; compare that
        one with a copy from elsewhere. No check shows that nothing was left out which no entry here
        names, nor that nothing was written afterwards. Verifiers refuse files that do not belong here,
        and do not read statement.html: what it says is what they print.
        所披露的内容可能涉及个人, 请妥善保管。 Parts may name people: keep them as you keep files.

        """
}
